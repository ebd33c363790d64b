#include "daemon/witnesses/cosigned_heads.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "daemon/basics/log.hpp"
#include "daemon/witnesses/witness_protocol.hpp"
#include "replay/files.hpp"

namespace creditd::daemon {
namespace {

namespace proof = replay::proof;
using replay::SignedHead;

}  // namespace

std::size_t CosignedHeads::Entry::count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(lines, [](const std::string& line) { return !line.empty(); }));
}

CosignedHeads::CosignedHeads(const std::filesystem::path& folder,
                             std::vector<proof::VerifierKey> witnesses, std::size_t quorum,
                             std::span<const proof::VerifierKey> keys, std::uint64_t signed_size)
    : file_(replay::cosigned_head_file(folder)), witnesses_(std::move(witnesses)), quorum_(quorum) {
    CREDITD_ASSERT(quorum_ <= witnesses_.size());
    load(keys, signed_size);
}

/// A file that does not fit is no fault: other keys or witnesses may be in force by now.
void CosignedHeads::load(std::span<const proof::VerifierKey> keys, std::uint64_t signed_size) {
    const auto note = replay::read_file(file_, proof::note_bytes_max);
    if (note && !*note) return;
    const auto checkpoint = note ? proof::open_checkpoint(**note, keys)
                                 : std::unexpected(proof::ProofError(note.error().detail));
    if (!checkpoint) {
        log_warning("cosigned_head_not_used", {{"reason", checkpoint.error()}});
        return;
    }
    if (checkpoint->head.size > signed_size) {
        log_warning("cosigned_head_not_used",
                    {{"reason", "it has more events than the log has signed"}});
        return;
    }
    const std::string text = checkpoint->text();
    const std::string_view lines = std::string_view(**note).substr((*note)->rfind("\n\n") + 2);
    SignedHead head{*checkpoint, text + '\n'};
    for (const proof::VerifierKey& key : keys) {
        head.note += find_cosignature(lines, text, key);  // here: the log's own signature
    }
    Entry& entry = entry_of(std::make_shared<SignedHead>(std::move(head)));
    for (std::size_t i = 0; i < witnesses_.size(); ++i) {
        entry.lines[i] = find_cosignature(lines, text, witnesses_[i]);
    }
    complete(entry);
    if (is_settled(entry)) settled_ = entry.complete;
}

const CosignedHeads::Entry* CosignedHeads::find(const SignedHead& head) const {
    const auto at = std::ranges::find_if(
        entries_, [&](const Entry& entry) { return entry.head->checkpoint == head.checkpoint; });
    return at == entries_.end() ? nullptr : &*at;
}

CosignedHeads::Entry& CosignedHeads::entry_of(const Head& head) {
    const auto at = std::ranges::find_if(
        entries_, [&](const Entry& entry) { return leaves_of(entry.head) >= leaves_of(head); });
    if (at != entries_.end() && leaves_of(at->head) == leaves_of(head)) {
        CREDITD_ASSERT(at->head->checkpoint == head->checkpoint);  // a log signs one history
        return *at;
    }
    return *entries_.insert(at, Entry{head, std::vector<std::string>(witnesses_.size()), head});
}

void CosignedHeads::add(const Head& head, std::size_t witness, std::string line) {
    CREDITD_ASSERT(witness < witnesses_.size() && !line.empty());
    const std::scoped_lock writing(writing_);
    if (const Head settled = enter(head, witness, std::move(line))) show(settled);
    std::vector<Waiter> covered;
    {
        const std::scoped_lock lock(mutex_);
        if (settled_) {
            covered = take_waiters(
                [this](const Waiter& waiter) { return waiter.size <= leaves_of(settled_); });
        }
    }
    for (Waiter& waiter : covered) waiter.then(true);
}

/// The head with its lines, where it is settled by this one and to be shown.
CosignedHeads::Head CosignedHeads::enter(const Head& head, std::size_t witness, std::string line) {
    const std::scoped_lock lock(mutex_);
    drop_other_history(*head);
    // A newer settled head has all that this one could give.
    if (find(*head) == nullptr && settled_ && leaves_of(settled_) > leaves_of(head)) return nullptr;
    Entry& entry = entry_of(head);
    entry.lines[witness] = std::move(line);
    complete(entry);
    const bool is_shown =
        is_settled(entry) && (!settled_ || leaves_of(settled_) <= leaves_of(entry.head));
    Head shown = is_shown ? entry.complete : nullptr;
    forget_old();
    return shown;
}

/// What the log signs now was found in its tree: a file from elsewhere gives way.
void CosignedHeads::drop_other_history(const SignedHead& head) {
    const auto other = std::ranges::find_if(entries_, [&](const Entry& entry) {
        return leaves_of(entry.head) == head.checkpoint.head.size &&
               !(entry.head->checkpoint == head.checkpoint);
    });
    if (other == entries_.end()) return;
    log_error("cosigned_head_of_another_history", {{"size", leaves_of(other->head)}});
    if (settled_ && settled_->checkpoint == other->head->checkpoint) settled_ = nullptr;
    entries_.erase(other);
}

void CosignedHeads::complete(Entry& entry) {
    SignedHead head = *entry.head;
    for (const std::string& line : entry.lines) head.note += line;
    entry.complete = std::make_shared<SignedHead>(std::move(head));
}

bool CosignedHeads::is_settled(const Entry& entry) const {
    return entry.count() >= std::max<std::size_t>(quorum_, 1);
}

void CosignedHeads::show(const Head& head) {
    const auto written = replay::write_file_atomically(file_, head->note);
    if (!written) {
        log_error("cosigned_head_not_written", {{"reason", written.error().detail}});
        return;
    }
    const std::scoped_lock lock(mutex_);
    settled_ = head;
}

void CosignedHeads::forget_old() {
    if (entries_.size() <= heads_max) return;
    const bool is_shown = settled_ && leaves_of(entries_.front().head) == leaves_of(settled_);
    entries_.erase(entries_.begin() + (is_shown ? 1 : 0));
}

CosignedHeads::Head CosignedHeads::settled() const {
    const std::scoped_lock lock(mutex_);
    return settled_;
}

CosignedHeads::Head CosignedHeads::covering(std::uint64_t size) const {
    const std::scoped_lock lock(mutex_);
    const std::uint64_t newest = settled_ ? leaves_of(settled_) : 0;
    Head best;
    std::size_t most = 0;
    for (const Entry& entry : entries_) {
        const std::uint64_t leaves = leaves_of(entry.head);
        if (leaves < size || leaves > newest || !is_settled(entry) || entry.count() < most)
            continue;
        most = entry.count();
        best = entry.complete;
    }
    return best || newest < size ? best : settled_;
}

CosignedHeads::Head CosignedHeads::with_cosignatures(const Head& head) const {
    const std::scoped_lock lock(mutex_);
    const Entry* const entry = find(*head);
    return entry == nullptr ? head : entry->complete;
}

bool CosignedHeads::has(const Head& head, std::size_t witness) const {
    const std::scoped_lock lock(mutex_);
    const Entry* const entry = find(*head);
    return entry != nullptr && !entry->lines[witness].empty();
}

std::uint64_t CosignedHeads::size_of(std::size_t witness) const {
    const std::scoped_lock lock(mutex_);
    std::uint64_t size = 0;
    for (const Entry& entry : entries_) {
        if (!entry.lines[witness].empty()) size = leaves_of(entry.head);
    }
    return size;
}

std::vector<CosignedHeads::Waiter> CosignedHeads::take_waiters(
    const std::function<bool(const Waiter&)>& is_meant) {
    const auto kept = std::stable_partition(
        waiters_.begin(), waiters_.end(), [&](const Waiter& waiter) { return !is_meant(waiter); });
    std::vector<Waiter> taken(std::make_move_iterator(kept),
                              std::make_move_iterator(waiters_.end()));
    waiters_.erase(kept, waiters_.end());
    return taken;
}

void CosignedHeads::wait(std::uint64_t size, Clock::time_point until, Waiting then) {
    {
        const std::scoped_lock lock(mutex_);
        if (!settled_ || leaves_of(settled_) < size) {
            waiters_.push_back({size, until, std::move(then)});
            return;
        }
    }
    then(true);
}

void CosignedHeads::give_up(Clock::time_point now) {
    std::vector<Waiter> late;
    {
        const std::scoped_lock lock(mutex_);
        late = take_waiters([now](const Waiter& waiter) { return waiter.until <= now; });
    }
    for (Waiter& waiter : late) waiter.then(false);
}

}  // namespace creditd::daemon
