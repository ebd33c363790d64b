#include "daemon/basics/config.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <charconv>
#include <map>

#include "core/assert.hpp"
#include "daemon/basics/comma_list.hpp"
#include "daemon/basics/config_table.hpp"
#include "daemon/basics/config_value.hpp"
#include "text/small_file.hpp"

namespace creditd::daemon {
namespace {

constexpr std::string_view file_suffix = "_file";
constexpr std::string_view environment_prefix = "CREDITD_";

std::string dotted(const ConfigKey& key) {
    return std::string(key.section) + "." + std::string(key.name);
}

std::string environment_name(const ConfigKey& key) {
    std::string name(environment_prefix);
    for (const char c : std::string(key.section) + "__" + std::string(key.name)) {
        name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
}

/// A key, or the `_file` variant of a secret.
struct FoundKey {
    const ConfigKey* key = nullptr;
    bool names_a_file = false;
};

FoundKey find_key(std::string_view section, std::string_view name) {
    for (const ConfigKey& key : config_table()) {
        if (key.section != section) continue;
        if (key.name == name) return {&key, false};
        const bool is_variant = key.kind == ConfigKind::masked && name.ends_with(file_suffix) &&
                                name.substr(0, name.size() - file_suffix.size()) == key.name;
        if (is_variant) return {&key, true};
    }
    return {};
}

FoundKey find_environment(std::string_view name) {
    for (const ConfigKey& key : config_table()) {
        const std::string own = environment_name(key);
        if (name == own || (name == key.environment_alias && !name.empty())) return {&key, false};
        if (key.kind == ConfigKind::masked && name == own + "_FILE") return {&key, true};
    }
    return {};
}

/// `*`, or scheme, host and maybe port, as browsers spell them.
bool is_origin(std::string_view text) {
    if (text == "*") return true;
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos || scheme == 0) return false;
    return text.size() > scheme + 3 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-+:[]", scheme + 3) ==
               std::string_view::npos &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-+") == scheme;
}

/// Reads the sources in order of precedence, each over the ones before.
class Loader {
public:
    std::expected<Config, ConfigErrors> run(const ConfigSources& sources) {
        if (sources.file) load_file(*sources.file);
        for (const char* const entry : sources.environment) load_variable(entry);
        for (const ConfigFlag& flag : sources.flags) load_flag(flag);
        for (const auto& [key, file] : secret_files_) load_secret_file(*key, file);
        check_across_keys();
        if (!errors_.empty()) return std::unexpected(std::move(errors_));
        return std::move(config_);
    }

private:
    struct SecretFile {
        std::string path;
        std::string where;
    };

    void load_file(const std::string& path) {
        auto entries = read_toml(path);
        if (!entries) {
            errors_.push_back(entries.error());
            return;
        }
        for (const ConfigFileEntry& entry : *entries) load_entry(entry);
    }

    void load_entry(const ConfigFileEntry& entry) {
        const FoundKey found = find_key(entry.section, entry.name);
        if (found.key == nullptr) return report_unknown(entry);
        if (found.key->kind == ConfigKind::masked && !found.names_a_file) {
            return report(entry.where, dotted(*found.key) +
                                           ": a secret may not stand in this file; use " +
                                           std::string(found.key->name) + "_file or " +
                                           environment_name(*found.key));
        }
        set(found, entry.value, entry.where);
    }

    void report_unknown(const ConfigFileEntry& entry) {
        for (const ConfigKey& key : config_table()) {
            if (key.section == entry.section && entry.name.empty()) return;  // an empty section
        }
        const std::string name =
            entry.section + (entry.section.empty() || entry.name.empty() ? "" : ".") + entry.name;
        report(entry.where, name + ": unknown key");
    }

    void load_variable(std::string_view entry) {
        const std::size_t equals = entry.find('=');
        const std::string_view name = entry.substr(0, equals);
        if (!name.starts_with(environment_prefix) || equals == std::string_view::npos) return;
        const std::string where = "environment " + std::string(name);
        const FoundKey found = find_environment(name);
        if (found.key != nullptr) {
            set(found, {ConfigValue::Type::untyped, std::string(entry.substr(equals + 1))}, where);
        } else if (name.find("__") != std::string_view::npos) {
            report(where, "unknown key");
        }
    }

    void load_flag(const ConfigFlag& flag) {
        const std::size_t dot = flag.key.find('.');
        const FoundKey found = find_key(flag.key.substr(0, dot), flag.key.substr(dot + 1));
        CREDITD_ASSERT(found.key != nullptr);
        set(found, {ConfigValue::Type::untyped, flag.value}, "flag --" + flag.name);
    }

    void set(const FoundKey& found, const ConfigValue& value, const std::string& where) {
        if (found.key->kind == ConfigKind::masked) return set_secret(found, value, where);
        const auto fault = assign_value(config_, *found.key, value);
        if (fault) report(where, *fault);
    }

    void set_secret(const FoundKey& found, const ConfigValue& value, const std::string& where) {
        if (found.names_a_file) {
            const bool is_text =
                value.type == ConfigValue::Type::text || value.type == ConfigValue::Type::untyped;
            if (!is_text) report(where, dotted(*found.key) + "_file: must be a path");
            if (is_text && !value.text.empty()) secret_files_[found.key] = {value.text, where};
            else secret_files_.erase(found.key);
            return;
        }
        if (value.text.empty()) return;  // an empty variable counts as an absent one
        secret_files_.erase(found.key);
        assign_secret(*found.key, value.text, where);
    }

    void load_secret_file(const ConfigKey& key, const SecretFile& from) {
        constexpr std::size_t bytes_max = 1 << 16;
        std::optional<std::string> text = read_small_file(from.path, bytes_max);
        if (!text) return report(from.where, dotted(key) + "_file: cannot read " + from.path);
        while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
        assign_secret(key, *text, from.where);
        explicit_bzero(text->data(), text->size());
    }

    void assign_secret(const ConfigKey& key, std::string_view text, const std::string& where) {
        const bool is_visible =
            text.find_first_not_of(visible_characters()) == std::string_view::npos;
        if (text.size() < key.min || text.size() > key.max || !is_visible) {
            return report(where, dotted(key) + ": must be " + std::to_string(key.min) + " to " +
                                     std::to_string(key.max) + " visible characters");
        }
        *std::get<Secret*>(key.slot(config_)) = Secret(text);
    }

    static const std::string& visible_characters() {
        static const std::string all = [] {
            std::string text;
            for (char c = '!'; c <= '~'; ++c) text += c;
            return text;
        }();
        return all;
    }

    void check_across_keys() {
        if (config_.server.request_timeout < config_.server.head_timeout) {
            report("", "server.request_timeout: must be at least server.head_timeout");
        }
        const ServerConfig& server = config_.server;
        if (server.tls_certificate_file.empty() != server.tls_key_file.empty()) {
            report("",
                   "server.tls_key_file: must be set where server.tls_certificate_file is, "
                   "and nowhere else");
        }
        for (const std::string_view origin : comma_list(config_.server.cors_origins)) {
            if (!is_origin(origin)) {
                report("", "server.cors_origins: " + std::string(origin) +
                               ": must be *, or an origin such as https://app.example.com");
            }
        }
        if (!config_.jwt.issuer.empty()) check_jwt(config_.jwt);
    }

    void check_jwt(const JwtConfig& jwt) {
        if (jwt.jwks_file.empty() == jwt.jwks_url.empty()) {
            report("", "jwt.jwks_file: it, or jwt.jwks_url, must be set where jwt.issuer is");
        }
        if (jwt.audience.empty() && comma_list(jwt.authorized_parties).empty()) {
            report("", "jwt.audience: must be set where jwt.issuer is, or jwt.authorized_parties");
        }
        for (const std::string_view name : comma_list(jwt.algorithms)) {
            if (name == "RS256" || name == "ES256" || name == "EdDSA") continue;
            report("", "jwt.algorithms: " + std::string(name) +
                           ": must be RS256, ES256 or EdDSA, or some of them");
        }
    }

    void report(std::string where, std::string message) {
        errors_.push_back({std::move(where), std::move(message)});
    }

    Config config_;
    ConfigErrors errors_;
    std::map<const ConfigKey*, SecretFile> secret_files_;  // read last, unless overruled
};

}  // namespace

Config::Config() {
    for (const ConfigKey& key : config_table()) {
        if (key.kind == ConfigKind::masked) continue;
        const auto fault =
            assign_value(*this, key, {ConfigValue::Type::untyped, std::string(key.initial)});
        CREDITD_ASSERT(!fault);
    }
}

std::span<const char* const> process_environment() {
    std::size_t count = 0;
    while (environ[count] != nullptr) ++count;
    return {environ, count};
}

std::expected<Config, ConfigErrors> load_config(const ConfigSources& sources) {
    return Loader().run(sources);
}

ConfigErrors check_config(const ConfigSources& sources) {
    const auto config = load_config(sources);
    return config ? ConfigErrors{} : config.error();
}

std::vector<std::string> config_file_keys() {
    std::vector<std::string> keys;
    for (const ConfigKey& key : config_table()) {
        const bool is_secret = key.kind == ConfigKind::masked;
        keys.push_back(dotted(key) + std::string(is_secret ? file_suffix : ""));
    }
    return keys;
}

std::optional<ListenAddress> parse_listen(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view port_text = text.substr(colon + 1);
    ListenAddress result;
    const auto [end, fault] =
        std::from_chars(port_text.data(), port_text.data() + port_text.size(), result.port);
    if (fault != std::errc{} || end != port_text.data() + port_text.size()) return std::nullopt;
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    result.host = host == "localhost" ? "127.0.0.1" : std::string(host);
    in6_addr address{};
    const int family = bracketed ? AF_INET6 : AF_INET;
    if (::inet_pton(family, result.host.c_str(), &address) != 1) return std::nullopt;
    return result;
}

}  // namespace creditd::daemon
