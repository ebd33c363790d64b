// The public keys of whoever signs JWTs: a JWK set (RFC 7517) read strictly, and one signature
// checked with one of them. Each key has one algorithm, which follows from its kind, so that no
// token can choose another one: RSA of 2048 to 8192 bits (RS256), P-256 (ES256), Ed25519 (EdDSA).
// Immutable values; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;  // OpenSSL's

namespace creditd::daemon {

enum class JwtAlgorithm : std::uint8_t { rs256, es256, eddsa };

/// By its exact name in RFC 7518 and 8037; nothing for all others, `none` and the HS* among them.
std::optional<JwtAlgorithm> jwt_algorithm_of(std::string_view name);

struct Jwk {
    std::string kid;  // may be empty
    JwtAlgorithm algorithm{};
    std::shared_ptr<evp_pkey_st> key;
};
using JwkSet = std::vector<Jwk>;

inline constexpr std::size_t jwk_set_bytes_max = 256 * 1024;

/// Keys of other kinds, and those for encryption, are passed over. An error where it is no JWK
/// set, holds no key for signatures, holds one that is broken, or a private one.
std::expected<JwkSet, std::string> parse_jwk_set(std::string_view json);

/// A JWS signature (RFC 7515) over `message`; for ES256 that is r and s in 32 bytes each.
bool verify_jws(const Jwk& key, std::string_view message, std::string_view signature);

}  // namespace creditd::daemon
