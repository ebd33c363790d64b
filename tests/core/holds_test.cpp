// Rules of holds: reserve in burn order, capture in that order, release, extend, expire.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

Check status(HoldStatus expected, Where where = CREDITD_HERE) {
    return that(
        [expected](const World& world) {
            const EventBody& body = world.last().body;
            const auto* captured = std::get_if<HoldCaptured>(&body);
            EXPECT_EQ(captured != nullptr ? captured->hold.status
                                          : std::get<HoldReleased>(body).hold.status,
                      expected);
        },
        where);
}

TEST(Holds, ReserveInBurnOrder) {
    given(account("ann"), grant("ann", 10, {.priority = 60}), grant("ann", 10, {.priority = 40}))
        .when(hold("ann", 15))
        .then(done(), reserved({{2, 10}, {1, 5}}), balance("ann", 20), held("ann", 15),
              available("ann", 5), answer_available(5));
}

TEST(Holds, ReserveOnlyWhatIsFree) {
    given(account("ann"), grant("ann", 10), grant("ann", 10), hold("ann", 6))
        .when(hold("ann", 6))
        .then(reserved({{1, 4}, {2, 2}}), held("ann", 12));
    given(account("ann"), grant("ann", 10), hold("ann", 6))
        .when(hold("ann", 5))
        .then(insufficient(5, 4, 1));
}

TEST(Holds, OfAFeatureReserveWhatItMayUse) {
    given(feature("image", 4), account("ann"), grant("ann", 10, {.features = {"text"}}),
          grant("ann", 10, {.features = {"image"}}))
        .when(hold("ann", 0, {.feature = "image"}))
        .then(done(), reserved({{2, 4}}), that([](const World& world) {
                  EXPECT_EQ(world.last_as<HoldPlaced>().usage.feature, "image");
              }));
    given(account("ann"))
        .when(hold("ann", 0, {.feature = "image"}))
        .then(refused(RefusalCode::feature_not_found));
    given(account("ann"), feature("image", 1, false))
        .when(hold("ann", 0, {.feature = "image"}))
        .then(recorded(RefusalCode::feature_inactive));
}

TEST(Holds, MayReachIntoTheCreditLimit) {
    given(account("ann", {.credit_limit = 5}), grant("ann", 10))
        .when(hold("ann", 14))
        .then(done(), reserved({{1, 10}}, 4), available("ann", -4), balance("ann", 10));
    given(account("ann", {.credit_limit = 5}), grant("ann", 10), hold("ann", 14))
        .when(deduct("ann", 2))
        .then(insufficient(2, -4, 1));
    given(account("ann", {.credit_limit = 5}), grant("ann", 10), hold("ann", 14))
        .when(deduct("ann", 1))
        .then(done(), debt("ann", 1), available("ann", -5));
}

TEST(Captures, BurnWhatWasReservedInOrder) {
    given(account("ann"), grant("ann", 10), grant("ann", 10), hold("ann", 15))
        .when(capture(1))
        .then(done(), burned({{1, 10}, {2, 5}}), balance("ann", 5), held("ann", 0),
              status(HoldStatus::captured), total("ann", Total::consumed, 15));
}

TEST(Captures, RecordWhatTheHoldWasFor) {
    given(feature("image", 4), account("ann"), grant("ann", 10),
          hold("ann", 0, {.feature = "image"}))
        .when(capture(1, 1))
        .then(done(), that([](const World& world) {
                  const Usage& usage = world.last_as<HoldCaptured>().usage;
                  EXPECT_EQ(usage.feature, "image");
                  EXPECT_EQ(usage.lines, (std::vector<PriceLine>{{"flat", Credits{4}}}));
              }));
}

TEST(Captures, MayBeManyOfOneHold) {
    given(account("ann"), grant("ann", 10), grant("ann", 10), hold("ann", 15), capture(1, 4))
        .when(capture(1, 8))
        .then(burned({{1, 6}, {2, 2}}), status(HoldStatus::open), held("ann", 3),
              balance("ann", 8));
    given(account("ann"), grant("ann", 10), hold("ann", 10), capture(1, 4), capture(1, 6))
        .when(capture(1, 1))
        .then(recorded(RefusalCode::hold_closed), balance("ann", 0));
}

TEST(Captures, BurnTheReservedGrantsThoughBetterOnesCameSince) {
    given(account("ann"), grant("ann", 10), hold("ann", 5), grant("ann", 10, {.priority = 1}))
        .when(capture(1))
        .then(burned({{1, 5}}));
}

TEST(Captures, CannotExceedTheHold) {
    given(account("ann"), grant("ann", 100), hold("ann", 10))
        .when(capture(1, 11))
        .then(recorded(RefusalCode::capture_exceeds_hold), held("ann", 10));
    given(account("ann"), grant("ann", 100), hold("ann", 10), capture(1, 4))
        .when(capture(1, 7))
        .then(recorded(RefusalCode::capture_exceeds_hold), held("ann", 6));
}

TEST(Captures, TakeCreditLast) {
    given(account("ann", {.credit_limit = 9}), grant("ann", 10), hold("ann", 15))
        .when(capture(1, 12))
        .then(burned({{1, 10}}, 2), debt("ann", 2), balance("ann", -2), held("ann", 3));
    given(account("ann", {.credit_limit = 9}), grant("ann", 10), hold("ann", 15), capture(1, 12))
        .when(capture(1))
        .then(burned({}, 3), debt("ann", 5), balance("ann", -5), held("ann", 0));
}

TEST(Captures, HoldGoodThoughTheCreditLimitIsLowered) {
    given(account("ann", {.credit_limit = 9}), hold("ann", 9), account("ann", {.credit_limit = 0}))
        .when(capture(1))
        .then(done(), debt("ann", 9), balance("ann", -9));
}

TEST(Captures, ThatAreFinalReleaseTheRest) {
    given(account("ann"), grant("ann", 10), hold("ann", 8))
        .when(capture(1, 3, true))
        .then(status(HoldStatus::captured), balance("ann", 7), held("ann", 0), available("ann", 7),
              that([](const World& world) {
                  EXPECT_EQ(world.last_as<HoldCaptured>().released, Credits{5});
              }));
}

TEST(Captures, ThatAreFinalLetReleasedPartsOfExpiredGrantsExpire) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), grant("ann", 10), hold("ann", 15),
          later(60))
        .when(capture(1, 3, true))
        .then(burned({{1, 3}}), gone({{1, 7}}), balance("ann", 10), held("ann", 0),
              total("ann", Total::expired, 7));
}

TEST(Releases, GiveEverythingBack) {
    given(account("ann"), grant("ann", 10), hold("ann", 8))
        .when(release(1))
        .then(done(), status(HoldStatus::released), balance("ann", 10), available("ann", 10),
              held("ann", 0));
    given(account("ann"), grant("ann", 10), hold("ann", 8), capture(1, 3))
        .when(release(1))
        .then(balance("ann", 7), held("ann", 0));
}

TEST(Releases, OfAClosedHoldDoNothing) {
    const auto nothing = outcome_is(OutcomeKind::nothing_done);
    given(account("ann"), grant("ann", 9), hold("ann", 8), release(1))
        .when(release(1))
        .then(nothing, events_are({}), balance("ann", 9));
    given(account("ann"), grant("ann", 9), hold("ann", 8), capture(1))
        .when(release(1))
        .then(nothing);
    given(account("ann"), grant("ann", 9), hold("ann", 8), later(600), sweep())
        .when(release(1))
        .then(nothing);
}

TEST(Releases, OfClosedOrUnknownHoldsAreToldApartByEvidence) {
    given(account("ann"), grant("ann", 9), hold("ann", 8), release(1), forget_window())
        .when(release(1))
        .then(outcome_is(OutcomeKind::nothing_done));
    World world;
    world.run(ReleaseHold{HoldId{77}});
    refused(RefusalCode::hold_not_found).check(world);
    world.run(CaptureHold{HoldId{77}, {}, false});
    refused(RefusalCode::hold_not_found).check(world);
}

TEST(Extensions, AddAmountAndTime) {
    given(account("ann"), grant("ann", 10), hold("ann", 4, {.expires_in = 60}), later(59))
        .when(extend(1, 3, 60))
        .then(done(), reserved({{1, 3}}), held("ann", 7), available("ann", 3));
    given(account("ann"), grant("ann", 10), hold("ann", 4, {.expires_in = 60}), later(59),
          extend(1, 3, 60), later(59))
        .when(capture(1))
        .then(done(), balance("ann", 3));
}

TEST(Extensions, OfTimeAloneReserveNothing) {
    given(account("ann"), grant("ann", 4), hold("ann", 4, {.expires_in = 60}))
        .when(extend(1, {}, 120))
        .then(done(), reserved({}), held("ann", 4));
    given(account("ann"), grant("ann", 4), hold("ann", 4, {.expires_in = 60}), extend(1, {}, 120),
          later(100))
        .when(sweep())
        .then(events_are({}), held("ann", 4));
}

TEST(Extensions, CanShortenTheTime) {
    given(account("ann"), grant("ann", 4), hold("ann", 4, {.expires_in = 600}), extend(1, {}, 60),
          later(60))
        .when(sweep())
        .then(events_are({"hold_released"}), held("ann", 0));
}

TEST(Extensions, NeedCreditsLikeAnyHold) {
    given(account("ann"), grant("ann", 10), hold("ann", 4))
        .when(extend(1, 7))
        .then(insufficient(7, 6, 1), held("ann", 4));
    given(account("ann"), grant("ann", 10), hold("ann", 4), release(1))
        .when(extend(1, 1))
        .then(recorded(RefusalCode::hold_closed));
}

TEST(Extensions, OfTheSameGrantBurnInTheOrderTheyWereReserved) {
    given(account("ann"), grant("ann", 10), grant("ann", 10), hold("ann", 4), extend(1, 8))
        .when(capture(1, 11))
        .then(burned({{1, 4}, {1, 6}, {2, 1}}), held("ann", 1));
}

TEST(HoldExpiry, ReleasesOrCapturesAsWasAgreed) {
    given(account("ann"), grant("ann", 10), hold("ann", 4, {.expires_in = 60}), later(60))
        .when(sweep())
        .then(events_are({"hold_released"}), status(HoldStatus::expired), balance("ann", 10),
              held("ann", 0));
    given(account("ann"), grant("ann", 10),
          hold("ann", 4, {.expires_in = 60, .on_expiry = OnExpiry::capture}), later(60))
        .when(sweep())
        .then(events_are({"hold_captured"}), status(HoldStatus::expired), balance("ann", 6),
              held("ann", 0), total("ann", Total::consumed, 4));
}

TEST(HoldExpiry, ComesBeforeACaptureAtTheSameMoment) {
    given(account("ann"), grant("ann", 10), hold("ann", 4, {.expires_in = 60}), later(60))
        .when(capture(1))
        .then(events_are({"hold_released", "command_refused"}), recorded(RefusalCode::hold_closed),
              balance("ann", 10));
    given(account("ann"), grant("ann", 10), hold("ann", 4, {.expires_in = 60}),
          a_moment_later(59'999'999))
        .when(capture(1))
        .then(events_are({"hold_captured"}));
}

TEST(HoldExpiry, CapturesOnlyWhatRemains) {
    given(account("ann"), grant("ann", 10),
          hold("ann", 8, {.expires_in = 60, .on_expiry = OnExpiry::capture}), capture(1, 3),
          later(60))
        .when(sweep())
        .then(burned({{1, 5}}), balance("ann", 2));
}

TEST(ReservedParts, DoNotExpireWhileTheyAreHeld) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), hold("ann", 4), later(60))
        .when(sweep())
        .then(events_are({"grant_expired"}), balance("ann", 4), held("ann", 4),
              total("ann", Total::expired, 6), available("ann", 0));
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), hold("ann", 4), later(60))
        .when(capture(1))
        .then(done(), burned({{1, 4}}), balance("ann", 0), total("ann", Total::expired, 6));
}

TEST(ReservedParts, ReleasedAfterTheirGrantsTimeExpireAtOnce) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), hold("ann", 4), later(60))
        .when(release(1))
        .then(gone({{1, 4}}), balance("ann", 0), held("ann", 0), available("ann", 0),
              total("ann", Total::expired, 10), grants_left("ann", {}));
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), hold("ann", 4, {.expires_in = 90}),
          later(90))
        .when(sweep())
        .then(events_are({"grant_expired", "hold_released"}), gone({{1, 4}}), balance("ann", 0));
}

TEST(ReservedParts, OfOneGrantTwiceExpireTogether) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), grant("ann", 10), hold("ann", 4),
          extend(1, 8), later(60))
        .when(release(1))
        .then(gone({{1, 4}, {1, 6}}), balance("ann", 10), held("ann", 0));
}

TEST(ReservedParts, OfTwoHoldsAreIndependent) {
    given(account("ann"), grant("ann", 10), hold("ann", 4), hold("ann", 5), release(1))
        .when(capture(2))
        .then(balance("ann", 5), held("ann", 0), grants_left("ann", {{1, 5}}));
}

}  // namespace
}  // namespace creditd::tests
