// Signatures as providers spell them: lower-case hexadecimal, compared in a time that says nothing
// of where two of them differ. Pure functions; any thread.
#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>

namespace creditd::daemon {

inline std::string hexadecimal(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

/// Only their length shows in the time that it takes.
inline bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace creditd::daemon
