#include "daemon/auth/account_tokens.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <charconv>

#include "core/assert.hpp"
#include "core/limits.hpp"
#include "daemon/basics/base64.hpp"
#include "replay/files.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

// `crt_` and, in base64url: version (1), microseconds since 1970 (8, big-endian), the account's id,
// HMAC-SHA-256 (32) over version, ledger id (16), microseconds and account.
constexpr std::string_view prefix = "crt_";
constexpr char version = 1;
constexpr std::size_t time_bytes = 8;
constexpr std::size_t claims_bytes_min = 1 + time_bytes + 1;
constexpr std::size_t key_bytes = 32;
constexpr std::size_t signature_bytes = 32;
constexpr std::size_t token_bytes_max =
    prefix.size() + (claims_bytes_min + limits::id_bytes_max + signature_bytes) * 4 / 3 + 1;

const unsigned char* unsigned_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::shared_ptr<const evp_mac_ctx_st> keyed_mac(std::string_view key) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(
        EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
    CREDITD_ASSERT(mac != nullptr);
    std::shared_ptr<evp_mac_ctx_st> context(EVP_MAC_CTX_new(mac.get()), &EVP_MAC_CTX_free);
    char digest[] = "SHA256";
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    const bool is_ready = context && EVP_MAC_init(context.get(), unsigned_of(key), key.size(),
                                                  parameters.data()) == 1;
    CREDITD_ASSERT(is_ready);
    return context;
}

/// 64 hexadecimal digits and a line's end.
std::optional<std::string> read_key(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.size() != 2 * key_bytes) return std::nullopt;
    std::string key;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        std::uint8_t byte = 0;
        const char* const end = text.data() + i + 2;
        const auto result = std::from_chars(text.data() + i, end, byte, 16);
        if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
        key += static_cast<char>(byte);
    }
    return key;
}

std::uint64_t read_time(std::string_view bytes) {
    std::uint64_t time = 0;
    for (const char byte : bytes) time = time << 8 | static_cast<std::uint8_t>(byte);
    return time;
}

}  // namespace

AccountTokens::AccountTokens(const replay::LedgerId& ledger, std::string_view key)
    : ledger_(ledger), keyed_(keyed_mac(key)) {}

std::expected<AccountTokens, std::string> AccountTokens::open(const std::filesystem::path& folder,
                                                              const replay::LedgerId& ledger,
                                                              Random& random) {
    const std::filesystem::path path = folder / "token.key";
    const auto stored = replay::read_file(path, 4096);
    if (!stored) return std::unexpected(stored.error().detail);
    if (*stored) {
        const auto key = read_key(**stored);
        if (!key) return std::unexpected(path.string() + " is not 64 hexadecimal digits");
        return AccountTokens(ledger, *key);
    }
    std::array<std::uint8_t, key_bytes> drawn{};
    random.fill(drawn);
    const auto written = replay::write_file_atomically(path, replay::to_hex(drawn) + '\n');
    if (!written) return std::unexpected(written.error().detail);
    return AccountTokens(ledger, {reinterpret_cast<const char*>(drawn.data()), drawn.size()});
}

std::string AccountTokens::signature_of(std::string_view claims) const {
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> mac(
        EVP_MAC_CTX_dup(keyed_.get()), &EVP_MAC_CTX_free);
    CREDITD_ASSERT(mac != nullptr);
    std::string signature(signature_bytes, '\0');
    std::size_t written = 0;
    const bool is_done =
        EVP_MAC_update(mac.get(), unsigned_of(claims), 1) == 1 &&
        EVP_MAC_update(mac.get(), ledger_.bytes.data(), ledger_.bytes.size()) == 1 &&
        EVP_MAC_update(mac.get(), unsigned_of(claims.substr(1)), claims.size() - 1) == 1 &&
        EVP_MAC_final(mac.get(), reinterpret_cast<unsigned char*>(signature.data()), &written,
                      signature.size()) == 1;
    CREDITD_ASSERT(is_done && written == signature_bytes);
    return signature;
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
