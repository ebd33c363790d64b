#include "replay/followers/key_filter.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "replay/followers/encoding.hpp"

namespace creditd::replay::followers {
namespace {

std::vector<std::uint64_t> hashes(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> result;
    for (std::uint64_t i = from; i < to; ++i) result.push_back(spread(i));
    return result;
}

TEST(KeyFilter, knows_whatever_was_added_while_it_grows) {
    KeyFilter filter(100);
    for (std::uint64_t i = 0; i < 50; ++i) {
        filter.add(hashes(i * 100, i * 100 + 100));
        for (const std::uint64_t hash : hashes(0, i * 100 + 100)) {
            ASSERT_TRUE(filter.may_contain(hash));
        }
    }
    EXPECT_EQ(filter.count(), 5'000);
}

TEST(KeyFilter, is_empty_at_first) {
    const KeyFilter filter(1'000);
    for (const std::uint64_t hash : hashes(0, 1'000)) EXPECT_FALSE(filter.may_contain(hash));
}

double false_positives(const KeyFilter& filter, std::uint64_t added) {
    constexpr std::uint64_t asked = 200'000;
    std::uint64_t wrong = 0;
    for (const std::uint64_t hash : hashes(added, added + asked)) {
        if (filter.may_contain(hash)) ++wrong;
    }
    return static_cast<double>(wrong) / asked;
}

TEST(KeyFilter, a_full_part_is_wrong_about_less_than_one_key_in_a_hundred) {
    KeyFilter filter(200'000);
    filter.add(hashes(0, 200'000));
    EXPECT_LT(false_positives(filter, 200'000), 0.007);
}

TEST(KeyFilter, parts_that_double_add_up_slowly) {
    KeyFilter filter(10'000);
    filter.add(hashes(0, 310'000));  // five parts, all full
    EXPECT_LT(false_positives(filter, 310'000), 0.03);
    EXPECT_LT(static_cast<double>(filter.bytes()), 1.6 * 310'000);
}

TEST(KeyFilter, the_hash_of_a_digest_keeps_its_order) {
    Digest low{};
    Digest high{};
    low.bytes = {1, 2, 3};
    high.bytes = {1, 2, 4};
    EXPECT_LT(filter_hash(low), filter_hash(high));
    EXPECT_EQ(filter_hash(low) >> 40, 0x010203);
}

}  // namespace
}  // namespace creditd::replay::followers
