// One row per key of the configuration: the single source of parsing, printing and documentation.
// Private to config*.cpp.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "daemon/basics/config.hpp"

namespace creditd::daemon {

enum class ConfigKind : std::uint8_t {
    text,
    listen,    // text of the form HOST:PORT
    count,     // integer
    bytes,     // integer, or "64KB", "256MB", "1GB" (powers of 1024)
    duration,  // "250ms", "30s", "5m", "1h", "2d", or an integer of seconds
    boolean,
    choice,
    masked,  // a Secret: never in a file; there `<name>_file` names a file that holds it
};

/// An enum with one byte, whose values count the choices in order.
struct ChoiceSlot {
    unsigned char* value;
};
using ConfigSlot =
    std::variant<std::string*, std::uint64_t*, Duration*, bool*, Secret*, ChoiceSlot>;

struct ConfigKey {
    std::string_view section;
    std::string_view name;
    ConfigKind kind;
    std::string_view initial;  // the default, spelled as in an environment variable
    std::uint64_t min;         // of counts, bytes, and microseconds of durations
    std::uint64_t max;
    std::span<const std::string_view> choices;
    std::string_view words;  // lines of documentation, separated by '\n'
    ConfigSlot (*slot)(Config&);
    std::string_view environment_alias{};
};

std::span<const ConfigKey> config_table();
std::string_view config_section_words(std::string_view section);

}  // namespace creditd::daemon
