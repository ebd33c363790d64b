#include "tests/sim/daemon.hpp"

#include "replay/followers/families.hpp"
#include "replay/head_file.hpp"
#include "tests/sim/providers.hpp"

namespace creditd::sim {
namespace {

constexpr std::size_t reader_queue_max = 1'000;
constexpr std::uint64_t key_filter_capacity = 1'000;  // grows

const std::string no_document = "{}";

replay::SnapshotWriterOptions writer_options(World& world, std::function<Seq()> durable) {
    replay::SnapshotWriterOptions options;
    options.folder = world.folder.snapshots();
    options.keep = world.config.snapshot.keep;
    options.own_thread = false;
    options.durable = [&world, durable = std::move(durable)] {
        world.timer.await_point("before a snapshot gets its name");
        return durable();
    };
    return options;
}

daemon::EngineOptions engine_options(const daemon::Config& config) {
    daemon::EngineOptions options;
    options.layout = daemon::ThreadLayout::shared;
    options.has_journal_thread = false;
    options.queue_operations_max = config.ledger.queue_commands_max;
    options.queue_age_max = config.ledger.queue_age_max;
    options.clock_jump_max = config.ledger.clock_jump_max;
    return options;
}

}  // namespace

std::shared_ptr<replay::Database> open_database(const replay::DataFolder& folder) {
    replay::DatabaseOptions options;
    options.folder = folder.database();
    options.followers = replay::followers::follower_families();
    options.is_frugal = true;
    auto opened = replay::Database::open(std::move(options));
    CREDITD_ASSERT(opened.has_value());
    return std::move(*opened);
}

World::World(std::uint64_t seed, std::filesystem::path root) : random(seed) {
    folder.root = std::move(root);
    config.ledger.data_dir = folder.root.string();
    CREDITD_ASSERT(replay::ensure_folder(folder.snapshots()).has_value());
    database = open_database(folder);
}

SimSnapshots::SimSnapshots(World& world, std::function<Seq()> durable)
    : writer_(writer_options(world, std::move(durable))), walk_(writer_, 1) {}

bool SimSnapshots::step(State& state, const replay::ChainTip& tip) {
    if (!walk_.is_running()) {
        if (!is_wanted_ || writer_.is_busy() || !walk_.begin(state, tip)) return false;
        is_wanted_ = false;
    }
    return walk_.step(std::chrono::microseconds(0)).is_running;
}

std::expected<std::unique_ptr<SimDaemon>, daemon::StartError> SimDaemon::start(World& world) {
    daemon::OpenedLedger ledger;
    ledger.folder = world.folder;
    ledger.database = world.database;
    ledger.journal = std::make_unique<SimJournal>(world.disk, world.timer);
    if (const auto tip = ledger.journal->open(); !tip) {
        return std::unexpected(daemon::StartError{tip.error().detail, 3});
    }
    const daemon::OpenContext context{
        world.config,       world.clock, world.random, 0, world.window_generation_keys,
        key_filter_capacity};
    if (const auto opened = daemon::open_ledger(ledger, context); !opened) {
        return std::unexpected(opened.error());
    }
    return std::unique_ptr<SimDaemon>(new SimDaemon(world, std::move(ledger)));
}

SimDaemon::SimDaemon(World& world, daemon::OpenedLedger ledger)
    : world_(world), ledger_(std::move(ledger)), state_(ledger_.state.get()) {
    keys_ = std::make_unique<daemon::ApiKeyTable>(state_->catalog(), admin_secret);
    followers_ =
        std::make_unique<replay::followers::FollowerThread>(*ledger_.journal, ledger_.followers());
    evidence_.emplace(*ledger_.journal, *ledger_.keys);
    engine_ =
        std::make_unique<daemon::Engine>(std::move(ledger_.state), *ledger_.journal, world.clock,
                                         engine_options(world.config), engine_hooks());
    snapshots_ = std::make_unique<SimSnapshots>(world, [this] { return engine_->durable(); });
    engine_->set_background(snapshots_.get());
    readers_ = std::make_unique<daemon::ReaderPool>(0, reader_queue_max);
    followers_->publish(engine_->durable());
    api_.emplace(daemon::Api{*engine_, *readers_, world.clock, world.random, *keys_, *evidence_,
                             *ledger_.journal, *followers_, *ledger_.history, *ledger_.accounts,
                             *ledger_.keys, *ledger_.usage, *ledger_.merkle, no_document,
                             [](std::string&) {}, [](std::string&, bool) { return true; }});
    open_payments();
    api_->payments = &*payments_;
    service_ = std::make_unique<daemon::ApiService>(*api_, 1, /*turn_engine=*/true);
}

// Threads remember the table of keys that they saw last by its address: no two may share one.
SimDaemon::~SimDaemon() {
    world_.old_keys.push_back(std::move(keys_));
    world_.provider_asks.clear();  // nobody waits for the answers any more
}

void SimDaemon::open_payments() {
    using daemon::Secret;
    const Secret stripe_key{std::string(stripe_secret_key)};
    const Secret midtrans_key{std::string(midtrans_server_key)};
    daemon::StripeSide stripe{daemon::StripeCalls({"https://stripe.example", stripe_key}),
                              true,
                              {Secret(std::string(stripe_webhook_secret))},
                              {daemon::livemode_of_key(stripe_secret_key)},
                              {},
                              "https://app.example/done",
                              {},
                              {}};
    daemon::MidtransSide midtrans{
        daemon::MidtransCalls({"https://midtrans.example", midtrans_key, {}}), {midtrans_key}, {}};
    payments_.emplace(std::move(stripe), std::move(midtrans), *ledger_.payments,
                      [this](daemon::HttpRequest request, daemon::HttpClient::Done done) {
                          world_.provider_asks.push_back({std::move(request), std::move(done)});
                      });
}

daemon::EngineHooks SimDaemon::engine_hooks() {
    daemon::EngineHooks hooks;
    hooks.durable = [this](Seq durable) {
        followers_->publish(durable);
        world_.timer.await_point("between durable and published");
    };
    hooks.indexes_synced = [this] { return ledger_.keys->synced(); };
    hooks.catalog_changed = [this](const Event& event) { keys_->publish(event); };
    hooks.fatal = [](const std::string& reason) { throw Crash{"the ledger stopped: " + reason}; };
    return hooks;
}

void SimDaemon::write_head(bool is_clean) {
    world_.timer.await_point("before the head is written");
    const auto written =
        replay::write_head(world_.folder.head(), {ledger_.journal->tip(), is_clean});
    CREDITD_ASSERT(written.has_value());
    world_.timer.await_point("after the head was written");
}

}  // namespace creditd::sim
