#include "daemon/app/open_ledger.hpp"

#include <algorithm>

#include "core/execute.hpp"
#include "daemon/app/upgrade_gate.hpp"
#include "daemon/basics/log.hpp"
#include "daemon/engine/block_stream.hpp"
#include "replay/followers/families.hpp"
#include "replay/head_file.hpp"
#include "replay/recovery.hpp"
#include "replay/rocksdb_journal.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::daemon {
namespace {

using replay::JournalError;
using replay::JournalFault;
using Step = std::expected<void, StartError>;

StartError start_error(const JournalError& error) {
    const bool is_damage =
        error.fault == JournalFault::damaged || error.fault == JournalFault::shortened ||
        error.fault == JournalFault::no_head || error.fault == JournalFault::foreign;
    std::string message = error.detail;
    if (error.seq)
        message += " (first bad or missing event: " + std::to_string(error.seq->value) + ")";
    if (is_damage) {
        message +=
            ". creditd does not serve a ledger that is not what was acknowledged: look at it "
            "with 'creditd-replay verify', restore a backup, or accept the loss with "
            "'creditd-replay accept-loss'";
    }
    return {std::move(message), is_damage ? 3 : 1};
}

template <class T>
std::unexpected<StartError> failed(const std::expected<T, JournalError>& result) {
    return std::unexpected(start_error(result.error()));
}

std::unexpected<StartError> failed(std::string message) {
    return std::unexpected(StartError{std::move(message), 1});
}

Step open_database(OpenedLedger& ledger) {
    for (const auto& path : {ledger.folder.root, ledger.folder.snapshots()}) {
        if (const auto made = replay::ensure_folder(path); !made)
            return failed(made.error().detail);
    }
    replay::DatabaseOptions options;
    options.folder = ledger.folder.database();
    options.followers = replay::followers::follower_families();
    options.on_fatal = [](const std::string& reason) {
        log_fatal("database_failed", {{"reason", reason}});
        std::abort();
    };
    auto database = replay::Database::open(std::move(options));
    if (!database) return failed(database);
    ledger.database = std::move(*database);
    ledger.journal = std::make_unique<replay::RocksDbJournal>(*ledger.database);
    const auto tip = ledger.journal->open();
    if (!tip) return failed(tip);
    return {};
}

/// Does the journal hold nothing that anybody can have been told of: only how ledgers begin?
bool holds_only_beginnings(const replay::Journal& journal) {
    bool is_so = true;
    const auto is_beginning = [](std::string_view bytes) {
        const auto view = schemas::EventView::of(bytes);
        return view && (view->kind == schemas::EventKind::epoch_claimed ||
                        view->kind == schemas::EventKind::ledger_opened);
    };
    const auto read = journal.read(Seq{1}, [&](const replay::StoredBlock& stored) {
        const auto block = replay::BlockView::parse(stored.bytes);
        is_so = block && std::ranges::all_of(*block, is_beginning);
        return is_so;
    });
    return read && is_so;
}

Step check_head_file(const OpenedLedger& ledger) {
    const auto head = replay::read_head(ledger.folder.head());
    if (!head) return failed(head);
    // The very first start may have died between its first events and the first head.
    if (!*head && holds_only_beginnings(*ledger.journal)) return {};
    const auto checked = replay::check_head(*head, *ledger.journal);
    if (!checked) return failed(checked);
    return {};
}

template <class Index, class Options>
Step open_index(std::unique_ptr<Index>& index, replay::Database& database, Options options) {
    auto opened = Index::open(database, std::move(options));
    if (!opened) return failed(opened.error());
    index = std::move(*opened);
    return {};
}

Step open_eraser(OpenedLedger& ledger, const replay::followers::RunOptions& runs) {
    const replay::Database& database = *ledger.database;
    auto eraser = replay::followers::PersonalEraser::open(
        *ledger.database, *ledger.journal,
        {runs,
         [&database](std::atomic<bool>& is_canceled) {
             const auto rewritten = database.rewrite("personal", is_canceled);
             if (!rewritten && !is_canceled) {
                 log_error("files_not_rewritten", {{"reason", rewritten.error().detail}});
             }
             return rewritten.has_value();
         },
         [](const std::string& reason) { log_error("erasing_stopped", {{"reason", reason}}); }});
    if (!eraser) return failed(eraser.error());
    ledger.eraser = std::move(*eraser);
    return {};
}

Step open_indexes(OpenedLedger& ledger, const OpenContext& context) {
    replay::followers::RunOptions runs;
    runs.entries = context.config.followers.run_entries;
    const auto run_folder = [&](const char* name) {
        runs.folder = ledger.folder.root / "runs" / name;
        return runs;
    };
    replay::Database& database = *ledger.database;
    replay::followers::KeyIndexOptions keys;
    keys.runs = run_folder("keys");
    keys.filter_first_capacity = context.key_filter_capacity;
    if (auto step = open_index(ledger.keys, database, keys); !step) return step;
    if (auto step = open_index(ledger.history, database, run_folder("history")); !step) return step;
    if (auto step = open_index(ledger.accounts, database, run_folder("accounts")); !step) {
        return step;
    }
    ledger.images = std::make_unique<replay::followers::AccountImages>(database);
    if (auto step = open_index(ledger.usage, database, run_folder("usage")); !step) return step;
    if (auto step = open_index(ledger.payments, database, run_folder("payments")); !step) {
        return step;
    }
    auto merkle =
        replay::followers::MerkleIndex::open(database, *ledger.journal, run_folder("merkle"));
    if (!merkle) return failed(merkle.error());
    ledger.merkle = std::move(*merkle);
    return open_eraser(ledger, run_folder("erasures"));
}

Step recover_state(OpenedLedger& ledger, const OpenContext& context) {
    replay::RecoveryOptions options;
    options.threads = context.recovery_threads;
    options.window_generation_keys = context.window_generation_keys;
    options.index_synced = ledger.keys->synced();
    options.warn = [](const std::string& what) { log_warning("recovery", {{"what", what}}); };
    options.progress = [](const replay::RecoveryProgress& progress) {
        log_info("recovering",
                 {{"stage", progress.stage}, {"done", progress.done}, {"total", progress.total}});
    };
    auto recovered = replay::recover(*ledger.journal, ledger.folder.snapshots(), options);
    if (!recovered) return failed(recovered);
    ledger.state = std::move(recovered->state);
    ledger.recovered = ledger.state->head.seq;
    log_info("recovered", {{"seq", ledger.recovered},
                           {"snapshot", recovered->report.snapshot},
                           {"events_applied", recovered->report.events_applied},
                           {"accounts", ledger.state->accounts.count()}});
    return {};
}

/// Whose clock a ledger runs on is fixed when it is made. A clock for tests goes on where the
/// ledger's last event was, and begins with the time of the day.
Step check_clock(const OpenedLedger& ledger, const OpenContext& context) {
    const LedgerHead& head = ledger.state->head;
    const bool is_new = head.ledger_id == LedgerHead{}.ledger_id;
    if (!is_new && head.test_clock && context.test_clock == nullptr) {
        return failed("this ledger was made with a clock for tests: serve it with --test-clock");
    }
    if (!is_new && !head.test_clock && context.test_clock != nullptr) {
        return failed("--test-clock is only for a new ledger: this one runs on the wall clock");
    }
    if (context.test_clock != nullptr) {
        context.test_clock->move_to(is_new ? SystemClock().wall() : head.time);
    }
    return {};
}

/// Becomes the leader. The CLAIM is an event like all others: the state must see it too.
Step claim(OpenedLedger& ledger, const OpenContext& context) {
    const Clock& clock = context.clock;
    // The chain knows its name from the very first CLAIM on; the state, from the event after it.
    replay::ChainId chain = ledger.journal->tip().chain;
    if (ledger.journal->tip().is_empty()) {
        context.random.fill(chain.ledger.bytes);
    }
    Event event;
    const auto encode = [&event](Epoch epoch, Seq seq, Timestamp time) {
        event.seq = seq;
        event.time = time;
        event.body = EpochClaimed{epoch};
        schemas::EventEncoder encoder;
        return std::string(encoder.encode(event));
    };
    // A clock that stands far ahead must not get into the log by way of the CLAIM.
    const Timestamp last = ledger.state->head.time;
    const bool is_plausible = last.value == 0 || clock.wall() - last <= Duration::days(1);
    const auto tip =
        ledger.journal->claim(chain, is_plausible ? clock.wall() : last + Duration{1}, encode);
    if (!tip) return failed(tip);
    apply(*ledger.state, event);
    return {};
}

/// The first event of a new ledger: its id and its decimals, fixed for ever.
Step open_new_ledger(OpenedLedger& ledger, const OpenContext& context) {
    if (ledger.state->head.ledger_id != LedgerHead{}.ledger_id) return {};
    const replay::ChainTip tip = ledger.journal->tip();
    std::vector<DecidedEvent> events;
    events.push_back({open_ledger(*ledger.state, tip.chain.ledger.bytes,
                                  static_cast<std::uint8_t>(context.config.ledger.decimals),
                                  context.clock.wall(), context.test_clock != nullptr),
                      {}});
    BlockStream stream(tip);
    stream.add(events, true);
    if (ledger.journal->append(stream.blocks, {}) != replay::AppendOutcome::committed) {
        return failed("the first event could not be written: " + ledger.journal->failure());
    }
    apply(*ledger.state, events.front().event);
    return {};
}

}  // namespace

std::expected<void, StartError> open_ledger(OpenedLedger& ledger, const OpenContext& context) {
    Step step = check_head_file(ledger);
    if (step) step = pass_upgrade_gate(ledger.folder, *ledger.journal, context.recovery_threads);
    if (step) step = open_indexes(ledger, context);
    if (step) step = recover_state(ledger, context);
    if (step) step = check_clock(ledger, context);
    if (step) step = claim(ledger, context);
    if (step) step = open_new_ledger(ledger, context);
    if (!step) return step;
    // The head is made before the first answer, so that a shortened log is noticed from now on.
    const auto written = replay::write_head(ledger.folder.head(), {ledger.journal->tip(), false});
    if (!written) return failed(written);
    return {};
}

std::expected<OpenedLedger, StartError> open_ledger_folder(const Config& config, const Clock& clock,
                                                           Random& random, TestClock* test_clock) {
    OpenedLedger ledger;
    ledger.folder.root = config.ledger.data_dir;
    Step step = open_database(ledger);
    if (step)
        step = open_ledger(
            ledger, {.config = config, .clock = clock, .random = random, .test_clock = test_clock});
    if (!step) return std::unexpected(step.error());
    return ledger;
}

}  // namespace creditd::daemon
