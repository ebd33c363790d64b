// Rules of time: it enters as data, and what it has made due happens before what is asked.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

/// What the news say happened, as account:grant or hold number.
std::vector<std::string> expired_accounts(const World& world) {
    std::vector<std::string> result;
    for (const Event& event : world.news()) result.push_back(event.account);
    return result;
}

TEST(DueEvents, OfOneAccountComeInOrderOfTimeThenOfMaking) {
    given(account("ann"), grant("ann", 1, {.expires_in = 90}), grant("ann", 2, {.expires_in = 60}),
          grant("ann", 3, {.expires_in = 60}), grant("ann", 4, {.effective_in = 70}),
          hold("ann", 1, {.expires_in = 65}), later(100))
        .when(sweep())
        .then(events_are({"grant_expired", "grant_expired", "hold_released", "grant_activated",
                          "grant_expired"}),
              that([](const World& world) {
                  const auto news = world.news();
                  EXPECT_EQ(std::get<GrantExpired>(news[0].body).grant, world.grant(2));
                  EXPECT_EQ(std::get<GrantExpired>(news[1].body).grant, world.grant(3));
                  EXPECT_EQ(std::get<GrantExpired>(news[4].body).grant, world.grant(1));
              }));
}

TEST(DueEvents, CarryTheTimeOfTheirEmissionAndNoOrigin) {
    given(account("ann"), grant("ann", 1, {.expires_in = 60}), later(100))
        .when(sweep())
        .then(that([](const World& world) {
            EXPECT_EQ(world.last().time, world.now());
            EXPECT_FALSE(world.last().origin);
        }));
}

TEST(DueEvents, OfOtherAccountsWaitForTheirTurn) {
    given(account("ann"), account("bob"), grant("ann", 1, {.expires_in = 60}),
          grant("bob", 5, {.expires_in = 60}), grant("ann", 2), later(60))
        .when(deduct("ann", 1))
        .then(events_are({"grant_expired", "credits_deducted"}), balance("bob", 5));
}

TEST(Sweep, GoesEarliestFirst) {
    given(account("ann"), account("bob"), account("cyd"), grant("ann", 1, {.expires_in = 90}),
          grant("bob", 1, {.expires_in = 60}), grant("cyd", 1, {.expires_in = 70}), later(100))
        .when(sweep())
        .then(that([](const World& world) {
            EXPECT_EQ(expired_accounts(world), (std::vector<std::string>{"bob", "cyd", "ann"}));
        }));
}

TEST(Sweep, LeavesWhatIsNotDue) {
    given(account("ann"), account("bob"), grant("ann", 1, {.expires_in = 60}),
          grant("bob", 1, {.expires_in = 61}), later(60))
        .when(sweep())
        .then(events_are({"grant_expired"}), balance("ann", 0), balance("bob", 1));
}

TEST(Sweep, IsBoundedAndSaysWhetherMoreIsDue) {
    Scene scene;
    for (int i = 0; i < 5; ++i) {
        const std::string id = "a" + std::to_string(i);
        scene.given(account(id), grant(id, 1, {.expires_in = 60}));
    }
    scene.given(later(60));
    EXPECT_TRUE(scene.world().sweep(2));
    EXPECT_EQ(scene.world().news().size(), 2U);
    EXPECT_TRUE(scene.world().sweep(2));
    EXPECT_FALSE(scene.world().sweep(2));
    EXPECT_EQ(scene.world().news().size(), 1U);
    EXPECT_FALSE(scene.world().sweep(2));
    EXPECT_TRUE(scene.world().news().empty());
}

TEST(Sweep, CostsNothingForAccountsThatHaveMovedOn) {
    given(account("ann"), grant("ann", 5, {.expires_in = 60}), deduct("ann", 5), later(60))
        .when(sweep())
        .then(events_are({}));
    given(account("ann"), grant("ann", 5), hold("ann", 5, {.expires_in = 60}), extend(1, {}, 120),
          later(60))
        .when(sweep())
        .then(events_are({}), held("ann", 5));
}

TEST(Sweep, FindsWhatBecomesDueAfterALook) {
    given(account("ann"), grant("ann", 5), hold("ann", 5, {.expires_in = 60}), extend(1, {}, 120),
          later(60), sweep(), later(60))
        .when(sweep())
        .then(events_are({"hold_released"}), held("ann", 0));
}

TEST(Sweep, WorksAfterAStartFromASnapshot) {
    given(account("ann"), grant("ann", 5, {.expires_in = 60}), hold("ann", 2, {.expires_in = 90}),
          forget_window(), later(100))
        .when(sweep())
        .then(events_are({"grant_expired", "hold_released"}), balance("ann", 0));
}

TEST(Sweep, FindsWhatBatchesHaveMade) {
    given(batch({account("ann"), grant("ann", 5, {.expires_in = 60})}), later(60))
        .when(sweep())
        .then(events_are({"grant_expired"}), balance("ann", 0));
}

TEST(Time, MayStandStillButNeverGoesBack) {
    Scene scene = given(account("ann"), grant("ann", 10), deduct("ann", 1));
    EXPECT_EQ(scene.world().events().front().event.time, scene.world().last().time);
    EXPECT_DEATH(
        {
            scene.world().advance(Duration{-1});
            scene.world().run(PutAccount{"bob", {}, {}, false});
        },
        "assertion failed");
}

TEST(Replay, StopsAtAnEventThatDoesNotFit) {
    Scene scene = given(account("ann"), grant("ann", 10), deduct("ann", 1));
    const auto replay = [&](auto damage) {
        State state;
        for (DecidedEvent decided : scene.world().events()) {
            damage(decided.event);
            apply(state, decided.event);
        }
    };
    const auto at = [](Event& event, std::uint64_t seq) { return event.seq.value == seq; };
    EXPECT_DEATH(replay([&](Event& e) {
                     if (at(e, 3)) e.seq = Seq{4};
                 }),
                 "seq");
    EXPECT_DEATH(replay([&](Event& e) {
                     if (at(e, 4)) e.time = Timestamp{1};
                 }),
                 "time");
    EXPECT_DEATH(replay([&](Event& e) {
                     if (at(e, 4)) e.balances.before = Credits{11};
                 }),
                 "balance");
    EXPECT_DEATH(replay([&](Event& e) {
                     if (at(e, 4)) e.balances.after = Credits{8};
                 }),
                 "balance");
    EXPECT_DEATH(replay([&](Event& e) {
                     if (at(e, 4)) e.account = "bob";
                 }),
                 "id");
    EXPECT_DEATH(replay([&](Event& e) {
                     if (auto* body = std::get_if<CreditsDeducted>(&e.body)) {
                         body->amount = Credits{2};
                     }
                 }),
                 "burned");
    EXPECT_DEATH(replay([&](Event& e) {
                     // A grant of nothing that only counts later.
                     if (auto* body = std::get_if<CreditsGranted>(&e.body)) {
                         body->amount = Credits{};
                         body->terms.effective_at = e.time + Duration{1};
                     }
                 }),
                 "amount");
    replay([](Event&) {});
}

TEST(Replay, StopsAtARefundThatRestoresMoreThanAGrantHad) {
    Scene scene = given(account("ann"), grant("ann", 10), deduct("ann", 10), refund(1, 4));
    EXPECT_DEATH(
        {
            State state;
            for (DecidedEvent decided : scene.world().events()) {
                if (auto* body = std::get_if<CreditsRefunded>(&decided.event.body)) {
                    body->restored.at(0).original_amount = Credits{3};
                }
                apply(state, decided.event);
            }
        },
        "original_amount");
}

}  // namespace
}  // namespace creditd::tests
