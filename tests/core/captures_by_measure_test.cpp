// Rules of captures by measure: what was measured costs what the hold's feature costs today, with
// the options that were held for.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

MeasuredUnit seconds(std::int64_t count) { return {"second", Measure{count * Measure::one}}; }

/// `credits` for each second, half as much again with the option `hd`.
Ask audio(std::int64_t credits, bool active = true) {
    SetFeature body;
    body.key = "audio";
    body.active = active;
    PerUnit per;
    per.credits = Credits{credits};
    per.unit = "second";
    body.rules.per = {per};
    body.rules.options = {{"hd", {500'000, Credits{}}}};
    return Ask([body](const World&) { return CommandBody(body); }).without_key();
}

Ask hold_of(std::int64_t count, std::vector<std::string> options = {}) {
    PlaceHold body;
    body.account = "ann";
    body.price.feature = "audio";
    body.price.units = {seconds(count)};
    body.price.options = std::move(options);
    body.price.user = "ada";
    body.price.model = "whisper";
    body.expires_in = Duration::seconds(600);
    return Ask([body](const World&) { return CommandBody(body); });
}

Ask capture_of(std::vector<MeasuredUnit> units, bool final = false) {
    return Ask([=](const World& world) {
        return CommandBody(CaptureHold{world.hold(1), {}, final, units});
    });
}

/// ann has a hundred credits, of which a second costs two; so many seconds are held.
Scene held_for(std::int64_t count, std::vector<std::string> options = {}) {
    return given(audio(2), account("ann"), grant("ann", 100), hold_of(count, std::move(options)));
}

TEST(CapturesByMeasure, CostWhatWasMeasured) {
    held_for(20)
        .then(held("ann", 40))
        .when(capture_of({seconds(7)}))
        .then(done(), burned({{1, 14}}), held("ann", 26), balance("ann", 86),
              that([](const World& world) {
                  const Usage& usage = world.last_as<HoldCaptured>().usage;
                  EXPECT_EQ(usage.feature, "audio");
                  EXPECT_EQ(usage.units, (std::vector{seconds(7)}));
                  EXPECT_EQ(usage.user, "ada");
                  EXPECT_EQ(usage.model, "whisper");
              }))
        .when(capture_of({seconds(3)}, true))
        .then(done(), burned({{1, 6}}), held("ann", 0), balance("ann", 80));
}

TEST(CapturesByMeasure, HaveTheOptionsOfTheHold) {
    held_for(20, {"hd"})
        .then(held("ann", 60))
        .when(capture_of({seconds(4)}))
        .then(burned({{1, 12}}), held("ann", 48), that([](const World& world) {
                  EXPECT_EQ(world.last_as<HoldCaptured>().usage.options,
                            (std::vector<std::string>{"hd"}));
              }));
}

TEST(CapturesByMeasure, CostWhatIsAskedToday) {
    held_for(20)
        .given(audio(3))
        .when(capture_of({seconds(10)}))
        .then(burned({{1, 30}}), held("ann", 10));
}

TEST(CapturesByMeasure, CannotExceedTheHold) {
    held_for(20)
        .when(capture_of({seconds(21)}))
        .then(recorded(RefusalCode::capture_exceeds_hold), held("ann", 40))
        .when(capture_of({seconds(20)}))
        .then(done(), balance("ann", 60), held("ann", 0), that([](const World& world) {
                  EXPECT_EQ(world.last_as<HoldCaptured>().hold.status, HoldStatus::captured);
              }));
}

TEST(CapturesByMeasure, AreOfTheUnitsThatThePriceKnows) {
    held_for(20)
        .when(capture_of({{"byte", Measure{Measure::one}}, seconds(1)}))
        .then(recorded(RefusalCode::units_invalid), held("ann", 40), that([](const World& world) {
                  EXPECT_EQ(world.outcome().refusal.details().name, "byte");
                  EXPECT_EQ(world.outcome().refusal.details().fault, UnitFault::unknown);
              }));
}

TEST(CapturesByMeasure, NeedAFeatureThatCanBeHad) {
    held_for(20)
        .given(audio(2, false))
        .when(capture_of({seconds(1)}))
        .then(recorded(RefusalCode::feature_inactive), held("ann", 40))
        .given(remove_feature("audio"))
        .when(capture_of({seconds(1)}))
        .then(refused(RefusalCode::feature_not_found), held("ann", 40))
        .when(capture(1, 2))
        .then(done(), balance("ann", 98));
}

TEST(CapturesByMeasure, AreNotOfHoldsOfPlainAmounts) {
    given(audio(2), account("ann"), grant("ann", 100), hold("ann", 40))
        .when(capture_of({seconds(1)}))
        .then(recorded(RefusalCode::units_invalid), held("ann", 40), balance("ann", 100));
}

}  // namespace
}  // namespace creditd::tests
