#include "core/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace creditd {

void assertion_failed(const char* condition, const char* file,
                      int line) CREDITD_ASSERTION_NOEXCEPT {
    std::fprintf(stderr, "creditd: bug: assertion failed: %s (%s:%d)\n", condition, file, line);
    std::fflush(stderr);
    std::abort();
}

}  // namespace creditd
