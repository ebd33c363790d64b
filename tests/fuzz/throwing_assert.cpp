// For targets whose input may be a forgery: there an assertion that stops the process is right, and
// only what none of them catches is a finding. Takes the place of core/assert.cpp.
#include "core/assert.hpp"
#include "tests/fuzz/support.hpp"

namespace creditd {

void assertion_failed(const char* condition, const char*, int) {
    throw tests::AssertionFailed{condition};
}

}  // namespace creditd
