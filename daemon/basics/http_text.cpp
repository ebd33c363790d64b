#include "daemon/basics/http_text.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <random>

#include "core/limits.hpp"
#include "daemon/basics/base64.hpp"

namespace creditd::daemon {
namespace {

constexpr bool is_visible(char c) { return c >= '!' && c <= '~'; }

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool is_alphanumeric(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_all_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

/// The content of an RFC 8941 string, without its quotes; null view data when it is broken.
std::optional<std::string_view> unquoted(std::string_view text, std::string& scratch) {
    if (text.size() < 2 || text.back() != '"') return std::nullopt;
    text = text.substr(1, text.size() - 2);
    if (text.find_first_of("\"\\") == std::string_view::npos) return text;
    scratch.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') return std::nullopt;
        if (text[i] == '\\') {
            ++i;
            const bool known = i < text.size() && (text[i] == '"' || text[i] == '\\');
            if (!known) return std::nullopt;
        }
        scratch += text[i];
    }
    return scratch;
}

bool is_token68(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_visible);
}

char* write_hex(char* at, std::uint64_t value, unsigned digits) {
    for (unsigned shift = digits * 4; shift != 0;) {
        *at++ = "0123456789abcdef"[(value >> (shift -= 4)) & 15];
    }
    return at;
}

}  // namespace

std::string_view sentence_of(IdempotencyKeyFault fault) {
    return fault == IdempotencyKeyFault::missing
               ? "This operation needs an Idempotency-Key header of 1 to 255 visible characters."
               : "The Idempotency-Key must be 1 to 255 visible ASCII characters without spaces.";
}

std::expected<std::string_view, IdempotencyKeyFault> normalize_idempotency_key(
    std::string_view header, std::string& scratch) {
    std::string_view key = trimmed(header);
    if (key.starts_with('"')) {
        const auto content = unquoted(key, scratch);
        if (!content) return std::unexpected(IdempotencyKeyFault::malformed);
        key = *content;
    }
    if (key.empty()) return std::unexpected(IdempotencyKeyFault::missing);
    const bool fits = key.size() <= limits::idempotency_key_bytes_max;
    if (!fits || !std::ranges::all_of(key, is_visible)) {
        return std::unexpected(IdempotencyKeyFault::malformed);
    }
    return key;
}

std::expected<std::string_view, AuthorizationFault> api_key_of(std::string_view header,
                                                               std::string& scratch) {
    header = trimmed(header);
    if (header.empty()) return std::unexpected(AuthorizationFault::missing);
    const std::size_t space = std::min(header.find(' '), header.size());
    const std::string_view scheme = header.substr(0, space);
    const std::string_view credentials = trimmed(header.substr(space));
    const bool is_basic = equal_ignoring_case(scheme, "Basic");
    if (!is_basic && !equal_ignoring_case(scheme, "Bearer")) {
        return std::unexpected(AuthorizationFault::unknown_scheme);
    }
    if (!is_token68(credentials)) return std::unexpected(AuthorizationFault::malformed);
    if (!is_basic) return credentials;
    scratch.clear();
    if (!decode_base64(credentials, scratch)) return std::unexpected(AuthorizationFault::malformed);
    const std::string_view user = std::string_view(scratch).substr(0, scratch.find(':'));
    if (!is_token68(user)) return std::unexpected(AuthorizationFault::malformed);
    return user;
}

std::optional<std::string_view> valid_traceparent(std::string_view header) {
    constexpr std::size_t bytes = 55;  // 00-<32 hex>-<16 hex>-<2 hex>
    header = trimmed(header);
    if (header.size() < bytes) return std::nullopt;
    const std::string_view version = header.substr(0, 2);
    const std::string_view trace = header.substr(3, 32);
    const std::string_view parent = header.substr(36, 16);
    const std::string_view flags = header.substr(53, 2);
    const bool separated = header[2] == '-' && header[35] == '-' && header[52] == '-';
    const bool hex =
        is_lower_hex(version) && is_lower_hex(trace) && is_lower_hex(parent) && is_lower_hex(flags);
    if (!separated || !hex || version == "ff") return std::nullopt;
    if (is_all_zero(trace) || is_all_zero(parent)) return std::nullopt;
    const bool longer = header.size() > bytes;
    if (longer && (version == "00" || header[bytes] != '-')) return std::nullopt;
    return header.substr(0, bytes);
}

std::optional<std::string_view> valid_request_id(std::string_view header) {
    constexpr std::size_t bytes_max = 128;
    const auto may_stand = [](char c) {
        return is_alphanumeric(c) || std::string_view("._:/+=@-").find(c) != std::string_view::npos;
    };
    header = trimmed(header);
    const bool fits = !header.empty() && header.size() <= bytes_max;
    return fits && std::ranges::all_of(header, may_stand) ? std::optional(header) : std::nullopt;
}

void append_request_id(std::string& out) {
    static const std::uint32_t process = std::random_device{}();
    static std::atomic<std::uint64_t> next{std::uint64_t{std::random_device{}()} << 16};
    const std::uint64_t number = next.fetch_add(1, std::memory_order_relaxed);
    std::array<char, 28> id{'r', 'e', 'q', '_'};
    char* const after_number = write_hex(id.data() + 4, process, 8);
    write_hex(after_number, number, 16);
    out.append(id.data(), id.size());
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace creditd::daemon
