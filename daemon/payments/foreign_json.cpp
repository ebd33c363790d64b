#include "daemon/payments/foreign_json.hpp"

#include <algorithm>
#include <charconv>

#include "text/time_text.hpp"

namespace creditd::daemon {
namespace {

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

std::optional<std::int64_t> whole_number(JsonValue value, std::int64_t max) {
    if (value.kind() != JsonKind::number) return std::nullopt;
    const std::string_view token = value.text();
    std::int64_t number = 0;
    const auto result = std::from_chars(token.data(), token.data() + token.size(), number);
    const bool is_whole = result.ec == std::errc{} && result.ptr == token.data() + token.size();
    if (!is_whole || number < 0 || number > max || token.starts_with('-')) return std::nullopt;
    return number;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

bool is_foreign_id(std::string_view text) {
    return !text.empty() && text.size() <= limits::foreign_id_bytes_max &&
           std::ranges::all_of(text, is_visible);
}

ForeignObject::ForeignObject(std::optional<JsonValue> value, FieldErrors& errors,
                             std::string pointer)
    : errors_(&errors), pointer_(std::move(pointer)) {
    if (value && value->is_object()) value_ = value;
}

std::optional<JsonValue> ForeignObject::find(std::string_view name) const {
    if (!value_) return std::nullopt;
    for (const JsonValue member : *value_) {
        if (member.key() != name) continue;
        if (member.is_null()) return std::nullopt;
        return member;
    }
    return std::nullopt;
}

void ForeignObject::fail(std::string_view name, std::string_view detail) const {
    std::string pointer = pointer_;
    append_pointer_token(pointer, name);
    errors_->add(std::move(pointer), detail);
}

std::string ForeignObject::text(std::string_view name) const {
    const auto member = find(name);
    if (!member) return {};
    const bool is_text = member->kind() == JsonKind::string;
    if (!is_text) fail(name, "must be a text");
    else if (member->text().size() > foreign_text_bytes_max) fail(name, "is too long");
    else return std::string(member->text());
    return {};
}

std::string ForeignObject::scalar(std::string_view name) const {
    const auto member = find(name);
    const bool is_number = member && member->kind() == JsonKind::number;
    if (!is_number || member->text().size() > foreign_text_bytes_max) return text(name);
    return std::string(member->text());
}

std::string ForeignObject::id(std::string_view name) const {
    const auto member = find(name);
    if (member && member->is_object()) return object(name).required_id("id");
    std::string found = text(name);
    if (found.empty() || is_foreign_id(found)) return found;
    fail(name, "must be an id of at most 256 visible characters");
    return {};
}

std::string ForeignObject::required_id(std::string_view name) const {
    std::string found = id(name);
    if (found.empty()) fail(name, "must be an id");
    return found;
}

std::string ForeignObject::required_text(std::string_view name) const {
    std::string found = text(name);
    if (found.empty()) fail(name, "must be a text");
    return found;
}

bool ForeignObject::flag(std::string_view name) const {
    const auto member = find(name);
    if (!member) return false;
    if (member->kind() != JsonKind::boolean) fail(name, "must be true or false");
    return member->text() == "true";
}

std::optional<std::int64_t> ForeignObject::count(std::string_view name) const {
    const auto member = find(name);
    if (!member) return std::nullopt;
    const auto number = whole_number(*member, limits::money_minor_max);
    if (!number) fail(name, "must be a whole number from 0 to 9007199254740991");
    return number;
}

std::int64_t ForeignObject::required_count(std::string_view name) const {
    const auto number = count(name);
    if (!number && !has(name)) fail(name, "must be a whole number");
    return number.value_or(0);
}

std::optional<Timestamp> ForeignObject::moment(std::string_view name) const {
    const auto member = find(name);
    if (!member) return std::nullopt;
    const auto seconds =
        whole_number(*member, timestamp_text_max.value / Duration::seconds(1).value);
    if (seconds) return Timestamp{*seconds * Duration::seconds(1).value};
    fail(name, "must be a moment, in whole seconds since 1970");
    return std::nullopt;
}

std::optional<Currency> ForeignObject::currency(std::string_view name) const {
    std::string letters = text(name);
    if (letters.empty()) return std::nullopt;
    std::ranges::transform(letters, letters.begin(), upper);
    if (letters.size() == 3 && std::ranges::all_of(letters, is_letter)) {
        return Currency::of(letters);
    }
    fail(name, "must be an ISO 4217 code of three letters");
    return std::nullopt;
}

ForeignObject ForeignObject::object(std::string_view name) const {
    std::string pointer = pointer_;
    append_pointer_token(pointer, name);
    return {find(name), *errors_, std::move(pointer)};
}

std::vector<ForeignObject> ForeignObject::objects(std::string_view name) const {
    std::vector<ForeignObject> found;
    const auto list = find(name);
    if (!list) return found;
    if (list->is_object()) return object(name).objects("data");
    if (!list->is_array()) {
        fail(name, "must be a list");
        return found;
    }
    if (list->size() > foreign_list_items_max) {
        fail(name, "is too long");
        return found;
    }
    std::string pointer = pointer_;
    append_pointer_token(pointer, name);
    found.reserve(list->size());
    std::size_t index = 0;
    for (const JsonValue item : *list) {
        found.emplace_back(item, *errors_, pointer + '/' + std::to_string(index++));
    }
    return found;
}

}  // namespace creditd::daemon
