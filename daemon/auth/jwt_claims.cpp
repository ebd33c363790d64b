#include <algorithm>
#include <charconv>

#include "daemon/auth/jwt.hpp"
#include "text/json_tape.hpp"
#include "text/time_text.hpp"

namespace creditd::daemon {
namespace {

std::optional<JsonValue> find(JsonValue object, std::string_view name) {
    for (const JsonValue member : object) {
        if (member.key() == name) return member;
    }
    return std::nullopt;
}

bool is_text(std::optional<JsonValue> value) { return value && value->kind() == JsonKind::string; }

/// `aud` is one text or a list of texts.
bool names(JsonValue value, std::string_view wanted) {
    if (value.kind() == JsonKind::string) return value.text() == wanted;
    if (!value.is_array()) return false;
    for (const JsonValue item : value) {
        if (item.kind() == JsonKind::string && item.text() == wanted) return true;
    }
    return false;
}

/// Seconds since 1970, maybe with a fraction, which is dropped.
std::optional<Timestamp> moment_of(JsonValue value) {
    constexpr std::int64_t second = 1'000'000;
    if (value.kind() != JsonKind::number) return std::nullopt;
    const std::string_view text = value.text();
    const std::string_view whole = text.substr(0, text.find('.'));
    std::int64_t seconds = 0;
    const auto result = std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
    const bool is_whole = result.ec == std::errc{} && result.ptr == whole.data() + whole.size();
    const bool is_plain = text.find_first_of("eE") == std::string_view::npos;
    if (!is_whole || !is_plain || seconds < 0 || seconds > timestamp_text_max.value / second) {
        return std::nullopt;
    }
    return Timestamp{seconds * second};
}

bool is_for_us(JsonValue claims, const JwtRules& rules) {
    const auto issuer = find(claims, "iss");
    if (!is_text(issuer) || issuer->text() != rules.issuer) return false;
    const auto audience = find(claims, "aud");
    if (!rules.audience.empty() && (!audience || !names(*audience, rules.audience))) return false;
    if (rules.authorized_parties.empty()) return true;
    const auto party = find(claims, "azp");
    return is_text(party) && std::ranges::find(rules.authorized_parties, party->text()) !=
                                 rules.authorized_parties.end();
}

/// When it ends; nothing: over, not yet, or it does not say.
std::optional<Timestamp> end_of(JsonValue claims, Duration leeway, Timestamp now) {
    const auto expires = find(claims, "exp");
    const auto expires_at = expires ? moment_of(*expires) : std::nullopt;
    if (!expires_at || *expires_at + leeway <= now) return std::nullopt;
    if (const auto not_before = find(claims, "nbf")) {
        const auto begins_at = moment_of(*not_before);
        if (!begins_at || *begins_at > now + leeway) return std::nullopt;
    }
    return *expires_at + leeway;
}

}  // namespace

std::optional<EndUser> read_jwt_claims(std::string_view json, const JwtRules& rules,
                                       Timestamp now) {
    JsonDocument document;
    const auto root = document.parse(json);
    if (!root || !root->is_object() || !is_for_us(*root, rules)) return std::nullopt;
    const auto expires_at = end_of(*root, rules.leeway, now);
    const auto account = find(*root, rules.account_claim);
    if (!expires_at || !is_text(account) || !is_valid_id(account->text())) return std::nullopt;
    return EndUser{std::string(account->text()), *expires_at};
}

}  // namespace creditd::daemon
