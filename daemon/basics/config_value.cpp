#include "daemon/basics/config_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/assert.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

// From large to small: printing takes the first that divides the value.
constexpr Unit byte_units[] = {{"GB", 1024ull * 1024 * 1024}, {"MB", 1024 * 1024}, {"KB", 1024}};
constexpr Unit time_units[] = {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000},
                               {"s", 1'000'000},      {"ms", 1'000},        {"us", 1}};
constexpr std::uint64_t second_us = 1'000'000;

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// `12`, counted in `plain`, or `12MB`, counted in its unit.
std::optional<std::uint64_t> with_unit(std::string_view text, std::span<const Unit> units,
                                       std::uint64_t plain) {
    const std::size_t split = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = whole_number(text.substr(0, split));
    const std::string_view name = text.substr(split);
    if (!number) return std::nullopt;
    std::uint64_t factor = name.empty() ? plain : 0;
    for (const Unit& unit : units) {
        if (unit.name == name) factor = unit.factor;
    }
    std::uint64_t product = 0;
    if (factor == 0 || __builtin_mul_overflow(*number, factor, &product)) return std::nullopt;
    return product;
}

std::string spelled_with_unit(std::uint64_t value, std::span<const Unit> units) {
    for (const Unit& unit : units) {
        if (value != 0 && value % unit.factor == 0) {
            return std::to_string(value / unit.factor) + std::string(unit.name);
        }
    }
    return std::to_string(value);
}

std::string in_quotes(std::string_view text) {
    std::string result;
    append_json_string_lossy(result, text);  // a JSON string is a TOML basic string
    return result;
}

std::string spelled_number(std::uint64_t value, ConfigKind kind) {
    if (kind == ConfigKind::bytes) return in_quotes(spelled_with_unit(value, byte_units));
    if (kind == ConfigKind::duration) return in_quotes(spelled_with_unit(value, time_units));
    return std::to_string(value);
}

bool has_right_type(ConfigKind kind, ConfigValue::Type type) {
    using Type = ConfigValue::Type;
    if (type == Type::untyped) return true;
    switch (kind) {
        case ConfigKind::count: return type == Type::integer;
        case ConfigKind::boolean: return type == Type::boolean;
        case ConfigKind::bytes:
        case ConfigKind::duration: return type == Type::integer || type == Type::text;
        default: return type == Type::text;
    }
}

std::string expected_form(const ConfigKey& key) {
    const std::string range =
        spelled_number(key.min, key.kind) + " to " + spelled_number(key.max, key.kind);
    switch (key.kind) {
        case ConfigKind::text: return "a text of at most " + std::to_string(key.max) + " bytes";
        case ConfigKind::listen: return "HOST:PORT with an IP address or localhost";
        case ConfigKind::count: return "an integer from " + range;
        case ConfigKind::bytes: return "a size from " + range;
        case ConfigKind::duration: return "a duration from " + range;
        case ConfigKind::boolean: return "true or false";
        case ConfigKind::masked: return "a secret";
        case ConfigKind::choice: break;
    }
    std::string names = "one of";
    for (const std::string_view name : key.choices) names.append(" ").append(in_quotes(name));
    return names;
}

bool in_range(const ConfigKey& key, const std::optional<std::uint64_t>& number) {
    return number && *number >= key.min && *number <= key.max;
}

bool assign_text(std::string& slot, const ConfigKey& key, const std::string& text) {
    if (key.kind == ConfigKind::listen && !parse_listen(text)) return false;
    const bool fits = key.max == 0 || (text.size() >= key.min && text.size() <= key.max);
    if (fits) slot = text;
    return fits;
}

bool assign_count(std::uint64_t& slot, const ConfigKey& key, std::string_view text) {
    const auto number =
        key.kind == ConfigKind::bytes ? with_unit(text, byte_units, 1) : whole_number(text);
    if (!in_range(key, number)) return false;
    slot = *number;
    return true;
}

bool assign_duration(Duration& slot, const ConfigKey& key, std::string_view text) {
    const auto us = with_unit(text, time_units, second_us);
    if (!in_range(key, us)) return false;
    slot = Duration{static_cast<std::int64_t>(*us)};
    return true;
}

bool assign_boolean(bool& slot, std::string_view text) {
    if (text != "true" && text != "false") return false;
    slot = text == "true";
    return true;
}

bool assign_choice(ChoiceSlot slot, const ConfigKey& key, std::string_view text) {
    const auto found = std::ranges::find(key.choices, text);
    if (found == key.choices.end()) return false;
    *slot.value = static_cast<unsigned char>(found - key.choices.begin());
    return true;
}

struct Assign {
    const ConfigKey& key;
    const std::string& text;
    bool operator()(std::string* slot) const { return assign_text(*slot, key, text); }
    bool operator()(std::uint64_t* slot) const { return assign_count(*slot, key, text); }
    bool operator()(Duration* slot) const { return assign_duration(*slot, key, text); }
    bool operator()(bool* slot) const { return assign_boolean(*slot, text); }
    bool operator()(ChoiceSlot slot) const { return assign_choice(slot, key, text); }
    bool operator()(Secret*) const { return false; }
};

struct Spell {
    const ConfigKey& key;
    std::string operator()(const std::string* slot) const { return in_quotes(*slot); }
    std::string operator()(const std::uint64_t* slot) const {
        return spelled_number(*slot, key.kind);
    }
    std::string operator()(const Duration* slot) const {
        return spelled_number(static_cast<std::uint64_t>(slot->value), key.kind);
    }
    std::string operator()(const bool* slot) const { return *slot ? "true" : "false"; }
    std::string operator()(ChoiceSlot slot) const { return in_quotes(key.choices[*slot.value]); }
    std::string operator()(const Secret* slot) const {
        return in_quotes(slot->empty() ? "" : masked_secret);
    }
};

}  // namespace

std::optional<std::string> assign_value(Config& config, const ConfigKey& key,
                                        const ConfigValue& value) {
    const bool fits = has_right_type(key.kind, value.type) &&
                      std::visit(Assign{key, value.text}, key.slot(config));
    if (fits) return std::nullopt;
    return std::string(key.section) + "." + std::string(key.name) + ": " + in_quotes(value.text) +
           " is not " + expected_form(key);
}

std::string toml_value(const Config& config, const ConfigKey& key) {
    // The slot is only read; the table has one accessor for reading and writing.
    return std::visit(Spell{key}, key.slot(const_cast<Config&>(config)));
}

}  // namespace creditd::daemon
