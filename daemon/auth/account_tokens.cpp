#include "daemon/auth/account_tokens.hpp"

#include <openssl/crypto.h>

#include "core/assert.hpp"
#include "core/limits.hpp"
#include "daemon/auth/key_file.hpp"
#include "daemon/basics/base64.hpp"

namespace creditd::daemon {
namespace {

// `crt_` and, in base64url: version (1), microseconds since 1970 (8, big-endian), the account's id,
// HMAC-SHA-256 (32) over version, ledger id (16), microseconds and account.
constexpr std::string_view prefix = "crt_";
constexpr char version = 1;
constexpr std::size_t time_bytes = 8;
constexpr std::size_t claims_bytes_min = 1 + time_bytes + 1;
constexpr std::size_t signature_bytes = HmacSha256::bytes;
constexpr std::size_t token_bytes_max =
    prefix.size() + (claims_bytes_min + limits::id_bytes_max + signature_bytes) * 4 / 3 + 1;

std::uint64_t read_time(std::string_view bytes) {
    std::uint64_t time = 0;
    for (const char byte : bytes) time = time << 8 | static_cast<std::uint8_t>(byte);
    return time;
}

}  // namespace

AccountTokens::AccountTokens(const replay::LedgerId& ledger, std::string_view key)
    : ledger_(ledger), hmac_(key) {}

std::expected<AccountTokens, std::string> AccountTokens::open(const std::filesystem::path& folder,
                                                              const replay::LedgerId& ledger,
                                                              Random& random) {
    const auto key = open_key_file(folder / "token.key", random);
    if (!key) return std::unexpected(key.error());
    return AccountTokens(ledger, *key);
}

std::string AccountTokens::signature_of(std::string_view claims) const {
    const std::string_view ledger(reinterpret_cast<const char*>(ledger_.bytes.data()),
                                  ledger_.bytes.size());
    return hmac_.of({claims.substr(0, 1), ledger, claims.substr(1)});
}

std::string AccountTokens::make(std::string_view account, Timestamp expires_at) const {
    std::string claims(1, version);
    const auto time = static_cast<std::uint64_t>(expires_at.value);
    for (int shift = 56; shift >= 0; shift -= 8) claims += static_cast<char>(time >> shift & 0xff);
    claims += account;
    claims += signature_of(claims);
    std::string token(prefix);
    append_base64url(token, claims);
    CREDITD_ASSERT(token.size() <= token_bytes_max);
    return token;
}

std::optional<EndUser> AccountTokens::check(std::string_view token, Timestamp now) const {
    if (!token.starts_with(prefix) || token.size() > token_bytes_max) return std::nullopt;
    std::string bytes;
    if (!decode_base64url(token.substr(prefix.size()), bytes)) return std::nullopt;
    if (bytes.size() < claims_bytes_min + signature_bytes || bytes.front() != version) {
        return std::nullopt;
    }
    const std::string_view claims(bytes.data(), bytes.size() - signature_bytes);
    const std::string expected = signature_of(claims);
    if (CRYPTO_memcmp(expected.data(), bytes.data() + claims.size(), signature_bytes) != 0) {
        return std::nullopt;
    }
    const Timestamp expires_at{static_cast<std::int64_t>(read_time(claims.substr(1, time_bytes)))};
    if (expires_at <= now) return std::nullopt;
    return EndUser{std::string(claims.substr(1 + time_bytes)), expires_at};
}

}  // namespace creditd::daemon
