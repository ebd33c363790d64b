// The daemon's configuration: values, where they come from, and how they are shown.
// Precedence: flag > environment CREDITD_SECTION__KEY > file > default. Unknown keys, wrong types
// and values out of range are errors that name their place. Keys, defaults, units and words stand
// in one table (config_table.cpp). Read once at start by main; immutable afterwards.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"
#include "daemon/basics/log.hpp"
#include "daemon/basics/secret.hpp"

namespace creditd::daemon {

enum class ThreadLayout : std::uint8_t { automatic, shared, ledger, ledger_and_journal };

struct ServerConfig {
    std::string listen;
    std::uint64_t io_threads = 0;
    std::uint64_t connections_max = 0;
    std::uint64_t connections_per_ip_max = 0;
    Duration head_timeout{};
    Duration request_timeout{};
    Duration idle_timeout{};
    Duration write_timeout{};
    std::uint64_t inflight_body_bytes_max = 0;
    std::string tls_certificate_file;  // empty: no TLS
    std::string tls_key_file;
    std::string cors_origins;  // separated by commas; empty: none
};

struct LedgerConfig {
    std::uint64_t decimals = 0;  // of a new ledger; an old one has its own
    std::string data_dir;
    std::uint64_t refund_grant_days = 0;
    std::uint64_t queue_commands_max = 0;
    Duration queue_age_max{};
    ThreadLayout threads{};
    Duration clock_jump_max{};
};

struct SnapshotConfig {
    std::uint64_t every_events = 0;
    std::uint64_t keep = 0;
};

struct FollowersConfig {
    std::uint64_t run_entries = 0;
};

struct ProofConfig {
    std::string origin;     // empty: named after the ledger
    std::string witnesses;  // `VKEY URL`, separated by commas; known to daemon/witnesses
    std::uint64_t witness_quorum = 0;
};

/// The daemon looks at itself; 0: it does not.
struct AuditConfig {
    Duration account_interval{};
    std::uint64_t disk_bytes_per_second = 0;
};

struct DiskConfig {
    std::uint64_t free_bytes_min = 0;
    std::uint64_t ballast_bytes = 0;
};

struct AuthConfig {
    Secret admin_key;
};

/// Who signs the JWTs of an application's users. Without an issuer, nobody.
struct JwtConfig {
    std::string issuer;
    std::string jwks_file;  // or
    std::string jwks_url;
    Duration jwks_refresh{};
    std::string audience;
    std::string algorithms;  // separated by commas, as are authorized parties
    std::string account_claim;
    std::string authorized_parties;
    Duration leeway{};
};

/// Calls that creditd makes itself; what the texts may say is known to daemon/outbound.
struct OutboundConfig {
    std::string allowed_networks;  // separated by commas
    bool https_only = true;
    std::string ca_file;  // empty: the system's roots
};

/// Without a secret key nothing is asked of Stripe; without webhook secrets nothing is heard.
struct StripeConfigFields {
    Secret secret_key;
    Secret webhook_secrets;  // separated by commas
    std::string publishable_key;
    std::string base_url;
    std::string success_url;
    std::string cancel_url;
    std::string portal_return_url;
};
/// Without a server key there is no Midtrans.
struct MidtransConfigFields {
    Secret server_key;
    std::string client_key;
    std::string base_url;
    std::string notification_url;
};

/// A new one holds the defaults of the table.
struct Config {
    Config();

    ServerConfig server;
    LedgerConfig ledger;
    SnapshotConfig snapshot;
    FollowersConfig followers;
    ProofConfig proof;
    AuditConfig audit;
    DiskConfig disk;
    LogOptions log;
    AuthConfig auth;
    JwtConfig jwt;
    OutboundConfig outbound;
    StripeConfigFields stripe;
    MidtransConfigFields midtrans;
};

/// `where` is `file:line`, `environment NAME` or `flag --name`; empty for rules across keys.
struct ConfigError {
    std::string where;
    std::string message;
    std::string text() const { return where.empty() ? message : where + ": " + message; }
};
using ConfigErrors = std::vector<ConfigError>;

/// A value given on the command line: `{"listen", "server.listen", "127.0.0.1:9000"}`.
struct ConfigFlag {
    std::string name;
    std::string key;
    std::string value;
};

struct ConfigSources {
    std::optional<std::string> file{};
    std::span<const char* const> environment{};  // entries `NAME=value`, as in environ
    std::vector<ConfigFlag> flags{};
};

/// The process's environment, for `ConfigSources::environment`.
std::span<const char* const> process_environment();

/// Reads all sources and returns the effective configuration, or everything that is wrong.
std::expected<Config, ConfigErrors> load_config(const ConfigSources& sources);
/// Everything that is wrong; empty when `load_config` would succeed.
ConfigErrors check_config(const ConfigSources& sources);

/// The effective configuration as TOML that can be read again; secrets are masked.
std::string print_config(const Config& config);
/// The text of conf/creditd.toml: every key with its words, unit and default.
std::string document_config();
/// Every key as it may stand in a file, e.g. `server.listen`, `auth.admin_key_file`.
std::vector<std::string> config_file_keys();

struct ListenAddress {
    std::string host;  // an IPv4 or IPv6 address without brackets
    std::uint16_t port = 0;
};
/// Reads `HOST:PORT`: an IPv4 address, an IPv6 address in brackets, or `localhost`.
std::optional<ListenAddress> parse_listen(std::string_view text);

}  // namespace creditd::daemon
