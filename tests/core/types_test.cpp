// The nouns: never mixed up, and ids of one spelling.
#include "core/types.hpp"

#include <gtest/gtest.h>

#include <concepts>

#include "core/credits.hpp"

namespace creditd {
namespace {

template <class A, class B>
concept Comparable = requires(A a, B b) { a == b; };
template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };

// What must not compile, as far as a concept can say it; the rest is in tests/compile_fail.
static_assert(Comparable<Seq, Seq>);
static_assert(!Comparable<Seq, Epoch>);
static_assert(!Comparable<GrantId, HoldId>);
static_assert(!Comparable<DeductionId, Seq>);
static_assert(!Comparable<Credits, Duration>);
static_assert(!Comparable<Seq, std::uint64_t>);
static_assert(!std::convertible_to<std::int64_t, Credits>);
static_assert(!std::convertible_to<Credits, std::int64_t>);
static_assert(Addable<Timestamp, Duration>);
static_assert(!Addable<Timestamp, Timestamp>);
static_assert(!Addable<Credits, Duration>);
static_assert(!Addable<Seq, AccountNo>);
static_assert(std::same_as<decltype(Timestamp{} - Timestamp{}), Duration>);
static_assert(sizeof(Seq) == 8 && sizeof(AccountNo) == 4 && sizeof(Credits) == 8);

TEST(Seq, CountsFromOne) {
    EXPECT_EQ(Seq{}.next(), Seq{1});
    EXPECT_LT(Seq{1}, Seq{2});
}

TEST(Durations, AreMicroseconds) {
    EXPECT_EQ(Duration::seconds(2).value, 2'000'000);
    EXPECT_EQ(Duration::days(1), Duration::seconds(86'400));
    EXPECT_EQ(Timestamp{5} + Duration{3}, Timestamp{8});
    EXPECT_EQ(Timestamp{5} - Timestamp{8}, Duration{-3});
}

TEST(Timestamps, NeverIsLaterThanEveryMoment) {
    EXPECT_TRUE(Timestamp::never().is_never());
    EXPECT_FALSE(Timestamp{}.is_never());
    EXPECT_GT(Timestamp::never(), Timestamp{INT64_MAX - 1});
}

TEST(GrantIds, AreAnEventAndAPlaceInIt) {
    const GrantId id = GrantId::of(Seq{42}, 7);
    EXPECT_EQ(id.seq(), Seq{42});
    EXPECT_EQ(id.index(), 7);
    EXPECT_LT(GrantId::of(Seq{42}, 65'535), GrantId::of(Seq{43}, 0));
    EXPECT_LT(GrantId::of(Seq{42}, 0), GrantId::of(Seq{42}, 1));
    const Seq last{(std::uint64_t{1} << 48) - 1};
    EXPECT_EQ(GrantId::of(last, 65'535).seq(), last);
}

TEST(Currencies, AreThreeLettersOrNone) {
    EXPECT_EQ(Currency::of("USD").text(), "USD");
    EXPECT_TRUE(Currency::of("").is_none());
    EXPECT_TRUE(Currency::of("DOLLAR").is_none());
    EXPECT_EQ(Currency{}.text(), "");
    EXPECT_NE((Money{5, Currency::of("USD")}), (Money{5, Currency::of("EUR")}));
}

TEST(AccountNumbers, HaveANone) {
    EXPECT_TRUE(AccountNo::none().is_none());
    EXPECT_FALSE(AccountNo{0}.is_none());
}

TEST(Ids, AcceptWhatTheContractNames) {
    for (const std::string_view id :
         {"a", "Z", "0", "user-1", "a.b_c:d@e-f", "9-", "a@b.example", "a..b", "A--"}) {
        EXPECT_TRUE(is_valid_id(id)) << id;
    }
    EXPECT_TRUE(is_valid_id(std::string(128, 'x')));
}

TEST(Ids, RefuseEverythingElse) {
    for (const std::string_view id :
         {"",     ".a",  "_a",  "-a",       ":a",        "@a",  "a b", "a/b", "a%2e",
          "..",   "a\n", "a\r", "\xc3\xa4", "a\xc3\xa4", "a,b", "a;b", "a'b", "a\"b",
          "a\\b", "a?b", "a#b", "a+b",      "a*",        "{a}", " a",  "a "}) {
        EXPECT_FALSE(is_valid_id(id)) << id;
    }
    EXPECT_FALSE(is_valid_id(std::string(129, 'x')));
    EXPECT_FALSE(is_valid_id(std::string_view("a\0b", 3)));
}

TEST(Digests, HashByTheirLeadingBytes) {
    Digest digest;
    digest.bytes[0] = 7;
    EXPECT_NE(digest.prefix(), Digest{}.prefix());
}

}  // namespace
}  // namespace creditd
