// What the fuzz targets share: taking an input apart, and what a finding is. A target is one file
// with one function; everything that it does depends on its input alone, so that a finding can be
// run again. One thread, unless the code under test has threads of its own.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/execute.hpp"

namespace creditd::tests {

/// A property does not hold: prints the sentence and aborts, which libFuzzer reports.
void require(bool holds, const char* sentence);

/// Takes an input apart from its front. Reading past the end gives zeros and empty texts.
class FuzzInput {
public:
    FuzzInput(const std::uint8_t* data, std::size_t size)
        : left_(reinterpret_cast<const char*>(data), size) {}

    bool is_empty() const { return left_.empty(); }
    std::string_view rest() const { return left_; }
    std::uint8_t byte();
    /// A little-endian length of two bytes, and at most so many bytes.
    std::string_view sized();
    std::string_view line();

private:
    std::string_view take(std::size_t bytes);

    std::string_view left_;
};

/// Assertions of the code under test throw this in the targets that link throwing_assert.cpp.
struct AssertionFailed {
    const char* condition;
};

/// Every account of the state keeps its rules; `after` is what was done last.
void require_sound(const State& state, std::string_view after);
/// The event's bytes give the same event back, and the same bytes again.
void require_round_trip(const Event& event);

}  // namespace creditd::tests
