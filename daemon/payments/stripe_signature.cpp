#include "daemon/payments/stripe_signature.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include "daemon/basics/hmac.hpp"
#include "daemon/payments/hexadecimal.hpp"

namespace creditd::daemon {
namespace {

constexpr std::size_t time_digits_max = 12;  // far beyond the year 9999, and no overflow

struct SignatureHeader {
    std::string_view time;  // as it was written, because that is what was signed
    std::int64_t seconds = 0;
    std::vector<std::string_view> v1;
};

std::optional<std::int64_t> seconds_of(std::string_view digits) {
    if (digits.empty() || digits.size() > time_digits_max) return std::nullopt;
    std::int64_t seconds = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    const bool is_number = result.ec == std::errc{} && result.ptr == digits.data() + digits.size();
    if (!is_number || seconds < 0) return std::nullopt;
    return seconds;
}

std::string_view take_item(std::string_view& rest) {
    const std::size_t comma = rest.find(',');
    const std::string_view item = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    return item;
}

/// Nothing unless it is a list of `name=value` with one time in it.
std::optional<SignatureHeader> parse_header(std::string_view rest) {
    SignatureHeader header;
    while (!rest.empty()) {
        const std::string_view item = take_item(rest);
        const std::size_t equals = item.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string_view name = item.substr(0, equals);
        const std::string_view value = item.substr(equals + 1);
        if (name == "v1") header.v1.push_back(value);
        if (name != "t") continue;
        const auto seconds = seconds_of(value);
        if (!seconds || !header.time.empty()) return std::nullopt;
        header.time = value;
        header.seconds = *seconds;
    }
    if (header.time.empty()) return std::nullopt;
    return header;
}

std::string v1_of(const Secret& key, std::string_view time, std::string_view body) {
    return hexadecimal(HmacSha256(key.reveal()).of({time, ".", body}));
}

bool matches(const SignatureHeader& header, std::string_view body,
             std::span<const Secret> secrets) {
    bool is_match = false;
    for (const Secret& key : secrets) {
        if (key.empty()) continue;  // one that anybody could sign with
        const std::string expected = v1_of(key, header.time, body);
        for (const std::string_view v1 : header.v1) {
            is_match = equal_in_constant_time(v1, expected) || is_match;
        }
    }
    return is_match;
}

}  // namespace

std::string_view sentence_of(StripeSignatureFault fault) {
    switch (fault) {
        case StripeSignatureFault::malformed: return "The Stripe-Signature header is malformed.";
        case StripeSignatureFault::no_v1: return "The Stripe-Signature header has no v1.";
        case StripeSignatureFault::no_match:
            return "No secret of this endpoint made the signature.";
        case StripeSignatureFault::too_old: return "The signature is more than 300 s old.";
        case StripeSignatureFault::too_new: return "The signature is of more than 300 s from now.";
    }
    return {};
}

std::expected<void, StripeSignatureFault> verify_stripe_signature(std::string_view header,
                                                                  std::string_view body,
                                                                  std::span<const Secret> secrets,
                                                                  Timestamp now) {
    const auto parsed = parse_header(header);
    if (!parsed) return std::unexpected(StripeSignatureFault::malformed);
    if (parsed->v1.empty()) return std::unexpected(StripeSignatureFault::no_v1);
    if (!matches(*parsed, body, secrets)) return std::unexpected(StripeSignatureFault::no_match);
    const Timestamp signed_at{parsed->seconds * Duration::seconds(1).value};
    if (now - signed_at > stripe_signature_tolerance) {
        return std::unexpected(StripeSignatureFault::too_old);
    }
    if (signed_at - now > stripe_signature_tolerance) {
        return std::unexpected(StripeSignatureFault::too_new);
    }
    return {};
}

std::string stripe_signature(const Secret& key, std::int64_t seconds, std::string_view body) {
    const std::string time = std::to_string(seconds);
    return "t=" + time + ",v1=" + v1_of(key, time, body);
}

}  // namespace creditd::daemon
