#include "replay/recovery.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "core/apply.hpp"
#include "core/assert.hpp"
#include "core/canary.hpp"
#include "replay/chain.hpp"
#include "replay/event_stream.hpp"
#include "replay/snapshot_reader.hpp"
#include "replay/snapshot_store.hpp"

namespace creditd::replay {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds progress_period{500};

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

class Recovery {
public:
    Recovery(const Journal& journal, const std::filesystem::path& snapshots,
             const RecoveryOptions& options)
        : journal_(journal), snapshots_(snapshots), options_(options) {}

    std::expected<Recovered, JournalError> run();

private:
    std::expected<void, JournalError> choose_snapshot();
    std::expected<bool, JournalError> try_snapshot(const SnapshotFile& file);
    std::expected<void, JournalError> replay_journal();
    bool take(const EventBatch& batch);
    bool take(const Event& event);
    void warn(std::string text);
    void show(std::string_view stage, std::uint64_t done, std::uint64_t total, bool is_last);

    const Journal& journal_;
    const std::filesystem::path& snapshots_;
    const RecoveryOptions& options_;
    Recovered result_;
    Seq first_applied_{};  // events up to here are in the snapshot
    bool is_enough_ = false;
    Clock::time_point shown_ = Clock::now();
    bool is_shown_ = false;
};

void Recovery::warn(std::string text) {
    if (options_.warn) options_.warn(text);
    result_.report.damaged_snapshots.push_back(std::move(text));
}

void Recovery::show(std::string_view stage, std::uint64_t done, std::uint64_t total, bool is_last) {
    // A short recovery shows nothing at all; the end of a stage only where its way was shown.
    const auto now = Clock::now();
    if (!options_.progress || (now - shown_ < progress_period && !(is_last && is_shown_))) return;
    options_.progress({stage, done, total, is_last});
    shown_ = now;
    is_shown_ = !is_last;
}

/// True: the state is this snapshot's. False: it is damaged, or of no use. An error: the journal
/// is not the one that the snapshot was made from.
std::expected<bool, JournalError> Recovery::try_snapshot(const SnapshotFile& file) {
    const auto header = read_snapshot_header(file.path);
    if (!header) {
        warn(header.error().detail);
        return false;
    }
    const ChainTip& tip = header->tip;
    if (tip.seq > options_.last || tip.time > options_.until) return false;
    if (tip.seq > options_.snapshot_last) return false;
    // A sound snapshot is never ahead of what was durable: it vouches for the journal.
    const std::string name = "the snapshot " + file.path.filename().string();
    if (const auto reached = check_reaches(journal_, tip, name); !reached) {
        return std::unexpected(reached.error());
    }
    auto loaded = load_snapshot(file.path, options_.threads, [&](auto done, auto total) {
        show("snapshot", done, total, done == total);
    });
    if (!loaded) {
        warn(loaded.error().detail);
        return false;
    }
    result_.state = std::move(loaded->state);
    result_.tip = tip;
    result_.report.snapshot = tip.seq;
    return true;
}

std::expected<void, JournalError> Recovery::choose_snapshot() {
    if (!options_.use_snapshots) return {};
    for (const SnapshotFile& file : list_snapshots(snapshots_)) {
        const auto used = try_snapshot(file);
        if (!used) return std::unexpected(used.error());
        if (*used) return {};
    }
    return {};
}

bool Recovery::take(const Event& event) {
    State& state = *result_.state;
    if (event.seq > options_.last || event.time > options_.until) return false;
    if (options_.position != nullptr) {
        options_.position->store(event.seq.value, std::memory_order_relaxed);
    }
    if (event.seq <= first_applied_) {
        apply_to_window(state, event);
        ++result_.report.events_to_window;
        return true;
    }
    const bool is_skipped = first_applied_ != Seq{} && event.seq == first_applied_.next();
    if (canary(Canary::replay_skips_after_snapshot) && is_skipped) return true;
    apply(state, event);
    ++result_.report.events_applied;
    return !options_.after_event || options_.after_event(state, event);
}

bool Recovery::take(const EventBatch& batch) {
    for (const Event& event : batch.events()) {
        if (take(event)) continue;
        is_enough_ = true;
        return false;
    }
    result_.report.blocks += batch.blocks().size();
    result_.tip = batch.tip();
    State& state = *result_.state;
    // What the indexes have need not pile up on the way.
    state.window.trim(std::min(options_.index_synced, batch.tip().seq));
    show("journal", batch.tip().seq.value - result_.report.read_after.value,
         journal_.tip().seq.value - result_.report.read_after.value, false);
    if (options_.after_batch && !options_.after_batch(batch)) {
        is_enough_ = true;
        return false;
    }
    return true;
}

std::expected<void, JournalError> Recovery::replay_journal() {
    first_applied_ = result_.state->head.seq;
    ChainTip from = result_.tip;
    const bool has_gap = canary(Canary::window_gap_at_snapshot);
    if (options_.index_synced < from.seq && !has_gap) {
        const auto earlier = tip_at_or_before(journal_, options_.index_synced);
        if (!earlier) return std::unexpected(earlier.error());
        from = *earlier;
    }
    result_.state->window.start_at(has_gap ? std::min(options_.index_synced, from.seq) : from.seq);
    result_.report.read_after = from.seq;
    const auto read =
        read_events(journal_, from, [this](const EventBatch& batch) { return take(batch); },
                    {.workers = options_.threads == 0 ? 0 : options_.decoders,
                     .hash_leaves = static_cast<bool>(options_.after_batch)});
    if (!read) return std::unexpected(read.error());
    const std::uint64_t total = result_.tip.seq.value - from.seq.value;
    show("journal", total, total, true);
    return {};
}

std::expected<Recovered, JournalError> Recovery::run() {
    const auto start = Clock::now();
    if (const auto chosen = choose_snapshot(); !chosen) return std::unexpected(chosen.error());
    result_.report.snapshot_seconds = seconds_since(start);
    if (!result_.state) result_.state = std::make_unique<State>();
    result_.state->window.set_generation_keys(options_.window_generation_keys);
    const auto middle = Clock::now();
    if (const auto replayed = replay_journal(); !replayed) {
        return std::unexpected(replayed.error());
    }
    result_.report.journal_seconds = seconds_since(middle);
    CREDITD_ASSERT(is_enough_ || result_.state->head.seq == result_.tip.seq);
    return std::move(result_);
}

}  // namespace

std::expected<Recovered, JournalError> recover(const Journal& journal,
                                               const std::filesystem::path& snapshots,
                                               const RecoveryOptions& options) {
    return Recovery(journal, snapshots, options).run();
}

}  // namespace creditd::replay
