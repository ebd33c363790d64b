// Assertions that stay on in release. A failed one is a bug of creditd, never of its input: the
// process stops before a wrong state can be written or shown. Core may print here and only here.
#pragma once

// Some fuzzers link an assertion_failed of their own, which throws: to them an assertion that fails
// is a refusal, and they look for what none of them catches.
#ifdef CREDITD_FUZZ
#define CREDITD_ASSERTION_NOEXCEPT
#else
#define CREDITD_ASSERTION_NOEXCEPT noexcept
#endif

namespace creditd {

/// Prints one line to stderr and aborts. Any thread; never returns.
[[noreturn]] void assertion_failed(const char* condition, const char* file,
                                   int line) CREDITD_ASSERTION_NOEXCEPT;

}  // namespace creditd

#define CREDITD_ASSERT(condition)                      \
    (__builtin_expect(static_cast<bool>(condition), 1) \
         ? static_cast<void>(0)                        \
         : ::creditd::assertion_failed(#condition, __FILE__, __LINE__))
