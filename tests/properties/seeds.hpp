// Which worlds a run looks at: a few by default, more by CREDITD_SEEDS=<count>, from
// CREDITD_FIRST_SEED=<n> on. The seed is in the name of each test, and so in every failure.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace creditd::tests {

inline std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
    const char* const text = std::getenv(name);
    if (text == nullptr) return otherwise;
    const std::string_view digits(text);
    std::uint64_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return read.ec == std::errc{} ? number : otherwise;
}

inline auto some_seeds(std::uint64_t count) {
    const std::uint64_t first = number_from_environment("CREDITD_FIRST_SEED", 1);
    return testing::Range<std::uint64_t>(first,
                                         first + number_from_environment("CREDITD_SEEDS", count));
}

/// `seed_17`.
inline std::string name_of_seed(const testing::TestParamInfo<std::uint64_t>& info) {
    return "seed_" + std::to_string(info.param);
}

}  // namespace creditd::tests
