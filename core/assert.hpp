// Assertions that stay on in release. A failed one is a bug of creditd, never of its input: the
// process stops before a wrong state can be written or shown. Core may print here and only here.
#pragma once

namespace creditd {

/// Prints one line to stderr and aborts. Any thread; never returns.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace creditd

#define CREDITD_ASSERT(condition)                      \
    (__builtin_expect(static_cast<bool>(condition), 1) \
         ? static_cast<void>(0)                        \
         : ::creditd::assertion_failed(#condition, __FILE__, __LINE__))
