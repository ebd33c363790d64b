// Reads JSON that others define: members by name, where anything may be missing or null, and what
// was not asked for is passed over. A member that is there with a value that it cannot have is an
// error, never a guess; the first one names the whole reading. One thread; a ForeignObject lives no
// longer than the JsonDocument and the FieldErrors it was made from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"
#include "text/field_error.hpp"
#include "text/json_tape.hpp"

namespace creditd::daemon {

/// Of a longer text that a provider has given: what creditd keeps of a payment.
inline constexpr std::size_t foreign_text_bytes_max = 4096;  // checkout URLs, QR codes
/// Of a list that is looked through; providers send a hundred.
inline constexpr std::size_t foreign_list_items_max = 4096;

/// 1 to limits::foreign_id_bytes_max visible ASCII characters.
bool is_foreign_id(std::string_view text);

class ForeignObject {
public:
    /// A `value` that is no object reads as one without members.
    ForeignObject(std::optional<JsonValue> value, FieldErrors& errors, std::string pointer = "#");

    bool is_there() const { return value_.has_value(); }
    /// The member, unless it is missing or null.
    std::optional<JsonValue> find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name).has_value(); }

    /// Empty where it is missing.
    std::string text(std::string_view name) const;
    /// A text, or the token of a number.
    std::string scalar(std::string_view name) const;
    /// An id, or the `id` of the object that it stands for; empty where it is missing.
    std::string id(std::string_view name) const;
    std::string required_id(std::string_view name) const;
    std::string required_text(std::string_view name) const;
    bool flag(std::string_view name) const;  // false where it is missing
    /// 0 to limits::money_minor_max, without fraction or exponent.
    std::optional<std::int64_t> count(std::string_view name) const;
    std::int64_t required_count(std::string_view name) const;
    /// Whole seconds since 1970.
    std::optional<Timestamp> moment(std::string_view name) const;
    /// Three letters, in upper case.
    std::optional<Currency> currency(std::string_view name) const;
    /// Of a member that is an object; without members where it is none.
    ForeignObject object(std::string_view name) const;
    /// The objects of a list, or of the `data` of a list object; what is no object reads as empty.
    std::vector<ForeignObject> objects(std::string_view name) const;

    /// Records that `name` is wrong.
    void fail(std::string_view name, std::string_view detail) const;
    /// This very object; nothing where there is none.
    std::optional<JsonValue> value() const { return value_; }
    /// The same as it was written.
    std::string_view written() const { return value_ ? value_->text() : std::string_view{}; }

private:
    std::optional<JsonValue> value_;
    FieldErrors* errors_;
    std::string pointer_;
};

}  // namespace creditd::daemon
