// HMAC-SHA-256 (RFC 2104) under one key, by OpenSSL: the algorithm is looked up once in a process,
// the key set up once in an object. Immutable; any thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct evp_mac_ctx_st;  // OpenSSL's

namespace creditd::daemon {

class HmacSha256 {
public:
    static constexpr std::size_t bytes = 32;

    explicit HmacSha256(std::string_view key);

    /// Of the parts one after the other: 32 bytes.
    std::string of(std::initializer_list<std::string_view> parts) const;

private:
    std::shared_ptr<const evp_mac_ctx_st> keyed_;  // copied for each use, never used itself
};

}  // namespace creditd::daemon
