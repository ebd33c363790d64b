#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>

#include "core/conservation.hpp"
#include "replay/chain.hpp"
#include "replay/event_stream.hpp"
#include "replay/sha256.hpp"
#include "replay/snapshot_reader.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/state_hash.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

/// For the handler below: the event that is being applied, and how to speak.
std::atomic<std::uint64_t> applying{0};
std::atomic<bool> speaks_json{false};

// A log that is sound in every byte may still hold an event that does not fit, if it was forged:
// then an assertion of core stops the process, and this says where.
void name_the_event(int) {
    const bool json = speaks_json.load();
    const char* const format = json
                                   ? "{\"ok\":false,\"fault\":\"damaged\",\"first_bad_seq\":%llu,"
                                     "\"detail\":\"the event does not fit the ledger before it\"}\n"
                                   : "creditd-replay: the event does not fit the ledger before it\n"
                                     "creditd-replay: first bad sequence number: %llu\n";
    char text[160];
    const int size =
        std::snprintf(text, sizeof text, format, static_cast<unsigned long long>(applying.load()));
    const ssize_t written =
        ::write(json ? STDOUT_FILENO : STDERR_FILENO, text, static_cast<std::size_t>(size));
    ::_exit(written == size ? static_cast<int>(Exit::damaged) : EXIT_FAILURE);
}

struct Findings {
    ChainTip tip{};
    std::uint64_t blocks = 0;
    std::optional<Head> head;
    std::uint64_t accounts = 0;
    std::uint64_t personal = 0;
    std::uint64_t forgotten = 0;
    std::size_t snapshots = 0;
    Hash256 state_hash{};
    double seconds = 0;
};

/// Compares personal parts with the commitments to them, many at a time.
class PersonalCheck {
public:
    explicit PersonalCheck(const Journal& journal) : journal_(journal) {}

    std::expected<void, JournalError> add(const Event& event) {
        if (!event.personal_hash) return {};
        seqs_.push_back(event.seq);
        hashes_.push_back(*event.personal_hash);
        return seqs_.size() < 1'024 ? std::expected<void, JournalError>{} : finish();
    }
    std::expected<void, JournalError> finish() {
        const auto rows = journal_.read_personal(seqs_);
        if (!rows) return std::unexpected(rows.error());
        for (std::size_t i = 0; i < seqs_.size(); ++i) {
            (*rows)[i] ? ++present_ : ++forgotten_;
            if (!(*rows)[i] || sha256(*(*rows)[i]) == hashes_[i]) continue;
            return std::unexpected(
                JournalError{JournalFault::damaged,
                             "seq " + std::to_string(seqs_[i].value) +
                                 ": its personal part is not the one that the event commits to",
                             seqs_[i]});
        }
        seqs_.clear();
        hashes_.clear();
        return {};
    }
    std::uint64_t present() const { return present_; }
    std::uint64_t forgotten() const { return forgotten_; }

private:
    const Journal& journal_;
    std::vector<Seq> seqs_;
    std::vector<Hash256> hashes_;
    std::uint64_t present_ = 0;
    std::uint64_t forgotten_ = 0;
};

/// What vouches for the journal. Taken before the journal is opened: none of it is ever ahead of
/// what is durable, so on a live folder too the journal must have all that it names.
struct Vouchers {
    std::expected<std::optional<Head>, JournalError> head;
    std::vector<SnapshotFile> snapshots;

    static Vouchers of(const std::filesystem::path& root) {
        const DataFolder paths{root};
        return {read_head(paths.head()), list_snapshots(paths.snapshots())};
    }
};

class Verification {
public:
    Verification(LedgerFolder& ledger, const Vouchers& vouchers)
        : ledger_(ledger), vouchers_(vouchers), personal_(ledger.journal()) {}

    /// Everything, in the order in which damage is found earliest in the log.
    std::expected<Findings, JournalError> run();
    /// Set where everything is as it was written, and yet wrong.
    const std::string& broken_promise() const { return broken_promise_; }

private:
    std::expected<void, JournalError> check_snapshot_files();
    std::expected<void, JournalError> replay_all();
    std::expected<void, JournalError> check_event(const State& state, const Event& event);
    std::expected<void, JournalError> check_head_file();
    void check_conservation(const State& state);

    LedgerFolder& ledger_;
    const Vouchers& vouchers_;
    PersonalCheck personal_;
    Findings findings_;
    std::map<Seq, Hash256> expected_;  // state hashes that the snapshots name
    std::optional<JournalError> found_;
    std::string broken_promise_;
};

std::expected<void, JournalError> Verification::check_snapshot_files() {
    for (const SnapshotFile& file : vouchers_.snapshots) {
        // A live folder's old snapshots go when a new one stands.
        if (!std::filesystem::exists(file.path)) continue;
        const auto loaded = verify_snapshot(file.path);
        if (!loaded) return std::unexpected(loaded.error());
        expected_[loaded->tip.seq] = loaded->state_hash;
        ++findings_.snapshots;
        const std::string name = "the snapshot " + file.path.filename().string();
        const auto reached = check_reaches(ledger_.journal(), loaded->tip, name);
        if (!reached) return reached;
    }
    return {};
}

std::expected<void, JournalError> Verification::check_event(const State& state,
                                                            const Event& event) {
    if (auto checked = personal_.add(event); !checked) return checked;
    if (expected_.empty()) return {};
    const auto at = expected_.find(event.seq);
    if (at == expected_.end() || hash_state(state, 2) == at->second) return {};
    return std::unexpected(JournalError{JournalFault::damaged,
                                        "the snapshot at seq " + std::to_string(event.seq.value) +
                                            " is not the state that the log leads to"});
}

void Verification::check_conservation(const State& state) {
    for (std::size_t i = 0; i < state.accounts.count() && broken_promise_.empty(); ++i) {
        const AccountNo no{static_cast<std::uint32_t>(i)};
        const auto broken = broken_rule(state, no);
        if (!broken) continue;
        broken_promise_ = "account " + std::string(state.accounts.get(no).id()) +
                          " breaks the rule: " + std::string(*broken);
    }
}

std::expected<void, JournalError> Verification::replay_all() {
    RecoveryOptions options;
    options.use_snapshots = false;
    options.position = &applying;
    options.after_event = [this](const State& state, const Event& event) {
        const auto checked = check_event(state, event);
        if (!checked) found_ = checked.error();
        return checked.has_value();
    };
    const auto recovered = ledger_.recover_with(std::move(options));
    if (!recovered) return std::unexpected(recovered.error());
    if (found_) return std::unexpected(*found_);
    if (auto checked = personal_.finish(); !checked) return checked;
    const State& state = *recovered->state;
    check_conservation(state);
    findings_.tip = recovered->tip;
    findings_.blocks = recovered->report.blocks;
    findings_.seconds = recovered->report.journal_seconds;
    findings_.accounts = state.accounts.count();
    findings_.personal = personal_.present();
    findings_.forgotten = personal_.forgotten();
    findings_.state_hash = hash_state(state, 2);
    return {};
}

std::expected<void, JournalError> Verification::check_head_file() {
    if (!vouchers_.head) return std::unexpected(vouchers_.head.error());
    findings_.head = *vouchers_.head;
    return check_head(*vouchers_.head, ledger_.journal());
}

std::expected<Findings, JournalError> Verification::run() {
    const auto snapshots = check_snapshot_files();
    // Whatever the log itself shows goes first: it names the earliest event.
    if (const auto replayed = replay_all(); !replayed) return std::unexpected(replayed.error());
    if (!snapshots) return std::unexpected(snapshots.error());
    if (const auto head = check_head_file(); !head) return std::unexpected(head.error());
    return findings_;
}

void print(const CommonOptions& options, const Findings& found) {
    const double rate = static_cast<double>(found.tip.seq.value) / std::max(found.seconds, 1e-9);
    if (options.json) {
        std::string out;
        JsonText json(out, 0);
        json.open();
        json.flag("ok", true);
        json.text("ledger", to_hex(found.tip.chain.ledger.bytes));
        json.number("seq", found.tip.seq);
        json.number("epoch", found.tip.epoch.value);
        json.text("chain_hash", to_hex(found.tip.hash.bytes));
        json.text("state_hash", to_hex(found.state_hash.bytes));
        json.number("blocks", found.blocks);
        json.number("accounts", found.accounts);
        json.number("personal_parts", found.personal);
        json.number("personal_parts_forgotten", found.forgotten);
        json.number("snapshots", static_cast<std::uint64_t>(found.snapshots));
        json.flag("head_clean", found.head && found.head->is_clean);
        json.number("seconds", found.seconds);
        json.number("events_per_second", static_cast<std::uint64_t>(rate));
        json.close();
        std::printf("%s\n", out.c_str());
        return;
    }
    std::printf("ledger      %s\n", to_hex(found.tip.chain.ledger.bytes).c_str());
    std::printf("events      %s in %s blocks, up to %s\n", grouped(found.tip.seq.value).c_str(),
                grouped(found.blocks).c_str(), time_text(found.tip.time).c_str());
    std::printf("chain       sound, epoch %llu, hash %s\n",
                static_cast<unsigned long long>(found.tip.epoch.value),
                to_hex(found.tip.hash.bytes).c_str());
    std::printf("head        %s\n", !found.head            ? "none, and no events either"
                                    : found.head->is_clean ? "reached, stopped in good order"
                                                           : "reached, not stopped in good order");
    std::printf("accounts    %s, every rule of conservation holds\n",
                grouped(found.accounts).c_str());
    std::printf("personal    %s parts match their commitments, %s forgotten\n",
                grouped(found.personal).c_str(), grouped(found.forgotten).c_str());
    const std::string snapshots = found.snapshots == 0 ? "none"
                                                       : std::to_string(found.snapshots) +
                                                             ", each equal to the log at its place";
    std::printf("snapshots   %s\n", snapshots.c_str());
    std::printf("state       %s\n", to_hex(found.state_hash.bytes).c_str());
    std::printf("verified    in %.2f s, %s events/s\n", found.seconds,
                grouped(static_cast<std::uint64_t>(rate)).c_str());
}

/// The database does not open. How far is what can still be read sound?
JournalError name_first_bad(const CommonOptions& options, JournalError error) {
    if (error.seq || error.fault == JournalFault::in_use || options.live) return error;
    auto salvaged = LedgerFolder::open(options.folder, OpenMode::salvage);
    if (!salvaged) {
        if (salvaged.error().seq) error.seq = salvaged.error().seq;
        return error;
    }
    const auto read = verify_chain((*salvaged)->journal(), {}, [](auto&, auto&) { return true; });
    error.seq = read ? read->tip.seq.next() : read.error().seq;
    return error;
}

}  // namespace

Exit verify(const CommonOptions& options) {
    speaks_json = options.json;
    std::signal(SIGABRT, name_the_event);
    const Vouchers vouchers = Vouchers::of(options.folder);
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, name_first_bad(options, ledger.error()));
    Verification verification(**ledger, vouchers);
    const auto found = verification.run();
    if (!found) return fail(options, found.error());
    if (!verification.broken_promise().empty()) {
        return fail(options, Exit::failed_check, verification.broken_promise());
    }
    print(options, *found);
    return Exit::fine;
}

}  // namespace creditd::replay::tool
