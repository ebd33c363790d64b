#include "daemon/basics/random.hpp"

#include <openssl/rand.h>

#include "core/assert.hpp"

namespace creditd::daemon {

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    const int done = RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
    CREDITD_ASSERT(done == 1);
}

}  // namespace creditd::daemon
