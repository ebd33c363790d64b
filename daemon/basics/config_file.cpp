#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// Its assertions stop the process at texts that it refuses properly a few lines further on.
#define TOML_ASSERT(condition) static_cast<void>(0)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include <toml++/toml.h>
#pragma GCC diagnostic pop

#include <fstream>
#include <iterator>

#include "daemon/basics/config_value.hpp"

namespace creditd::daemon {
namespace {

std::string place(const std::string& path, const toml::source_region& region) {
    return path + ":" + std::to_string(region.begin.line);
}

/// Where the part of TOML that begins at `from` ends: a comment, a string, or a single byte.
std::size_t end_of_part(std::string_view text, std::size_t from) {
    const char opening = text[from];
    if (opening == '#') return std::min(text.find('\n', from), text.size());
    if (opening != '"' && opening != '\'') return from + 1;
    const bool is_long = text.substr(from, 3) == std::string(3, opening);
    if (is_long) return from + 3;  // what is in it counts as bare
    for (std::size_t at = from + 1; at < text.size() && text[at] != '\n'; ++at) {
        if (text[at] == opening) return at + 1;
        if (opening == '"' && text[at] == '\\') ++at;
    }
    return from + 1;
}

/// The line of a character that is neither ASCII nor in a comment or a string of one line, or 0.
/// The parser must not see such a one: looking for blanks, it runs into what it calls unreachable.
std::size_t line_of_stray(std::string_view text) {
    std::size_t line = 1;
    for (std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) >= 0x80) return line;
        if (text[at] == '\n') ++line;
        at = end_of_part(text, at);
    }
    return 0;
}

ConfigValue value_of(const toml::node& node) {
    using Type = ConfigValue::Type;
    if (const auto* text = node.as_string()) return {Type::text, text->get()};
    if (const auto* number = node.as_integer()) {
        return {Type::integer, std::to_string(number->get())};
    }
    if (const auto* flag = node.as_boolean()) {
        return {Type::boolean, flag->get() ? "true" : "false"};
    }
    return {Type::other, "a value of another type"};
}

}  // namespace

std::expected<std::vector<ConfigFileEntry>, ConfigError> read_toml(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad()) {
        return std::unexpected(ConfigError{path, "cannot be read"});
    }
    if (const std::size_t line = line_of_stray(text); line != 0) {
        return std::unexpected(
            ConfigError{path + ":" + std::to_string(line),
                        "only comments and strings of one line may hold more than ASCII"});
    }
    const toml::parse_result parsed = toml::parse(text, path);
    if (!parsed) {
        return std::unexpected(ConfigError{place(path, parsed.error().source()),
                                           std::string(parsed.error().description())});
    }
    std::vector<ConfigFileEntry> entries;
    for (const auto& [section, node] : parsed.table()) {
        const std::string section_name(section.str());
        const toml::table* table = node.as_table();
        if (table == nullptr) {
            entries.push_back({"", section_name, value_of(node), place(path, section.source())});
            continue;
        }
        if (table->empty()) {
            entries.push_back({section_name, "", {}, place(path, section.source())});
        }
        for (const auto& [name, value] : *table) {
            entries.push_back({section_name, std::string(name.str()), value_of(value),
                               place(path, name.source())});
        }
    }
    return entries;
}

}  // namespace creditd::daemon
