// From a spelled value to a typed one and back, for one key of the configuration.
// Private to config*.cpp. Pure functions.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/basics/config_table.hpp"

namespace creditd::daemon {

/// A value as its source spells it. Flags and the environment have no types.
struct ConfigValue {
    enum class Type : std::uint8_t { untyped, text, integer, boolean, other };
    Type type = Type::untyped;
    std::string text;
};

/// A value of a file with its place.
struct ConfigFileEntry {
    std::string section;
    std::string name;
    ConfigValue value;
    std::string where;  // file:line
};

/// Sets the key in `config`, or returns a sentence that says what was wrong. Not for secrets.
std::optional<std::string> assign_value(Config& config, const ConfigKey& key,
                                        const ConfigValue& value);

/// The key's value in `config`, spelled as TOML.
std::string toml_value(const Config& config, const ConfigKey& key);

/// Reads a TOML file into entries of tables one level deep.
std::expected<std::vector<ConfigFileEntry>, ConfigError> read_toml(const std::string& path);

}  // namespace creditd::daemon
