// Reads the fields of a request's JSON object by name and type and collects everything that is
// wrong with them; whatever was not asked for is an unknown field at `finish()`.
// Syntax is json_tape's; rules about accounts and credits are core's. One thread; values read are
// views into the body or the JsonDocument. A reader that returns nothing has either recorded an
// error or met an absent optional field: check `errors.empty()` once, after `finish()`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/credits.hpp"
#include "core/limits.hpp"
#include "core/types.hpp"
#include "text/field_error.hpp"
#include "text/json_tape.hpp"

namespace creditd {

enum class Presence : bool { optional, required };
inline constexpr Presence optional_field = Presence::optional;
inline constexpr Presence required_field = Presence::required;

struct TextRule {
    bool required = false;
    std::size_t min_bytes = 0;
    std::size_t max_bytes = limits::text_bytes_max;
};

struct ArrayRule {
    bool required = false;
    std::size_t min_items = 0;
    std::size_t max_items = SIZE_MAX;
};

/// Where an item of a list stands: `#/operations/17`.
struct ItemPlace {
    std::string_view list;
    std::size_t index = 0;
};

class ObjectReader {
public:
    /// A `value` that is not an object is an error itself; every field then reads as absent.
    /// Whoever reads the items of a long list says which it is, so that the pointer of an error
    /// need not count its sisters.
    ObjectReader(JsonValue value, FieldErrors& errors, std::optional<ItemPlace> place = {});

    /// Is the field there? Does not count as reading it.
    bool has(std::string_view name) const;

    std::optional<std::string_view> text(std::string_view name, TextRule rule = {});
    /// An id chosen by the client, see `creditd::is_valid_id`.
    std::optional<std::string_view> id(std::string_view name, Presence presence = {});
    /// Exact, positive; a JSON number or a string of the same form.
    std::optional<Credits> amount(std::string_view name, unsigned decimals, Presence presence = {});
    /// A number without fraction and exponent.
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max,
                                        Presence presence = {});
    std::optional<bool> boolean(std::string_view name, Presence presence = {});
    /// `<n>(s|m|h|d)`, at most `max`.
    std::optional<Duration> duration(std::string_view name, Presence presence = {},
                                     Duration max = Duration::days(limits::duration_days_max));
    std::optional<Timestamp> timestamp(std::string_view name, Presence presence = {});
    /// Three letters, returned in upper case.
    std::optional<Currency> currency(std::string_view name, Presence presence = {});
    /// `{amount, currency}` with the amount in minor units, 0 or more.
    std::optional<Money> money(std::string_view name, Presence presence = {});
    /// `amount` and `currency` as fields of this very object (`payment`).
    std::optional<Money> money_fields(Presence presence = {});

    /// One of the names; the value that stands beside it.
    template <class Enum>
    std::optional<Enum> enumeration(std::string_view name,
                                    std::span<const std::pair<std::string_view, Enum>> names,
                                    Presence presence = {}) {
        const auto text_value = string_field(name, presence);
        if (!text_value) return std::nullopt;
        for (const auto& [spelling, value] : names) {
            if (spelling == *text_value) return value;
        }
        std::string allowed;
        for (const auto& [spelling, value] : names) append_choice(allowed, spelling);
        fail(name, allowed);
        return std::nullopt;
    }

    // Keep the result in a variable before looping over `*result`: gcc 12 ends the temporary early.
    std::optional<JsonValue> object(std::string_view name, Presence presence = {});
    std::optional<JsonValue> array(std::string_view name, ArrayRule rule = {});
    /// Any value.
    std::optional<JsonValue> raw(std::string_view name, Presence presence = {});
    /// Appends the canonical copy of an object to `out`; false when absent or wrong.
    bool object_copy(std::string_view name, std::string& out, JsonCopyLimits copy_limits = {});

    /// Records that `name` is wrong for a reason of the caller's own.
    void fail(std::string_view name, std::string_view detail,
              FieldFault fault = FieldFault::invalid);
    /// Every field that was not read is an error now.
    void finish();

    std::string pointer_of(std::string_view name) const;

private:
    std::optional<JsonValue> find(std::string_view name, Presence presence);
    std::optional<std::string_view> string_field(std::string_view name, Presence presence);
    static void append_choice(std::string& sentence, std::string_view spelling);

    std::string own_pointer() const;

    JsonValue value_;
    FieldErrors& errors_;
    std::optional<ItemPlace> place_;
    bool is_object_;
    std::uint64_t read_ = 0;  // bit i: member i was read; members behind 64 are always unknown
};

}  // namespace creditd
