// The daemon put together: from a configuration to a server that answers, and back down in order.
// Owned by main; everything else borrows from here.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "catalog/zone_calendar.hpp"
#include "daemon/api/cors.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/api/payments.hpp"
#include "daemon/api/service.hpp"
#include "daemon/api/webhook_feed.hpp"
#include "daemon/app/maintenance.hpp"
#include "daemon/app/open_ledger.hpp"
#include "daemon/app/self_audit.hpp"
#include "daemon/app/snapshots.hpp"
#include "daemon/auth/end_users.hpp"
#include "daemon/basics/metrics.hpp"
#include "daemon/engine/own_command.hpp"
#include "daemon/http/server.hpp"
#include "daemon/outbound/http_client.hpp"
#include "daemon/witnesses/witnesses.hpp"

namespace creditd::daemon {

class Daemon {
public:
    /// `catalog_file`: applied before it serves; empty: the ledger's catalog stays as it is.
    /// `has_test_clock`: an administrator tells the time, on a ledger that was made for that.
    explicit Daemon(Config config, std::string catalog_file = {}, bool has_test_clock = false);
    ~Daemon();

    /// Recovers and begins to serve. On an error nothing is served and nothing needs stopping.
    std::expected<void, StartError> start();
    /// Stops accepting, answers what is in flight, writes the head as clean.
    void stop();
    void request_snapshot() { snapshots_->request(); }
    /// Reads again what may be replaced while it serves: the keys of JWTs, and those of TLS.
    void reload();
    std::uint16_t port() const { return server_->port(); }

private:
    std::expected<void, StartError> start_ledger();
    std::expected<void, StartError> open_end_users();
    std::expected<void, StartError> start_server();
    std::expected<void, StartError> open_webhooks();
    void start_webhooks();
    void open_payments();
    void open_witnesses();
    void make_self_audit();
    void mark_last_state();
    void end_endpoint(const std::string& endpoint, EndpointStatus status);
    EngineOptions engine_options() const;
    EngineHooks engine_hooks();
    http::Options http_options() const;
    void register_metrics();
    void register_witnesses();
    void wake_io();
    bool write_readiness(std::string& out, bool verbose);

    Config config_;
    std::string catalog_file_;
    SystemClock system_clock_;
    std::unique_ptr<TestClock> test_clock_;
    const Clock& clock_;
    ZoneCalendar calendar_;
    SystemRandom random_;
    OpenedLedger ledger_;
    MetricsRegistry metrics_;
    std::unique_ptr<replay::followers::FollowerThread> followers_;
    std::unique_ptr<replay::LogSigner> signer_;
    std::optional<replay::EvidenceReader> evidence_;
    std::unique_ptr<FeedHub> feeds_;
    std::unique_ptr<ApiKeyTable> keys_;
    std::unique_ptr<EndUsers> end_users_;
    std::optional<WebhookKeys> webhook_keys_;
    std::optional<WebhookStore> webhook_store_;
    WebhookFeed webhook_feed_;
    std::vector<std::unique_ptr<OwnCommand>> own_commands_;  // of the sender's thread
    std::unique_ptr<WebhookSender> webhook_sender_;
    std::unique_ptr<HttpClient> webhook_calls_;  // calls back to the sender: it ends first
    std::optional<Webhooks> webhooks_;
    std::optional<Payments> payments_;
    std::unique_ptr<Witnesses> witnesses_;  // null: the configuration names none
    std::unique_ptr<HttpClient> outbound_;  // behind whom it calls back: it ends first
    CorsRules cors_;
    std::unique_ptr<SelfAudit> self_audit_;  // its look comes home until the engine has stopped
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Snapshots> snapshots_;
    std::unique_ptr<Maintenance> maintenance_;
    std::unique_ptr<ReaderPool> readers_;
    std::optional<Api> api_;
    std::unique_ptr<ApiService> service_;
    std::unique_ptr<http::Server> server_;
    std::atomic<bool> is_serving_{false};
};

}  // namespace creditd::daemon
