#include <algorithm>

#include "daemon/basics/config.hpp"
#include "daemon/basics/config_table.hpp"
#include "daemon/basics/config_value.hpp"

namespace creditd::daemon {
namespace {

void append_section(std::string& out, std::string_view section, std::string_view& last,
                    bool with_words) {
    if (section == last) return;
    last = section;
    if (!out.empty()) out += '\n';
    if (with_words) out.append("# --- ").append(config_section_words(section)).append(" ---\n");
    out.append("[").append(section).append("]\n");
}

void append_words(std::string& out, std::string_view words) {
    while (!words.empty()) {
        const std::size_t line = std::min(words.find('\n'), words.size());
        out.append("# ").append(words.substr(0, line)) += '\n';
        words.remove_prefix(std::min(line + 1, words.size()));
    }
}

constexpr std::string_view head =
    "# creditd's configuration: every key, with its default.\n"
    "#\n"
    "# A flag of the command line wins over the environment, the environment over this file.\n"
    "# The environment spells server.listen as CREDITD_SERVER__LISTEN, and so on for each key.\n"
    "# `creditd check-config` names what is wrong, `creditd print-config` shows what is in force.\n"
    "#\n"
    "# Lengths of time: \"250ms\", \"30s\", \"5m\", \"1h\", \"2d\" (also us), or an integer of "
    "seconds.\n"
    "# Sizes: \"64KB\", \"256MB\", \"1GB\" (powers of 1024), or an integer of bytes.\n";

}  // namespace

std::string print_config(const Config& config) {
    std::string out;
    std::string_view section;
    for (const ConfigKey& key : config_table()) {
        append_section(out, key.section, section, false);
        // A masked secret is a comment, so that the text can be read again.
        if (key.kind == ConfigKind::masked) out += "# ";
        out.append(key.name).append(" = ").append(toml_value(config, key)) += '\n';
    }
    return out;
}

std::string document_config() {
    const Config defaults;
    std::string out(head);
    std::string_view section;
    for (const ConfigKey& key : config_table()) {
        append_section(out, key.section, section, true);
        append_words(out, key.words);
        out += key.name;
        if (key.kind == ConfigKind::masked) out += "_file";
        out.append(" = ").append(toml_value(defaults, key)) += '\n';
    }
    return out;
}

}  // namespace creditd::daemon
