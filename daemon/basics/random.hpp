// The seam to randomness: salts, secrets, ids. The one that matters is the system's; the simulator
// has one that repeats. Any thread.
#pragma once

#include <cstdint>
#include <span>

namespace creditd::daemon {

class Random {
public:
    virtual ~Random() = default;
    /// Fills `bytes` with what nobody can guess.
    virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

/// OpenSSL's generator.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace creditd::daemon
