#include "daemon/webhooks/webhook_pace.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon {
namespace {

using namespace std::chrono_literals;

constexpr WebhookPace::Moment start{1h};

/// How many are admitted at once, of a thousand that wait.
int admitted(WebhookPace& pace) {
    int count = 0;
    while (count < 1'000 && pace.admit()) ++count;
    return count;
}

TEST(WebhookPace, HasNoLimitWhileThereIsLittleToDo) {
    WebhookPace pace(2);
    EXPECT_EQ(admitted(pace), 1'000);
    // What was there before it looked is no news.
    pace.look(start, Seq{1'000'000});
    EXPECT_EQ(admitted(pace), 1'000);
    pace.look(start + 100ms, Seq{1'000'900});
    EXPECT_FALSE(pace.is_busy());
    EXPECT_EQ(admitted(pace), 1'000);
}

TEST(WebhookPace, SendsAFewWhileThereIsMuchToDo) {
    WebhookPace pace(2);
    pace.look(start, Seq{0});
    pace.look(start + 100ms, Seq{2'000});
    EXPECT_TRUE(pace.is_busy());
    EXPECT_EQ(admitted(pace), 20);
    pace.look(start + 150ms, Seq{3'000});
    EXPECT_EQ(admitted(pace), 0) << "not before the window is over";
    pace.look(start + 200ms, Seq{4'000});
    EXPECT_EQ(admitted(pace), 20);
    pace.look(start + 300ms, Seq{4'010});
    EXPECT_EQ(admitted(pace), 1'000) << "it is over";
}

TEST(WebhookPace, SavesNoMoreThanASecond) {
    WebhookPace pace(1);
    pace.look(start, Seq{0});
    pace.look(start + 1h, Seq{0});
    pace.look(start + 1h + 100ms, Seq{100'000});
    EXPECT_EQ(admitted(pace), 100);
}

TEST(WebhookPace, KnowsALogThatWasCutShort) {
    WebhookPace pace(1);
    pace.look(start, Seq{100'000});
    pace.look(start + 100ms, Seq{10});
    EXPECT_FALSE(pace.is_busy());
}

}  // namespace
}  // namespace creditd::daemon
