#include "daemon/basics/config_value.hpp"
#include "text/small_file.hpp"
#include "text/toml_library.hpp"

namespace creditd::daemon {
namespace {

std::string place(const std::string& path, const toml::source_region& region) {
    return path + ":" + std::to_string(region.begin.line);
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
    constexpr std::size_t bytes_max = 1 << 20;
    const std::optional<std::string> text = read_small_file(path, bytes_max);
    if (!text) return std::unexpected(ConfigError{path, "cannot be read"});
    const toml::parse_result parsed = toml::parse(*text, path);
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
