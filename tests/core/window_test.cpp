// The window: recent facts in generations, forgotten only when an index has synced them.
#include "core/window.hpp"

#include <gtest/gtest.h>

namespace creditd {
namespace {

/// Digests as SHA-256 would spread them, from a number.
Digest digest_of(std::uint64_t number) {
    Digest digest;
    std::uint64_t mixed = number * 0x9E3779B97F4A7C15ULL;
    mixed ^= mixed >> 29;
    mixed *= 0xBF58476D1CE4E5B9ULL;
    mixed ^= mixed >> 32;
    std::memcpy(digest.bytes.data(), &mixed, sizeof mixed);
    std::memcpy(digest.bytes.data() + 8, &number, sizeof number);
    return digest;
}

TEST(Window, FindsWhatWasAdded) {
    Window window;
    window.add_key(digest_of(1), Seq{3});
    window.add_payment(digest_of(2), {Seq{4}, AccountNo{5}, Credits{6}, {}});
    window.set_refunded(DeductionId{7}, Credits{8}, Seq{9});
    window.add_revoked(GrantId{10}, Seq{11});
    EXPECT_EQ(window.find_key(digest_of(1)), Seq{3});
    EXPECT_FALSE(window.find_key(digest_of(2)));
    EXPECT_EQ(window.find_payment(digest_of(2))->account_no, AccountNo{5});
    EXPECT_FALSE(window.find_payment(digest_of(1)));
    EXPECT_EQ(window.find_refunded(DeductionId{7}), Credits{8});
    EXPECT_FALSE(window.find_refunded(DeductionId{8}));
    EXPECT_TRUE(window.is_revoked(GrantId{10}));
    EXPECT_FALSE(window.is_revoked(GrantId{11}));
    EXPECT_EQ(window.key_count(), 1U);
}

TEST(Window, KeepsTheLatestRefundedTotal) {
    Window window;
    window.set_refunded(DeductionId{7}, Credits{8}, Seq{9});
    window.set_refunded(DeductionId{7}, Credits{12}, Seq{10});
    EXPECT_EQ(window.find_refunded(DeductionId{7}), Credits{12});
}

TEST(Window, TakesAKeyOnlyOnce) {
    Window window;
    window.add_key(digest_of(1), Seq{3});
    EXPECT_DEATH(window.add_key(digest_of(1), Seq{4}), "assertion failed");
}

TEST(Window, StartsWhereTheIndexesEnd) {
    Window window;
    EXPECT_EQ(window.from(), Seq{0});
    window.start_at(Seq{100});
    EXPECT_EQ(window.from(), Seq{100});
}

TEST(Window, KeepsTheFactsOfOneEventTogether) {
    Window window;
    window.set_generation_keys(2);
    window.add_key(digest_of(1), Seq{1});
    window.add_key(digest_of(2), Seq{2});                     // fills the generation …
    window.set_refunded(DeductionId{1}, Credits{5}, Seq{2});  // … that its event is not done with
    window.add_key(digest_of(3), Seq{3});
    window.trim(Seq{1});
    EXPECT_LE(window.from(), Seq{1});
    EXPECT_EQ(window.find_key(digest_of(2)), Seq{2});
    window.trim(Seq{2});
    EXPECT_EQ(window.from(), Seq{2});
    EXPECT_FALSE(window.find_key(digest_of(2)));
    EXPECT_EQ(window.find_key(digest_of(3)), Seq{3});
}

TEST(StackedWindow, ReadsThroughAndKeepsItsOwn) {
    Window base;
    base.start_at(Seq{50});
    base.add_key(digest_of(1), Seq{60});
    base.set_refunded(DeductionId{7}, Credits{8}, Seq{60});
    base.add_revoked(GrantId{10}, Seq{60});
    Window stacked(&base);
    EXPECT_EQ(stacked.from(), Seq{50});
    EXPECT_EQ(stacked.find_key(digest_of(1)), Seq{60});
    EXPECT_TRUE(stacked.is_revoked(GrantId{10}));
    stacked.add_key(digest_of(2), Seq{61});
    stacked.set_refunded(DeductionId{7}, Credits{9}, Seq{61});
    EXPECT_EQ(stacked.find_key(digest_of(2)), Seq{61});
    EXPECT_EQ(stacked.find_refunded(DeductionId{7}), Credits{9});
    EXPECT_FALSE(base.find_key(digest_of(2)));
    EXPECT_EQ(base.find_refunded(DeductionId{7}), Credits{8});
}

/// A window with one full generation, whose last key is of event `full`, and three keys more.
constexpr std::uint64_t full = limits::window_generation_keys;
void fill(Window& window) {
    window.set_refunded(DeductionId{1}, Credits{1}, Seq{1});
    window.set_refunded(DeductionId{2}, Credits{1}, Seq{1});
    for (std::uint64_t i = 1; i <= full + 3; ++i) window.add_key(digest_of(i), Seq{i});
    window.set_refunded(DeductionId{2}, Credits{2}, Seq{full + 3});
    window.add_revoked(GrantId{3}, Seq{full + 3});
}

TEST(Generations, AreForgottenWholeAndOnlyWhenSynced) {
    Window window;
    fill(window);
    EXPECT_EQ(window.key_count(), full + 3);
    EXPECT_EQ(window.find_refunded(DeductionId{2}), Credits{2});
    window.trim(Seq{full - 1});
    EXPECT_EQ(window.from(), Seq{0});
    EXPECT_EQ(window.find_key(digest_of(1)), Seq{1});
    window.trim(Seq{full});
    EXPECT_EQ(window.from(), Seq{full});
    EXPECT_EQ(window.key_count(), 3U);
    EXPECT_FALSE(window.find_key(digest_of(full)));
    EXPECT_EQ(window.find_key(digest_of(full + 1)), Seq{full + 1});
    EXPECT_FALSE(window.find_refunded(DeductionId{1}));
    EXPECT_EQ(window.find_refunded(DeductionId{2}), Credits{2});
    EXPECT_TRUE(window.is_revoked(GrantId{3}));
    window.trim(Seq{full + 1'000});
    EXPECT_EQ(window.key_count(), 3U) << "the newest generation stays";
}

}  // namespace
}  // namespace creditd
