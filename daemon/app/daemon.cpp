#include "daemon/app/daemon.hpp"

#include <thread>

#include "daemon/app/admin_key.hpp"
#include "daemon/app/openapi.hpp"
#include "daemon/app/start_catalog.hpp"
#include "daemon/app/upgrade_gate.hpp"
#include "daemon/app/widget.hpp"
#include "daemon/basics/comma_list.hpp"
#include "daemon/basics/log.hpp"
#include "daemon/outbound/outbound_config.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/state_hash.hpp"

namespace creditd::daemon {
namespace {

constexpr unsigned reader_threads = 2;
constexpr std::size_t reader_queue_max = 10'000;
constexpr auto feed_beat = std::chrono::seconds(15);  // what proxies are patient for
constexpr auto drain_max = std::chrono::seconds(5);

MaintenanceOptions maintenance_options(const Config& config) {
    return {{config.ledger.data_dir}, config.disk.free_bytes_min, config.disk.ballast_bytes, {}};
}

std::chrono::milliseconds milliseconds_of(Duration length) {
    return std::chrono::milliseconds(length.value / 1'000);
}

/// On two cores the fewest hand-overs win, in latency above all: see bench/README.md.
ThreadLayout resolved(ThreadLayout layout) {
    if (layout != ThreadLayout::automatic) return layout;
    return std::thread::hardware_concurrency() <= 2 ? ThreadLayout::shared : ThreadLayout::ledger;
}

/// 0 in the configuration: one less than the cores; the layout `shared` has only one.
unsigned io_threads_of(const Config& config) {
    if (config.ledger.threads == ThreadLayout::shared) return 1;
    if (config.server.io_threads != 0) return static_cast<unsigned>(config.server.io_threads);
    return std::max(1U, std::thread::hardware_concurrency() - 1);
}

}  // namespace

Daemon::Daemon(Config config, std::string catalog_file, bool has_test_clock)
    : config_(std::move(config)),
      catalog_file_(std::move(catalog_file)),
      test_clock_(has_test_clock ? std::make_unique<TestClock>(Timestamp{}) : nullptr),
      clock_(test_clock_ ? static_cast<const Clock&>(*test_clock_) : system_clock_) {
    config_.ledger.threads = resolved(config_.ledger.threads);
}
Daemon::~Daemon() {
    if (ledger_.eraser) ledger_.eraser->stop();
}

EngineOptions Daemon::engine_options() const {
    EngineOptions options;
    options.layout = config_.ledger.threads;
    options.queue_operations_max = config_.ledger.queue_commands_max;
    options.queue_age_max = config_.ledger.queue_age_max;
    options.clock_jump_max = config_.ledger.clock_jump_max;
    options.policy.calendar = &calendar_;
    options.policy.refund_grant_lifetime =
        Duration::days(static_cast<std::int64_t>(config_.ledger.refund_grant_days));
    return options;
}

EngineHooks Daemon::engine_hooks() {
    EngineHooks hooks;
    hooks.durable = [this](Seq durable) {
        followers_->publish(durable);
        feeds_->publish(durable);
        webhook_sender_->publish(durable);
    };
    hooks.indexes_synced = [this] { return ledger_.keys->synced(); };
    hooks.catalog_changed = [this](const Event& event) {
        keys_->publish(event);
        webhook_sender_->publish(event);
    };
    hooks.images = [this](std::span<const replay::followers::AccountImage> images) {
        ledger_.images->add(images);
    };
    hooks.fatal = [](const std::string& reason) {
        log_fatal("ledger_stopped", {{"reason", reason}});
        std::abort();
    };
    return hooks;
}

http::Options Daemon::http_options() const {
    http::Options options;
    const ServerConfig& server = config_.server;
    const auto listen = parse_listen(server.listen);
    CREDITD_ASSERT(listen.has_value());  // the configuration was checked
    options.host = listen->host;
    options.port = listen->port;
    options.io_threads = io_threads_of(config_);
    options.tls_certificate_file = server.tls_certificate_file;
    options.tls_key_file = server.tls_key_file;
    options.connections_max = server.connections_max;
    options.connections_per_ip_max = server.connections_per_ip_max;
    options.head_timeout = milliseconds_of(server.head_timeout);
    options.request_timeout = milliseconds_of(server.request_timeout);
    options.idle_timeout = milliseconds_of(server.idle_timeout);
    options.write_timeout = milliseconds_of(server.write_timeout);
    options.inflight_bytes_max = server.inflight_body_bytes_max;
    return options;
}

std::expected<void, StartError> Daemon::start() {
    if (auto folder = replay::ensure_folder(config_.ledger.data_dir); !folder) {
        return std::unexpected(StartError{folder.error().detail, 1});
    }
    prepare_ballast(maintenance_options(config_));
    auto ledger = open_ledger_folder(config_, clock_, random_, test_clock_.get());
    if (!ledger) return std::unexpected(ledger.error());
    ledger_ = std::move(*ledger);
    if (!catalog_file_.empty()) {
        if (auto applied = apply_catalog_file(ledger_, catalog_file_, clock_); !applied) {
            return applied;
        }
    }
    if (auto started = start_ledger(); !started) return started;
    return start_server();
}

std::expected<void, StartError> Daemon::start_ledger() {
    const auto secret = admin_secret_of(config_);
    if (!secret) return std::unexpected(StartError{secret.error(), 1});
    keys_ = std::make_unique<ApiKeyTable>(ledger_.state->catalog(), secret->reveal());

    replay::followers::FollowerThreadOptions follower_options;
    follower_options.on_failure = [](const std::string& reason) {
        log_error("followers_stopped", {{"reason", reason}});
    };
    followers_ = std::make_unique<replay::followers::FollowerThread>(
        *ledger_.journal, ledger_.followers(), follower_options);
    ledger_.eraser->set_wake([this] { followers_->nudge(); });
    auto signer =
        replay::LogSigner::open(*ledger_.merkle, ledger_.folder.root, config_.proof.origin,
                                ledger_.journal->tip().chain.ledger);
    if (!signer) return std::unexpected(StartError{signer.error(), 1});
    signer_ = std::move(*signer);
    if (auto known = open_end_users(); !known) return known;
    if (auto opened = open_webhooks(); !opened) return opened;
    open_payments();
    open_witnesses();
    evidence_.emplace(*ledger_.journal, *ledger_.keys);
    feeds_ = std::make_unique<FeedHub>(*ledger_.journal, feed_beat);

    replay::Journal& journal = *ledger_.journal;
    engine_ = std::make_unique<Engine>(std::move(ledger_.state), journal, clock_, engine_options(),
                                       engine_hooks());
    const auto newest = replay::list_snapshots(ledger_.folder.snapshots());
    snapshots_ = std::make_unique<Snapshots>(
        config_.snapshot, ledger_.folder.snapshots(), newest.empty() ? Seq{} : newest.front().seq,
        [this] { return engine_->durable(); },
        [this](Seq seq, const Hash256& state) {
            mark_state(ledger_.folder, *ledger_.journal, seq, state);
        });
    engine_->set_background(snapshots_.get());
    MaintenanceOptions maintenance = maintenance_options(config_);
    maintenance.tick = [this] {
        if (config_.ledger.threads == ThreadLayout::shared) wake_io();
        end_users_->look();
        if (ledger_.eraser->stats().pending > 0) followers_->nudge();
    };
    maintenance_ = std::make_unique<Maintenance>(
        std::move(maintenance), journal, [this](bool is_full) { engine_->set_disk_full(is_full); });
    readers_ = std::make_unique<ReaderPool>(reader_threads, reader_queue_max);

    followers_->start();
    followers_->publish(engine_->durable());
    feeds_->start();
    feeds_->publish(engine_->durable());
    maintenance_->start();
    engine_->start();
    return {};
}

std::expected<void, StartError> Daemon::open_end_users() {
    auto tokens =
        AccountTokens::open(ledger_.folder.root, ledger_.journal->tip().chain.ledger, random_);
    if (!tokens) return std::unexpected(StartError{tokens.error(), 1});
    end_users_ = std::make_unique<EndUsers>(std::move(*tokens));
    outbound_ = std::make_unique<HttpClient>(http_client_options(config_.outbound));
    if (auto trusted = end_users_->trust(config_.jwt, *outbound_); !trusted) {
        return std::unexpected(StartError{"jwt.jwks_file: " + trusted.error(), 1});
    }
    cors_ = cors_rules_of(config_.server.cors_origins);
    return {};
}

std::expected<void, StartError> Daemon::open_webhooks() {
    auto keys =
        WebhookKeys::open(ledger_.folder.root, ledger_.journal->tip().chain.ledger, random_);
    if (!keys) return std::unexpected(StartError{keys.error(), 1});
    webhook_keys_.emplace(std::move(*keys));
    webhook_store_.emplace(*ledger_.database);
    HttpClient::Options calls = http_client_options(config_.outbound);
    calls.in_background = true;
    webhook_calls_ = std::make_unique<HttpClient>(calls);
    webhook_sender_ = std::make_unique<WebhookSender>(
        WebhookSender::Parts{webhook_feed_, *webhook_store_, *webhook_keys_, clock_,
                             [this](HttpRequest request, HttpClient::Done done) {
                                 webhook_calls_->send(std::move(request), std::move(done));
                             },
                             [this](const std::string& endpoint, EndpointStatus status) {
                                 end_endpoint(endpoint, status);
                             }});
    std::vector<Endpoint> endpoints;
    for (const auto& entry : ledger_.state->catalog().endpoints) {
        endpoints.push_back(entry.second.set);
    }
    webhook_sender_->restore(endpoints, ledger_.state->head.seq);
    webhooks_.emplace(Webhooks{*webhook_sender_, *webhook_store_, *webhook_keys_, calls.allowed,
                               calls.https_only});
    return {};
}

void Daemon::open_payments() {
    const StripeConfigFields& stripe = config_.stripe;
    const MidtransConfigFields& midtrans = config_.midtrans;
    StripeSide stripe_side{StripeCalls({stripe.base_url, stripe.secret_key}),
                           !stripe.secret_key.empty(),
                           {},
                           {livemode_of_key(stripe.secret_key.reveal())},
                           stripe.publishable_key,
                           stripe.success_url,
                           stripe.cancel_url,
                           stripe.portal_return_url};
    for (const std::string_view secret : comma_list(stripe.webhook_secrets.reveal())) {
        stripe_side.webhook_secrets.emplace_back(secret);
    }
    MidtransSide midtrans_side{
        MidtransCalls({midtrans.base_url, midtrans.server_key, midtrans.notification_url}),
        {},
        midtrans.client_key};
    if (!midtrans.server_key.empty()) midtrans_side.server_keys.push_back(midtrans.server_key);
    payments_.emplace(std::move(stripe_side), std::move(midtrans_side), *ledger_.payments,
                      [this](HttpRequest request, HttpClient::Done done) {
                          outbound_->send(std::move(request), std::move(done));
                      });
}

void Daemon::start_webhooks() {
    webhook_feed_.serve(*api_);
    webhook_sender_->publish(engine_->durable());
    webhook_sender_->start();
}

void Daemon::make_self_audit() {
    std::uint64_t first = 0;
    random_.fill({reinterpret_cast<std::uint8_t*>(&first), sizeof first});
    self_audit_ = std::make_unique<SelfAudit>(
        config_.audit,
        SelfAudit::Parts{*engine_, clock_, *followers_, *ledger_.journal, *ledger_.database,
                         *ledger_.history, ledger_.images.get(), server_->io_thread(0)},
        first);
}

// On the sender's thread. A ledger that cannot take it now is asked again later.
void Daemon::end_endpoint(const std::string& endpoint, EndpointStatus status) {
    ChangeEndpoint change;
    change.id = endpoint;
    change.status = status;
    auto command = std::make_unique<OwnCommand>(std::move(change));
    command->home = &server_->io_thread(0);
    Operation* const operation = command.get();
    if (engine_->submit(std::span(&operation, 1))) own_commands_.push_back(std::move(command));
}

std::expected<void, StartError> Daemon::start_server() {
    api_.emplace(
        Api{*engine_,
            *readers_,
            clock_,
            random_,
            *keys_,
            *evidence_,
            *ledger_.journal,
            *followers_,
            *ledger_.history,
            *ledger_.accounts,
            *ledger_.keys,
            *ledger_.usage,
            *ledger_.merkle,
            openapi_document(),
            [this](std::string& out) { metrics_.render(out); },
            [this](std::string& out, bool verbose) { return write_readiness(out, verbose); },
            test_clock_.get(),
            ledger_.images.get(),
            feeds_.get(),
            signer_.get(),
            end_users_.get(),
            config_.server.cors_origins.empty() ? nullptr : &cors_,
            widget_script(),
            &*webhooks_,
            &*payments_,
            ledger_.eraser.get(),
            witnesses_ ? &witnesses_->heads() : nullptr});
    const http::Options options = http_options();
    service_ = std::make_unique<ApiService>(*api_, options.io_threads,
                                            config_.ledger.threads == ThreadLayout::shared);
    server_ = std::make_unique<http::Server>(options, *service_);
    make_self_audit();
    register_metrics();
    end_users_->wait_for_keys();
    if (auto started = server_->start(); !started) {
        const StartError error{started.error(), 1};
        server_.reset();
        stop();
        return std::unexpected(error);
    }
    start_webhooks();
    self_audit_->start();
    is_serving_.store(true, std::memory_order_release);
    log_info("serving", {{"host", options.host},
                         {"port", static_cast<std::uint64_t>(server_->port())},
                         {"version", CREDITD_VERSION},
                         {"seq", engine_->durable()}});
    return {};
}

void Daemon::reload() {
    end_users_->reload();
    const auto reloaded = server_->reload_tls();
    if (!reloaded) log_warning("tls_keys_not_read", {{"reason", reloaded.error()}});
    else if (!config_.server.tls_certificate_file.empty()) {
        log_info("tls_keys_read", {{"file", config_.server.tls_certificate_file}});
    }
}

void Daemon::wake_io() {
    if (is_serving_.load(std::memory_order_acquire)) server_->io_thread(0).post([] {});
}

// In order: no new requests, the answers of those in flight, then whoever made them.
void Daemon::stop() {
    if (server_) {
        server_->stop_accepting();
        const std::size_t cut = server_->drain(drain_max);
        is_serving_.store(false, std::memory_order_release);
        if (cut > 0) log_warning("connections_cut", {{"count", cut}});
    }
    self_audit_->stop();
    feeds_->stop();
    webhook_sender_->stop();
    webhook_calls_.reset();
    if (witnesses_) witnesses_->stop();
    engine_->stop();
    readers_->stop();
    followers_->stop();
    maintenance_->stop_clean();
    // Nobody asks for calls any more; an answer that came now would find no thread to go home to.
    outbound_.reset();
    mark_last_state();
    log_info("stopped", {{"seq", engine_->durable()}});
}

// Whoever serves the ledger next, and is another program, must come to the same state.
void Daemon::mark_last_state() {
    if (engine_->is_ledger_suspect()) return;
    const State& state = engine_->state_at_rest();
    mark_state(ledger_.folder, *ledger_.journal, state.head.seq, replay::hash_state(state, 2));
}

bool Daemon::write_readiness(std::string& out, bool verbose) {
    if (!verbose) {
        out += "ok\n";
        return true;
    }
    const auto line = [&out](bool is_good, std::string_view name, std::string_view what) {
        out += is_good ? "[+]" : "[-]";
        out += name;
        out += ' ';
        out += is_good ? std::string_view("ok") : what;
        out += '\n';
    };
    const Unavailable writes = engine_->writes_unavailable();
    out += "[+]ledger recovered at seq " + std::to_string(engine_->durable().value) + '\n';
    line(writes != Unavailable::ledger_suspect, "self_audit",
         "found what is not as it was written: writes are refused with ledger_suspect");
    line(writes != Unavailable::disk_full, "disk",
         "too little free space: writes are refused with disk_full");
    line(!engine_->clock_guard().is_suspect(), "clock",
         "suspect: writes are refused until POST /v1/clock/accept");
    line(writes != Unavailable::overloaded, "key_window",
         "too many keys wait for the index: writes are refused");
    line(followers_->is_healthy(), "followers", "stopped: lists and history are not served");
    for (const auto& follower : followers_->status()) {
        out += "[+]" + std::string(follower.name) + " at seq " +
               std::to_string(follower.consumed.value) + '\n';
    }
    return true;
}

}  // namespace creditd::daemon
