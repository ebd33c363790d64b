// The guard of the clock: what it makes of a wall that jumps, and that told time never goes back.
#include <gtest/gtest.h>

#include "daemon/engine/clock.hpp"

namespace creditd::daemon {
namespace {

class FakeClock final : public Clock {
public:
    Timestamp wall() const override { return now; }
    Duration monotonic() const override { return steady; }
    /// Both go on together, as they should.
    void pass(Duration length) {
        now = now + length;
        steady.value += length.value;
    }

    Timestamp now{1'000'000'000'000};
    Duration steady{};
};

constexpr Duration jump_max = Duration::seconds(60);

TEST(ClockGuard, TellsTheWallOrTheNextMicrosecond) {
    FakeClock clock;
    ClockGuard guard(clock, Timestamp{}, jump_max);
    EXPECT_EQ(guard.stamp(Timestamp{}), clock.now);
    const Timestamp ahead = clock.now + Duration::seconds(5);
    EXPECT_EQ(guard.stamp(ahead), ahead + Duration{1});
    clock.pass(Duration::seconds(10));
    EXPECT_EQ(guard.stamp(ahead), clock.now);
}

// A read may have seen something expire at a time that no event has.
TEST(ClockGuard, NeverGoesBackBehindWhatAReadWasTold) {
    FakeClock clock;
    ClockGuard guard(clock, Timestamp{}, jump_max);
    const Timestamp last_event = clock.now;
    clock.pass(Duration::seconds(20));
    const Timestamp told = guard.stamp(last_event);
    clock.now = clock.now + Duration::seconds(-15);
    EXPECT_GE(guard.stamp(last_event), told);
    EXPECT_FALSE(guard.is_suspect());
}

TEST(ClockGuard, StandsStillWhileItIsSuspect) {
    FakeClock clock;
    ClockGuard guard(clock, Timestamp{}, jump_max);
    const Timestamp told = guard.stamp(Timestamp{});
    clock.now = clock.now + Duration::days(3);
    EXPECT_EQ(guard.stamp(Timestamp{1}), told);
    EXPECT_TRUE(guard.is_suspect());
    clock.pass(Duration::seconds(1));
    EXPECT_EQ(guard.stamp(Timestamp{1}), told);
}

TEST(ClockGuard, GoesOnFromTheTimeThatIsAccepted) {
    FakeClock clock;
    ClockGuard guard(clock, Timestamp{}, jump_max);
    const Timestamp told = guard.stamp(Timestamp{});
    clock.now = clock.now + Duration::seconds(-3'600);
    guard.stamp(Timestamp{});
    ASSERT_TRUE(guard.is_suspect());
    guard.accept();
    EXPECT_EQ(guard.stamp(Timestamp{}), told);
    EXPECT_FALSE(guard.is_suspect());
    clock.pass(Duration::seconds(3'700));
    EXPECT_EQ(guard.stamp(Timestamp{}), clock.now);
}

TEST(ClockGuard, DoubtsAStartFarAheadOfTheLastEvent) {
    FakeClock clock;
    EXPECT_FALSE(ClockGuard(clock, Timestamp{}, jump_max).is_suspect());
    const Timestamp old = clock.now + Duration::days(-2);
    EXPECT_TRUE(ClockGuard(clock, old, jump_max).is_suspect());
    EXPECT_FALSE(ClockGuard(clock, clock.now, jump_max).is_suspect());
}

TEST(TestClock, MovesForwardOnly) {
    TestClock clock(Timestamp{10});
    EXPECT_TRUE(clock.move_to(Timestamp{20}));
    EXPECT_TRUE(clock.move_to(Timestamp{20}));
    EXPECT_FALSE(clock.move_to(Timestamp{19}));
    EXPECT_EQ(clock.wall(), Timestamp{20});
}

}  // namespace
}  // namespace creditd::daemon
