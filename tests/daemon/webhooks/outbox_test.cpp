#include "daemon/webhooks/outbox.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon {
namespace {

constexpr AccountNo ada{1};
constexpr AccountNo bob{2};

Timestamp at(std::int64_t seconds) { return Timestamp{} + Duration::seconds(seconds); }

WebhookMessage message(std::uint64_t seq, AccountNo account) {
    return {Seq{seq}, "msg_" + std::to_string(seq), account, "credits.deducted", "{}"};
}

/// The position of what is sent next at that time; 0: nothing.
std::uint64_t next(Outbox& outbox, Timestamp now) {
    const WebhookMessage* const sent = outbox.next(now);
    return sent == nullptr ? 0 : sent->seq.value;
}

bool fail(Outbox& outbox, AccountNo account, std::uint64_t seq, Timestamp now,
          std::optional<Duration> retry_after = {}) {
    return outbox.failed(account, Seq{seq}, now, retry_after, 0.5);
}

TEST(Outbox, SendsEachAccountsMessagesOneAfterTheOther) {
    Outbox outbox(Seq{10});
    outbox.add({message(11, ada), message(12, bob), message(13, ada)}, Seq{14});
    EXPECT_EQ(outbox.position(), Seq{14});
    EXPECT_EQ(next(outbox, at(0)), 11U);
    EXPECT_EQ(next(outbox, at(0)), 12U);
    EXPECT_EQ(next(outbox, at(0)), 0U);
    outbox.delivered(ada, Seq{11});
    EXPECT_EQ(next(outbox, at(0)), 13U);
    outbox.delivered(bob, Seq{12});
    outbox.delivered(ada, Seq{13});
    EXPECT_EQ(outbox.waiting(), 0U);
    EXPECT_EQ(outbox.in_flight(), 0U);
}

TEST(Outbox, AFailureHoldsBackItsOwnAccountOnly) {
    Outbox outbox(Seq{0});
    outbox.add({message(1, ada), message(2, bob), message(3, ada), message(4, bob)}, Seq{4});
    EXPECT_EQ(next(outbox, at(0)), 1U);
    EXPECT_EQ(next(outbox, at(0)), 2U);
    EXPECT_TRUE(fail(outbox, ada, 1, at(0)));
    outbox.delivered(bob, Seq{2});
    EXPECT_EQ(next(outbox, at(0)), 4U);
    EXPECT_EQ(next(outbox, at(4)), 0U);
    EXPECT_EQ(outbox.next_retry(), at(5));
    EXPECT_EQ(next(outbox, at(5)), 1U);
    EXPECT_EQ(outbox.failures(ada), 1U);
    outbox.delivered(ada, Seq{1});
    // What came later was forgotten, and is read again.
    ASSERT_TRUE(outbox.refill());
    EXPECT_EQ(outbox.refill()->account, ada);
    EXPECT_EQ(outbox.refill()->after, Seq{1});
    outbox.refilled(ada, {message(3, ada)}, Seq{4});
    EXPECT_EQ(next(outbox, at(5)), 3U);
}

TEST(Outbox, WhatIsFoundWhileAnAccountIsBehindIsReadLater) {
    Outbox outbox(Seq{0});
    outbox.add({message(1, ada)}, Seq{1});
    next(outbox, at(0));
    fail(outbox, ada, 1, at(0));
    outbox.add({message(2, ada), message(3, bob)}, Seq{3});
    EXPECT_EQ(next(outbox, at(0)), 3U);
    EXPECT_EQ(next(outbox, at(9)), 1U);
    outbox.delivered(ada, Seq{1});
    outbox.refilled(ada, {message(2, ada), message(5, ada)}, Seq{9});  // 5 is found later
    EXPECT_EQ(next(outbox, at(9)), 2U);
    outbox.delivered(ada, Seq{2});
    EXPECT_FALSE(outbox.refill());
    outbox.add({message(5, ada)}, Seq{5});
    EXPECT_EQ(next(outbox, at(9)), 5U);
}

TEST(Outbox, TriesAgainBySchedule) {
    Outbox outbox(Seq{0});
    outbox.add({message(1, ada)}, Seq{1});
    Timestamp now = at(0);
    EXPECT_EQ(next(outbox, now), 1U);
    for (const Duration delay : retry_delays) {
        EXPECT_TRUE(fail(outbox, ada, 1, now));
        EXPECT_EQ(outbox.next_retry() - now, delay);
        now = outbox.next_retry();
        EXPECT_EQ(next(outbox, now), 1U);
    }
    EXPECT_FALSE(fail(outbox, ada, 1, now));  // ten attempts, 75 hours and 35 minutes
    EXPECT_EQ(now - at(0), Duration::seconds(272'105));
    outbox.start_over();
    EXPECT_EQ(next(outbox, now), 1U);
    EXPECT_EQ(outbox.failures(ada), 0U);
}

TEST(Outbox, LeavesAReceiverAloneForAsLongAsItAsks) {
    Outbox outbox(Seq{0});
    outbox.add({message(1, ada)}, Seq{1});
    next(outbox, at(0));
    fail(outbox, ada, 1, at(0), Duration::seconds(100));
    EXPECT_EQ(outbox.next_retry(), at(100));
    EXPECT_EQ(next(outbox, at(100)), 1U);
    fail(outbox, ada, 1, at(100), Duration::days(400));
    EXPECT_EQ(outbox.next_retry(), at(100) + pause_max);
}

TEST(Outbox, AReceiverThatIsBackGetsEverythingAtOnce) {
    Outbox outbox(Seq{0});
    std::vector<WebhookMessage> messages;
    for (std::uint32_t i = 1; i <= 12; ++i) messages.push_back(message(i, AccountNo{i}));
    outbox.add(std::move(messages), Seq{12});
    for (std::uint32_t i = 1; i <= 12; ++i) {
        EXPECT_EQ(next(outbox, at(0)), i);
        fail(outbox, AccountNo{i}, i, at(0));
    }
    EXPECT_EQ(next(outbox, at(5)), 1U);
    EXPECT_EQ(outbox.next(at(4)), nullptr);
    outbox.delivered(AccountNo{1}, Seq{1});
    EXPECT_EQ(next(outbox, at(4)), 2U);
}

// Whoever takes the messages of others says nothing of those that it does not take.
TEST(Outbox, WhatOthersGetDoesNotUseUpTheAttempts) {
    Outbox outbox(Seq{0});
    std::vector<WebhookMessage> messages;
    for (std::uint32_t i = 1; i <= 12; ++i) messages.push_back(message(i, AccountNo{i}));
    messages.push_back(message(13, AccountNo{13}));
    outbox.add(std::move(messages), Seq{13});
    for (std::uint32_t i = 1; i <= 12; ++i) {
        EXPECT_EQ(next(outbox, at(0)), i);
        fail(outbox, AccountNo{i}, i, at(0));
    }
    EXPECT_EQ(next(outbox, at(0)), 13U);
    outbox.delivered(AccountNo{13}, Seq{13});
    EXPECT_EQ(next(outbox, at(0)), 0U);
    EXPECT_EQ(outbox.next_retry(), at(5));
}

TEST(Outbox, AsksAReceiverThatIsAwayByOneMessageAtATime) {
    Outbox outbox(Seq{0});
    std::vector<WebhookMessage> messages;
    for (std::uint32_t i = 1; i <= 20; ++i) messages.push_back(message(i, AccountNo{i}));
    outbox.add(std::move(messages), Seq{20});
    for (std::uint32_t i = 1; i <= 10; ++i) {
        next(outbox, at(0));
        fail(outbox, AccountNo{i}, i, at(0));
    }
    EXPECT_EQ(next(outbox, at(0)), 11U);
    EXPECT_EQ(next(outbox, at(0)), 0U);
    outbox.delivered(AccountNo{11}, Seq{11});
    EXPECT_EQ(next(outbox, at(0)), 12U);
    EXPECT_EQ(next(outbox, at(0)), 13U);
}

TEST(Outbox, ARewindForgetsNothingThatWasNotDelivered) {
    Outbox outbox(Seq{0});
    outbox.add({message(5, ada), message(6, bob), message(7, AccountNo{3})}, Seq{9});
    next(outbox, at(0));
    next(outbox, at(0));
    fail(outbox, ada, 5, at(0));
    outbox.delivered(bob, Seq{6});
    EXPECT_EQ(outbox.round(), 0U);
    outbox.rewind(Seq{6});
    EXPECT_EQ(outbox.round(), 1U);
    EXPECT_EQ(outbox.position(), Seq{6});
    ASSERT_TRUE(outbox.refill());
    EXPECT_EQ(outbox.refill()->account, ada);
    EXPECT_EQ(outbox.refill()->after, Seq{4});
    outbox.refilled(ada, {message(5, ada)}, Seq{9});
    EXPECT_EQ(outbox.failures(ada), 1U);
    EXPECT_EQ(next(outbox, at(5)), 5U);
    outbox.add({message(7, AccountNo{3})}, Seq{9});
    EXPECT_EQ(next(outbox, at(5)), 7U);
}

TEST(Outbox, NothingJoinsAMessageThatFails) {
    auto outbox = Outbox::parse("1 5\n1 4 3 0\n");
    ASSERT_TRUE(outbox);
    outbox->refilled(ada, {message(5, ada)}, Seq{5});
    outbox->add({message(6, ada), message(7, ada)}, Seq{7});
    EXPECT_EQ(next(*outbox, at(0)), 5U);
    outbox->delivered(ada, Seq{5});
    ASSERT_TRUE(outbox->refill());
    EXPECT_EQ(outbox->refill()->after, Seq{5});
}

TEST(Outbox, KeepsNoMoreThanItsLimits) {
    Outbox outbox(Seq{0}, {.in_flight_max = 2, .messages_max = 3, .failing_max = 1});
    outbox.add({message(1, ada), message(2, bob), message(3, AccountNo{3})}, Seq{3});
    EXPECT_FALSE(outbox.wants_more());
    EXPECT_EQ(next(outbox, at(0)), 1U);
    EXPECT_EQ(next(outbox, at(0)), 2U);
    EXPECT_EQ(next(outbox, at(0)), 0U);
    outbox.delivered(ada, Seq{1});
    EXPECT_TRUE(outbox.wants_more());
    fail(outbox, bob, 2, at(0));
    EXPECT_FALSE(outbox.wants_more());
    auto full = Outbox::parse("1 9\n1 0 0 0\n2 0 0 0\n", {.messages_max = 2});
    ASSERT_TRUE(full);
    full->refilled(ada, {message(1, ada), message(2, ada)}, Seq{9});
    EXPECT_FALSE(full->refill());
}

TEST(Outbox, GoesOnAfterARestartWhereItWas) {
    Outbox before(Seq{0});
    before.add({message(1, ada), message(2, bob), message(3, ada), message(4, AccountNo{3})},
               Seq{6});
    next(before, at(0));
    next(before, at(0));
    next(before, at(0));
    before.delivered(bob, Seq{2});
    fail(before, AccountNo{3}, 4, at(0));
    auto after = Outbox::parse(before.print());
    ASSERT_TRUE(after);
    EXPECT_EQ(after->position(), Seq{6});
    EXPECT_EQ(after->waiting(), 2U);
    ASSERT_EQ(after->refill()->account, ada);
    EXPECT_EQ(after->refill()->after, Seq{0});
    after->refilled(ada, {message(1, ada), message(3, ada)}, Seq{6});
    EXPECT_EQ(after->refill()->account, AccountNo{3});
    after->refilled(AccountNo{3}, {message(4, AccountNo{3})}, Seq{6});
    EXPECT_EQ(next(*after, at(0)), 1U);
    EXPECT_EQ(next(*after, at(0)), 0U);
    EXPECT_EQ(next(*after, at(5)), 4U);
    EXPECT_EQ(after->failures(AccountNo{3}), 1U);
}

TEST(Outbox, WhatIsNoLongerAwaitedChangesNothing) {
    Outbox outbox(Seq{5});
    outbox.add({message(6, ada)}, Seq{6});
    next(outbox, at(0));
    outbox.rewind(Seq{2});
    outbox.delivered(ada, Seq{6});
    EXPECT_TRUE(fail(outbox, ada, 6, at(0)));
    EXPECT_EQ(outbox.position(), Seq{2});
    EXPECT_EQ(outbox.in_flight(), 0U);
    outbox.add({message(3, ada), message(6, ada)}, Seq{6});
    EXPECT_EQ(next(outbox, at(0)), 3U);
    outbox.delivered(ada, Seq{6});  // of before the rewind
    EXPECT_EQ(outbox.in_flight(), 1U);
}

TEST(Outbox, TextThatIsNoneIsRefused) {
    for (const char* text : {"", "2 5\n", "1\n", "1 x\n", "1 5 6\n", "1 5\n1 2\n", "1 5\n1 2 3 x\n",
                             "1 5\n1 9 0 0\n", "1 5\n1 2 0 0\n1 3 0 0\n", "1 5\n1 2 0 0 0\n"}) {
        EXPECT_FALSE(Outbox::parse(text)) << text;
    }
    EXPECT_TRUE(Outbox::parse("1 5\n"));
}

TEST(RetryDelay, IsSpreadByAFifth) {
    EXPECT_EQ(retry_delay(1, 0, {}), Duration::seconds(4));
    EXPECT_EQ(retry_delay(1, 0.5, {}), Duration::seconds(5));
    EXPECT_EQ(retry_delay(2, 0, {}), Duration::seconds(240));
    EXPECT_FALSE(retry_delay(0, 0, {}));
    EXPECT_FALSE(retry_delay(10, 0, {}));
}

}  // namespace
}  // namespace creditd::daemon
