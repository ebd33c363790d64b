#include "daemon/basics/config_table.hpp"

#include "core/limits.hpp"

namespace creditd::daemon {
namespace {

constexpr std::uint64_t second = 1'000'000;
constexpr std::uint64_t day = 86'400 * second;
constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t gib = 1024 * mib;

constexpr std::string_view layouts[] = {"auto", "shared", "ledger", "ledger+journal"};
constexpr std::string_view levels[] = {"debug", "info", "warning", "error"};
constexpr std::string_view formats[] = {"json", "text"};

template <class Enum>
ConfigSlot choice(Enum& value) {
    static_assert(sizeof(Enum) == 1);
    return ChoiceSlot{reinterpret_cast<unsigned char*>(&value)};
}

using Kind = ConfigKind;

const ConfigKey table[] = {
    // clang-format off
    {"server", "listen", Kind::listen, "127.0.0.1:8080", 0, 0, {},
     "Address and port of the HTTP server: IPv4, [IPv6] or localhost. Port 0 takes any free port.",
     [](Config& c) -> ConfigSlot { return &c.server.listen; }},
    {"server", "io_threads", Kind::count, "0", 0, 256, {},
     "Threads that read requests and write answers. 0: one less than the cores, at least 1.",
     [](Config& c) -> ConfigSlot { return &c.server.io_threads; }},
    {"server", "connections_max", Kind::count, "10000", 1, 1'000'000, {},
     "Open connections; more are accepted and closed at once.",
     [](Config& c) -> ConfigSlot { return &c.server.connections_max; }},
    {"server", "connections_per_ip_max", Kind::count, "0", 0, 1'000'000, {},
     "Open connections from one address. 0: no limit, right behind a proxy.",
     [](Config& c) -> ConfigSlot { return &c.server.connections_per_ip_max; }},
    {"server", "head_timeout", Kind::duration, "10s", second / 10, day, {},
     "From the first byte of a request to the end of its headers.",
     [](Config& c) -> ConfigSlot { return &c.server.head_timeout; }},
    {"server", "request_timeout", Kind::duration, "30s", second / 10, day, {},
     "From the first byte of a request to the end of its body; at least head_timeout.",
     [](Config& c) -> ConfigSlot { return &c.server.request_timeout; }},
    {"server", "idle_timeout", Kind::duration, "75s", second / 10, day, {},
     "How long a connection may wait for its next request.",
     [](Config& c) -> ConfigSlot { return &c.server.idle_timeout; }},
    {"server", "write_timeout", Kind::duration, "30s", second / 10, day, {},
     "How long a client may take to fetch an answer.",
     [](Config& c) -> ConfigSlot { return &c.server.write_timeout; }},
    {"server", "inflight_body_bytes_max", Kind::bytes, "64MB", 4 * mib, 16 * gib, {},
     "All request bodies in memory together; beyond it requests are answered 503.",
     [](Config& c) -> ConfigSlot { return &c.server.inflight_body_bytes_max; }},
    {"server", "tls_certificate_file", Kind::text, "", 0, 4096, {},
     "TLS: a certificate with those between it and a root, in PEM. Read again on SIGHUP, for\n"
     "connections that come then. Empty: no TLS, which is right behind a proxy that does it.",
     [](Config& c) -> ConfigSlot { return &c.server.tls_certificate_file; }},
    {"server", "tls_key_file", Kind::text, "", 0, 4096, {},
     "The certificate's private key, in PEM, not encrypted.",
     [](Config& c) -> ConfigSlot { return &c.server.tls_key_file; }},
    {"server", "cors_origins", Kind::text, "", 0, 4096, {},
     "Origins of the pages that may call from a browser (CORS), separated by commas, such as\n"
     "\"https://app.example.com\"; \"*\": all pages. Empty: none, and no header says anything.",
     [](Config& c) -> ConfigSlot { return &c.server.cors_origins; }},

    {"ledger", "decimals", Kind::count, "6", 0, limits::decimals_max, {},
     "Decimals of credits, 0 to 6. Fixed when a ledger is made; an existing one keeps its own.",
     [](Config& c) -> ConfigSlot { return &c.ledger.decimals; }},
    {"ledger", "data_dir", Kind::text, "/var/lib/creditd", 1, 4096, {},
     "The folder that holds the ledger. Made at the first start.",
     [](Config& c) -> ConfigSlot { return &c.ledger.data_dir; }},
    {"ledger", "refund_grant_days", Kind::count, "30", 1, 36'500, {},
     "Days that a grant lasts which is made by a refund of an expired grant.",
     [](Config& c) -> ConfigSlot { return &c.ledger.refund_grant_days; }},
    {"ledger", "queue_commands_max", Kind::count, "65536", 16, 4'194'304, {},
     "Commands waiting for the ledger thread; beyond it requests are answered 503.",
     [](Config& c) -> ConfigSlot { return &c.ledger.queue_commands_max; }},
    {"ledger", "queue_age_max", Kind::duration, "2s", second / 100, 60 * second, {},
     "While the oldest waiting command is older than this, new requests are answered 503.",
     [](Config& c) -> ConfigSlot { return &c.ledger.queue_age_max; }},
    {"ledger", "threads", Kind::choice, "auto", 0, 0, layouts,
     "Who runs the ledger and writes the journal. \"shared\": the one io thread does both, but\n"
     "leaves large writes to a thread; \"ledger\": one thread of its own does both; "
     "\"ledger+journal\": one\n"
     "thread each;\n"
     "\"auto\": shared on up to two cores, ledger on more.",
     [](Config& c) { return choice(c.ledger.threads); }},
    {"ledger", "clock_jump_max", Kind::duration, "60s", second, day, {},
     "When the wall clock departs from the monotonic clock by more than this, writes are refused\n"
     "until an administrator accepts the time.",
     [](Config& c) -> ConfigSlot { return &c.ledger.clock_jump_max; }},

    {"snapshot", "every_events", Kind::count, "1000000", 1000, 1'000'000'000, {},
     "A snapshot is taken after this many events.",
     [](Config& c) -> ConfigSlot { return &c.snapshot.every_events; }},
    {"snapshot", "keep", Kind::count, "2", 1, 1000, {},
     "Snapshots that are kept; older ones are deleted.",
     [](Config& c) -> ConfigSlot { return &c.snapshot.keep; }},

    {"followers", "run_entries", Kind::count, "1000000", 1000, 16'000'000, {},
     "Entries of a sorted run. Larger: fewer files on disk, more memory.",
     [](Config& c) -> ConfigSlot { return &c.followers.run_entries; }},

    {"proof", "origin", Kind::text, "", 0, 255, {},
     "The name under which heads of the log are signed, best an address without its scheme, such\n"
     "as \"credits.example.com/log\". Fixed when the first key is made; empty: creditd/ and the\n"
     "ledger's id.",
     [](Config& c) -> ConfigSlot { return &c.proof.origin; }},
    {"proof", "witnesses", Kind::text, "", 0, 16'384, {},
     "Who cosigns the heads (C2SP tlog-witness), separated by commas, at most 16: a witness's\n"
     "vkey, a blank, and the URL to which /add-checkpoint is added. [outbound] says what may be\n"
     "called.",
     [](Config& c) -> ConfigSlot { return &c.proof.witnesses; }},
    {"proof", "witness_quorum", Kind::count, "0", 0, 16, {},
     "So many witnesses must have cosigned a head before /checkpoint and receipts show it.\n"
     "0: they wait for nobody, and show the cosignatures that there are.",
     [](Config& c) -> ConfigSlot { return &c.proof.witness_quorum; }},

    {"audit", "account_interval", Kind::duration, "1s", 0, day, {},
     "So often an account, one after the other, is made again from the log and compared with the\n"
     "live one. One that has a long history takes longer. 0: never.",
     [](Config& c) -> ConfigSlot { return &c.audit.account_interval; }},
    {"audit", "disk_bytes_per_second", Kind::bytes, "1MB", 0, gib, {},
     "So much of the stored blocks is read from the disk again and verified, from the first block\n"
     "to the last, round after round. 0: nothing.",
     [](Config& c) -> ConfigSlot { return &c.audit.disk_bytes_per_second; }},

    {"disk", "free_bytes_min", Kind::bytes, "256MB", 0, 1024 * gib, {},
     "With less free space than this, writes are answered 503 disk_full; reads go on.",
     [](Config& c) -> ConfigSlot { return &c.disk.free_bytes_min; }},
    {"disk", "ballast_bytes", Kind::bytes, "64MB", 0, 16 * gib, {},
     "Size of a file that is only there to be deleted when a full disk prevents a start.",
     [](Config& c) -> ConfigSlot { return &c.disk.ballast_bytes; }},

    {"log", "level", Kind::choice, "info", 0, 0, levels,
     "The least level that is logged.", [](Config& c) { return choice(c.log.level); }},
    {"log", "format", Kind::choice, "json", 0, 0, formats,
     "\"json\": one object a line; \"text\": for people.",
     [](Config& c) { return choice(c.log.format); }},
    {"log", "requests", Kind::boolean, "false", 0, 0, {},
     "One line for each request.", [](Config& c) -> ConfigSlot { return &c.log.requests; }},
    {"log", "file", Kind::text, "", 0, 4096, {},
     "Where lines go; empty: standard error.",
     [](Config& c) -> ConfigSlot { return &c.log.file; }},

    {"auth", "admin_key", Kind::masked, "", 1, 255, {},
     "A file that holds an administrator's API key; the variable CREDITD_ADMIN_KEY may hold the\n"
     "key itself. It is valid while the process runs and is never stored. Without either, the\n"
     "first start makes a key and writes it to DATA_DIR/admin.key.",
     [](Config& c) -> ConfigSlot { return &c.auth.admin_key; }, "CREDITD_ADMIN_KEY"},

    {"jwt", "issuer", Kind::text, "", 0, 1024, {},
     "Who signs: the claim `iss`, exactly. Empty: JWTs are not taken.",
     [](Config& c) -> ConfigSlot { return &c.jwt.issuer; }},
    {"jwt", "jwks_file", Kind::text, "", 0, 4096, {},
     "The issuer's public keys, a JWK set. Read again within a second after it was replaced, and\n"
     "on SIGHUP.",
     [](Config& c) -> ConfigSlot { return &c.jwt.jwks_file; }},
    {"jwt", "jwks_url", Kind::text, "", 0, 2048, {},
     "Where the issuer publishes them instead: asked at start, at every jwks_refresh, on SIGHUP,\n"
     "and when a token names a key that is not known, at most once in 30s. While it does not\n"
     "answer, or wrongly, the keys before stay in force. Set jwks_file or this one.",
     [](Config& c) -> ConfigSlot { return &c.jwt.jwks_url; }},
    {"jwt", "jwks_refresh", Kind::duration, "10m", second, day, {},
     "How often jwks_url is asked.",
     [](Config& c) -> ConfigSlot { return &c.jwt.jwks_refresh; }},
    {"jwt", "audience", Kind::text, "", 0, 1024, {},
     "Must be among the claim `aud`. Empty: not looked at; then authorized_parties must be set.",
     [](Config& c) -> ConfigSlot { return &c.jwt.audience; }},
    {"jwt", "authorized_parties", Kind::text, "", 0, 4096, {},
     "The claim `azp` must be one of these, separated by commas. Empty: not looked at.",
     [](Config& c) -> ConfigSlot { return &c.jwt.authorized_parties; }},
    {"jwt", "algorithms", Kind::text, "RS256, ES256, EdDSA", 1, 64, {},
     "Algorithms that are taken, of these three.",
     [](Config& c) -> ConfigSlot { return &c.jwt.algorithms; }},
    {"jwt", "account_claim", Kind::text, "sub", 1, 128, {},
     "The claim that names the account which the user may read.",
     [](Config& c) -> ConfigSlot { return &c.jwt.account_claim; }},
    {"jwt", "leeway", Kind::duration, "30s", 0, 60 * second, {},
     "By how much the issuer's clock may differ from ours.",
     [](Config& c) -> ConfigSlot { return &c.jwt.leeway; }},

    {"outbound", "allowed_networks", Kind::text, "", 0, 4096, {},
     "Subnets that may be called though they are not public, separated by commas, such as\n"
     "\"10.1.0.0/16, fd00:1::/32\". Others of this machine and of private networks never are,\n"
     "whatever a name resolves to.",
     [](Config& c) -> ConfigSlot { return &c.outbound.allowed_networks; }},
    {"outbound", "https_only", Kind::boolean, "true", 0, 0, {},
     "Call https:// only, not http://.",
     [](Config& c) -> ConfigSlot { return &c.outbound.https_only; }},
    {"outbound", "ca_file", Kind::text, "", 0, 4096, {},
     "The roots that are trusted, in PEM. Empty: those of the system.",
     [](Config& c) -> ConfigSlot { return &c.outbound.ca_file; }},

    {"stripe", "secret_key", Kind::masked, "", 1, 255, {},
     "A file that holds the secret key under which Stripe is called, or the variable\n"
     "CREDITD_STRIPE__SECRET_KEY. Without it no order can be paid at Stripe.",
     [](Config& c) -> ConfigSlot { return &c.stripe.secret_key; }},
    {"stripe", "webhook_secrets", Kind::masked, "", 1, 1024, {},
     "A file that holds the signing secrets of the webhook endpoint at Stripe (whsec_...), with\n"
     "commas between them while one is rolled, or CREDITD_STRIPE__WEBHOOK_SECRETS. Without it\n"
     "nothing is heard.",
     [](Config& c) -> ConfigSlot { return &c.stripe.webhook_secrets; }},
    {"stripe", "publishable_key", Kind::text, "", 0, 255, {},
     "Shown to pages by GET /v1/payments/config.",
     [](Config& c) -> ConfigSlot { return &c.stripe.publishable_key; }},
    {"stripe", "base_url", Kind::text, "https://api.stripe.com", 1, 1024, {},
     "Where Stripe is called.",
     [](Config& c) -> ConfigSlot { return &c.stripe.base_url; }},
    {"stripe", "success_url", Kind::text, "", 0, 1024, {},
     "Where a customer goes who has paid, unless the order says so.",
     [](Config& c) -> ConfigSlot { return &c.stripe.success_url; }},
    {"stripe", "cancel_url", Kind::text, "", 0, 1024, {},
     "Where a customer goes who has not, unless the order says so.",
     [](Config& c) -> ConfigSlot { return &c.stripe.cancel_url; }},
    {"stripe", "portal_return_url", Kind::text, "", 0, 1024, {},
     "Where a customer comes back to from the billing portal, unless the call says so.",
     [](Config& c) -> ConfigSlot { return &c.stripe.portal_return_url; }},

    {"midtrans", "server_key", Kind::masked, "", 1, 255, {},
     "A file that holds the server key under which Midtrans is called and signs, or the variable\n"
     "CREDITD_MIDTRANS__SERVER_KEY. Without it there is no Midtrans.",
     [](Config& c) -> ConfigSlot { return &c.midtrans.server_key; }},
    {"midtrans", "client_key", Kind::text, "", 0, 255, {},
     "Shown to pages by GET /v1/payments/config.",
     [](Config& c) -> ConfigSlot { return &c.midtrans.client_key; }},
    {"midtrans", "base_url", Kind::text, "https://api.midtrans.com", 1, 1024, {},
     "Where Midtrans is called; its sandbox is at https://api.sandbox.midtrans.com.",
     [](Config& c) -> ConfigSlot { return &c.midtrans.base_url; }},
    {"midtrans", "notification_url", Kind::text, "", 0, 1024, {},
     "Where Midtrans is to send notifications, in place of the address in its own settings.",
     [](Config& c) -> ConfigSlot { return &c.midtrans.notification_url; }},
    // clang-format on
};

}  // namespace

std::span<const ConfigKey> config_table() { return table; }

std::string_view config_section_words(std::string_view section) {
    if (section == "server") return "HTTP";
    if (section == "ledger") return "The ledger and the one thread that owns it";
    if (section == "snapshot") return "Snapshots of the state, for a quick start";
    if (section == "followers") return "Indexes built from the journal, behind the writer";
    if (section == "proof") return "The signed log, for those who verify";
    if (section == "audit") return "The daemon's audit of itself; what it finds stops writes";
    if (section == "disk") return "Free space";
    if (section == "log") return "What the daemon says about itself";
    if (section == "jwt") return "An application's own users, who read their own account";
    if (section == "outbound") return "Calls that creditd makes itself";
    if (section == "stripe") return "Payments at Stripe";
    if (section == "midtrans") return "Payments at Midtrans (QRIS)";
    return "Who may administer";
}

}  // namespace creditd::daemon
