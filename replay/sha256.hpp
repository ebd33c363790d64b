// SHA-256 of bytes in memory, one-shot, incremental, and cut to 128 bits. OpenSSL underneath.
// Any thread; a `Sha256` object belongs to one thread at a time. Merkle trees live elsewhere.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/types.hpp"

namespace creditd::replay {

/// The whole hash of `bytes`. About 120 ns for 100 bytes, then 0.55 ns a byte with SHA extensions.
Hash256 sha256(std::string_view bytes);
/// The hash of `first ‖ rest`, without copying them together.
Hash256 sha256_prefixed(char first, std::string_view rest);

/// The same in pieces: `update` any number of times, then `finish` once; `finish` starts anew.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::string_view bytes);
    Hash256 finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

/// First 128 bits of SHA-256(domain ‖ for each part: its length as u32 little-endian ‖ its bytes).
/// The domain keeps digests of different things apart, the lengths keep ("ab","c") from ("a","bc").
Digest digest128_of(char domain, std::initializer_list<std::string_view> parts);

template <class... Parts>
Digest digest128(char domain, const Parts&... parts) {
    return digest128_of(domain, {std::string_view(parts)...});
}

/// Lower-case hexadecimal, for head files, logs and error messages.
std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace creditd::replay
