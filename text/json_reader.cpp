#include "text/json_reader.hpp"

#include <charconv>

#include "core/canary.hpp"
#include "text/time_text.hpp"

namespace creditd {
namespace {

/// No request has as many fields; what stands behind them is unknown by definition.
constexpr std::size_t known_fields_max = 64;

Presence presence_of(bool required) { return required ? required_field : optional_field; }

constexpr bool is_ascii_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

constexpr char upper(char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; }

std::optional<std::int64_t> whole_number(std::string_view token) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(token.data(), token.data() + token.size(), number);
    if (fault != std::errc{} || end != token.data() + token.size()) return std::nullopt;
    return number;
}

struct AmountFault {
    std::string detail;
    FieldFault fault;
};

AmountFault amount_fault(AmountError error, unsigned decimals) {
    switch (error) {
        case AmountError::precision:
            return {"has more than " + std::to_string(decimals) + " decimals",
                    FieldFault::amount_precision};
        case AmountError::range:
            return {"must be positive and within the ledger's range", FieldFault::amount_range};
        case AmountError::malformed: break;
    }
    return {"must be a plain decimal number such as 12 or 0.5", FieldFault::invalid};
}

}  // namespace

ObjectReader::ObjectReader(JsonValue value, FieldErrors& errors, std::optional<ItemPlace> place)
    : value_(value), errors_(errors), place_(place), is_object_(value.is_object()) {
    if (!is_object_) errors_.add(own_pointer(), "must be an object");
}

bool ObjectReader::has(std::string_view name) const {
    if (!is_object_) return false;
    for (const JsonValue member : value_) {
        if (member.key() == name) return true;
    }
    return false;
}

std::optional<JsonValue> ObjectReader::find(std::string_view name, Presence presence) {
    if (!is_object_) return std::nullopt;
    std::size_t i = 0;
    for (const JsonValue member : value_) {
        if (i == known_fields_max) break;
        if (member.key() == name) {
            read_ |= std::uint64_t{1} << i;
            return member;
        }
        ++i;
    }
    if (presence == required_field) fail(name, "is required");
    return std::nullopt;
}

std::string ObjectReader::own_pointer() const {
    if (!place_) return value_.pointer();
    std::string pointer = "#";
    append_pointer_token(pointer, place_->list);
    append_pointer_token(pointer, std::to_string(place_->index));
    return pointer;
}

std::string ObjectReader::pointer_of(std::string_view name) const {
    std::string pointer = own_pointer();
    append_pointer_token(pointer, name);
    return pointer;
}

void ObjectReader::fail(std::string_view name, std::string_view detail, FieldFault fault) {
    if (errors_.is_full()) return errors_.count_only(fault);
    errors_.add(pointer_of(name), detail, fault);
}

void ObjectReader::finish() {
    if (!is_object_) return;
    std::size_t i = 0;
    for (const JsonValue member : value_) {
        const bool was_read =
            (i < known_fields_max && ((read_ >> i) & 1) != 0) || canary(Canary::duplicate_field);
        if (!was_read) {
            if (errors_.is_full()) return;
            fail(member.key(), "is not a known field");
        }
        ++i;
    }
}

std::optional<std::string_view> ObjectReader::string_field(std::string_view name,
                                                           Presence presence) {
    const auto value = find(name, presence);
    if (!value) return std::nullopt;
    if (value->kind() == JsonKind::string) return value->text();
    fail(name, "must be a string");
    return std::nullopt;
}

std::optional<std::string_view> ObjectReader::text(std::string_view name, TextRule rule) {
    const auto value = string_field(name, presence_of(rule.required));
    if (!value) return std::nullopt;
    if (value->size() < rule.min_bytes) {
        fail(name, rule.min_bytes == 1 ? "must not be empty" : "is too short");
        return std::nullopt;
    }
    if (value->size() > rule.max_bytes) {
        fail(name, "is longer than " + std::to_string(rule.max_bytes) + " bytes");
        return std::nullopt;
    }
    return value;
}

std::optional<std::string_view> ObjectReader::id(std::string_view name, Presence presence) {
    const auto value = string_field(name, presence);
    if (!value || is_valid_id(*value)) return value;
    fail(name, "must be an id: 1 to 128 of A-Z a-z 0-9 . _ : @ - beginning with a letter or digit");
    return std::nullopt;
}

std::optional<Credits> ObjectReader::amount(std::string_view name, unsigned decimals,
                                            Presence presence) {
    const auto value = find(name, presence);
    if (!value) return std::nullopt;
    if (value->kind() != JsonKind::number && value->kind() != JsonKind::string) {
        fail(name, "must be a number, or a string that holds one");
        return std::nullopt;
    }
    const ParsedAmount parsed = parse_amount(value->text(), decimals);
    if (parsed.credits) return parsed.credits;
    const AmountFault fault = amount_fault(parsed.error, decimals);
    fail(name, fault.detail, fault.fault);
    return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, std::int64_t min,
                                                  std::int64_t max, Presence presence) {
    const auto value = find(name, presence);
    if (!value) return std::nullopt;
    const bool is_number = value->kind() == JsonKind::number;
    const auto number = is_number ? whole_number(value->text()) : std::nullopt;
    if (number && *number >= min && *number <= max) return number;
    fail(name, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
}

std::optional<bool> ObjectReader::boolean(std::string_view name, Presence presence) {
    const auto value = find(name, presence);
    if (!value) return std::nullopt;
    if (value->kind() == JsonKind::boolean) return value->text() == "true";
    fail(name, "must be true or false");
    return std::nullopt;
}

std::optional<Duration> ObjectReader::duration(std::string_view name, Presence presence,
                                               Duration max) {
    const auto value = string_field(name, presence);
    if (!value) return std::nullopt;
    const auto length = parse_duration(*value);
    if (length && *length <= max) return length;
    std::string detail = "must be a duration such as 90s, 15m, 24h or 30d, at most ";
    append_duration(detail, max);
    fail(name, detail);
    return std::nullopt;
}

std::optional<Timestamp> ObjectReader::timestamp(std::string_view name, Presence presence) {
    const auto value = string_field(name, presence);
    if (!value) return std::nullopt;
    const auto moment = parse_timestamp(*value);
    if (!moment) fail(name, "must be an RFC 3339 time such as 2026-11-20T22:00:00.123456Z");
    return moment;
}

std::optional<Currency> ObjectReader::currency(std::string_view name, Presence presence) {
    const auto value = string_field(name, presence);
    if (!value) return std::nullopt;
    Currency result = Currency::of(*value);
    for (char& letter : result.code) {
        if (!is_ascii_letter(letter)) {
            fail(name, "must be an ISO 4217 code of three letters");
            return std::nullopt;
        }
        letter = upper(letter);
    }
    return result;
}

std::optional<Money> ObjectReader::money(std::string_view name, Presence presence) {
    const auto value = object(name, presence);
    if (!value) return std::nullopt;
    ObjectReader fields(*value, errors_);
    const auto result = fields.money_fields(required_field);
    fields.finish();
    return result;
}

std::optional<Money> ObjectReader::money_fields(Presence presence) {
    const bool either = has("amount") || has("currency");
    const Presence needed = either ? required_field : presence;
    const auto minor = integer("amount", 0, limits::money_minor_max, needed);
    const auto unit = currency("currency", needed);
    if (!minor || !unit) return std::nullopt;
    return Money{*minor, *unit};
}

void ObjectReader::append_choice(std::string& sentence, std::string_view spelling) {
    sentence += sentence.empty() ? "must be one of " : ", ";
    sentence += spelling;
}

std::optional<JsonValue> ObjectReader::object(std::string_view name, Presence presence) {
    const auto value = find(name, presence);
    if (!value || value->is_object()) return value;
    fail(name, "must be an object");
    return std::nullopt;
}

std::optional<JsonValue> ObjectReader::array(std::string_view name, ArrayRule rule) {
    const auto value = find(name, presence_of(rule.required));
    if (!value) return std::nullopt;
    if (!value->is_array()) {
        fail(name, "must be an array");
        return std::nullopt;
    }
    if (value->size() >= rule.min_items && value->size() <= rule.max_items) return value;
    fail(name, value->size() < rule.min_items
                   ? "must hold at least " + std::to_string(rule.min_items) + " items"
                   : "must hold at most " + std::to_string(rule.max_items) + " items");
    return std::nullopt;
}

std::optional<JsonValue> ObjectReader::raw(std::string_view name, Presence presence) {
    return find(name, presence);
}

bool ObjectReader::object_copy(std::string_view name, std::string& out,
                               JsonCopyLimits copy_limits) {
    const auto value = object(name);
    if (!value) return false;
    const char* const fault = append_canonical(out, *value, copy_limits);
    if (fault == nullptr) return true;
    fail(name, std::string(fault) + ": at most " + std::to_string(copy_limits.bytes_max) +
                   " bytes and " + std::to_string(copy_limits.depth_max) + " levels");
    return false;
}

}  // namespace creditd
