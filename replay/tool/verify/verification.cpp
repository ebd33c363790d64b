#include "replay/tool/verify/verification.hpp"

#include <algorithm>
#include <thread>

#include "core/conservation.hpp"
#include "replay/chain.hpp"
#include "replay/event_stream.hpp"
#include "replay/snapshot_reader.hpp"
#include "replay/state_hash.hpp"

namespace creditd::replay::tool {
namespace {

/// Beside the thread that reads and the one that applies.
unsigned workers() { return std::clamp(std::thread::hardware_concurrency() / 2, 1U, 4U); }

/// Do a block's header and its event tell the same?
std::optional<JournalError> compare(const BlockHeader& header, const Event& event) {
    const auto* claimed = std::get_if<EpochClaimed>(&event.body);
    const auto* opened = std::get_if<LedgerOpened>(&event.body);
    if (header.is_claim != (claimed != nullptr)) {
        return damaged_at(event.seq, "a claim and its block do not agree");
    }
    if (claimed != nullptr && claimed->epoch != header.epoch) {
        return damaged_at(event.seq, "it claims another epoch than its block");
    }
    if (opened != nullptr && opened->ledger_id != header.chain.ledger.bytes) {
        return damaged_at(event.seq, "it opens another ledger than its block is of");
    }
    if (event.seq == header.last_seq() && event.time != header.time) {
        return damaged_at(event.seq, "its time is not its block's");
    }
    return std::nullopt;
}

}  // namespace

Vouchers Vouchers::of(const std::filesystem::path& root) {
    const DataFolder paths{root};
    return {read_head(paths.head()), list_snapshots(paths.snapshots())};
}

Verification::Done Verification::check_snapshot_files() {
    if (vouchers_ == nullptr) return {};
    for (const SnapshotFile& file : vouchers_->snapshots) {
        // A live folder's old snapshots go when a new one stands.
        if (!std::filesystem::exists(file.path)) continue;
        const auto loaded = verify_snapshot(file.path);
        if (!loaded) return std::unexpected(loaded.error());
        expected_[loaded->tip.seq] = loaded->state_hash;
        const std::string name = "the snapshot " + file.path.filename().string();
        const auto reached = check_reaches(journal_, loaded->tip, name);
        if (!reached) return reached;
    }
    return {};
}

/// What a given checkpoint covers was applied when that was verified. Its bytes are hashed again,
/// up to the newest snapshot in it; the state comes from there.
Verification::Done Verification::hash_what_was_verified() {
    if (!evidence_.since()) return {};
    const auto after = expected_.upper_bound(Seq{evidence_.since()->head.size});
    if (after == expected_.begin()) return {};
    const Seq last = std::prev(after)->first;
    const auto read = read_events(journal_, {},
                                  [&](const EventBatch& batch) {
                                      for (const Hash256& leaf : batch.leaves()) {
                                          if (evidence_.leaves() < last.value) evidence_.take(leaf);
                                      }
                                      return evidence_.leaves() < last.value;
                                  },
                                  {.workers = workers(), .decode = false, .hash_leaves = true});
    if (!read) return std::unexpected(read.error());
    findings_.applied_after = last;
    return {};
}

Verification::Done Verification::check_event(const State& state, const Event& event) {
    if (has_personal_parts_) {
        if (auto checked = personal_.add(event); !checked) return checked;
    }
    if (expected_.empty()) return {};
    const auto at = expected_.find(event.seq);
    if (at == expected_.end()) return {};
    ++findings_.snapshots;
    if (hash_state(state, 2) == at->second) return {};
    return std::unexpected(JournalError{JournalFault::damaged,
                                        "the snapshot at seq " + std::to_string(event.seq.value) +
                                            " is not the state that the log leads to"});
}

bool Verification::take_batch(const EventBatch& batch) {
    std::size_t next = 0;
    for (const BatchBlock& block : batch.blocks()) {
        for (std::uint32_t i = 0; i < block.header.count && next < batch.events().size(); ++i) {
            found_ = compare(block.header, batch.events()[next]);
            if (found_) return false;
            // A snapshot may make the replay begin earlier than the hashing has come.
            if (batch.events()[next].seq.value == evidence_.leaves() + 1) {
                evidence_.take(batch.leaves()[next]);
            }
            ++next;
        }
    }
    return true;
}

void Verification::check_conservation(const State& state) {
    for (std::size_t i = 0; i < state.accounts.count() && !contradiction_; ++i) {
        const AccountNo no{static_cast<std::uint32_t>(i)};
        const auto broken = broken_rule(state, no);
        if (!broken) continue;
        contradiction_ = {Exit::failed_check, "account " +
                                                  std::string(state.accounts.get(no).id()) +
                                                  " breaks the rule: " + std::string(*broken)};
    }
}

Verification::Done Verification::replay_all(std::atomic<std::uint64_t>& position) {
    RecoveryOptions options;
    options.use_snapshots = findings_.applied_after != Seq{};
    options.snapshot_last = findings_.applied_after;
    options.decoders = workers();
    options.last = journal_.tip().seq;
    options.position = &position;
    options.after_batch = [this](const EventBatch& batch) { return take_batch(batch); };
    options.after_event = [this](const State& state, const Event& event) {
        const auto checked = check_event(state, event);
        if (!checked) found_ = checked.error();
        return checked.has_value();
    };
    const auto recovered = recover_shown(journal_, snapshots_, std::move(options));
    if (!recovered) return std::unexpected(recovered.error());
    if (found_) return std::unexpected(*found_);
    if (auto checked = personal_.finish(); !checked) return checked;
    const State& state = *recovered->state;
    check_conservation(state);
    findings_.tip = recovered->tip;
    findings_.blocks = recovered->report.blocks;
    findings_.applied_after = recovered->report.snapshot;
    findings_.accounts = state.accounts.count();
    findings_.personal = personal_.present();
    findings_.lost_parts = personal_.lost();
    findings_.forgotten = personal_.forgotten() - findings_.lost_parts;
    findings_.state_hash = hash_state(state, 2);
    return {};
}

Verification::Done Verification::check_head_file() {
    if (vouchers_ == nullptr) return {};
    if (!vouchers_->head) return std::unexpected(vouchers_->head.error());
    findings_.head = *vouchers_->head;
    return check_head(*vouchers_->head, journal_);
}

std::expected<Findings, JournalError> Verification::run(std::atomic<std::uint64_t>& position) {
    const auto start = std::chrono::steady_clock::now();
    const auto snapshots = check_snapshot_files();
    // Whatever the log itself shows goes first: it names the earliest event.
    if (auto hashed = hash_what_was_verified(); !hashed) return std::unexpected(hashed.error());
    if (auto replayed = replay_all(position); !replayed) return std::unexpected(replayed.error());
    if (!snapshots) return std::unexpected(snapshots.error());
    if (const auto head = check_head_file(); !head) return std::unexpected(head.error());
    if (auto agrees = evidence_.finish(); !agrees) contradiction_ = std::move(agrees.error());
    findings_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return findings_;
}

}  // namespace creditd::replay::tool
