#include "replay/memory_journal.hpp"

#include <iterator>
#include <utility>

#include "core/assert.hpp"

namespace creditd::replay {

// --- the store -----------------------------------------------------------------------------------

void MemoryStore::fail_next(MemoryFault fault) {
    const std::scoped_lock lock(mutex_);
    next_ = fault;
}

void MemoryStore::crash() {
    const std::scoped_lock lock(mutex_);
    blocks_.erase(blocks_.lower_bound(unsynced_from_), blocks_.end());
    personal_.erase(personal_.lower_bound(unsynced_from_), personal_.end());
    unsynced_from_ = Seq{UINT64_MAX};
    next_ = MemoryFault::none;
}

void MemoryStore::flip_bit(Seq first_seq, std::size_t bit) {
    const std::scoped_lock lock(mutex_);
    std::string& bytes = blocks_.at(first_seq);
    CREDITD_ASSERT(bit < bytes.size() * 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
}

void MemoryStore::cut_block(Seq first_seq, std::size_t bytes_left) {
    const std::scoped_lock lock(mutex_);
    std::string& bytes = blocks_.at(first_seq);
    CREDITD_ASSERT(bytes_left <= bytes.size());
    bytes.resize(bytes_left);
}

void MemoryStore::remove_block(Seq first_seq) {
    const std::scoped_lock lock(mutex_);
    const std::size_t erased = blocks_.erase(first_seq);
    CREDITD_ASSERT(erased == 1);
}

void MemoryStore::cut_after(Seq last) {
    const std::scoped_lock lock(mutex_);
    blocks_.erase(blocks_.upper_bound(last), blocks_.end());
    personal_.erase(personal_.upper_bound(last), personal_.end());
}

void MemoryStore::keep(std::span<const SealedBlock> blocks, std::span<const PersonalRow> rows) {
    for (const SealedBlock& block : blocks) {
        const bool is_new = blocks_.emplace(block.first_seq, block.bytes).second;
        CREDITD_ASSERT(is_new);
    }
    for (const PersonalRow& row : rows) personal_[row.seq] = row.bytes;
}

bool MemoryStore::ends_at(const ChainTip& tip) const {
    if (blocks_.empty()) return tip.is_empty();
    const auto header = peek_header(blocks_.rbegin()->second);
    return header && header->epoch == tip.epoch && header->last_seq() == tip.seq;
}

// --- the journal ---------------------------------------------------------------------------------

std::expected<std::optional<Journal::LastBlock>, JournalError> MemoryJournal::load_last() {
    const std::scoped_lock lock(store_->mutex_);
    // What a new start finds it also syncs, before anybody builds upon it.
    store_->unsynced_from_ = Seq{UINT64_MAX};
    if (store_->blocks_.empty()) return std::nullopt;
    const auto& [first_seq, bytes] = *store_->blocks_.rbegin();
    return LastBlock{first_seq, bytes};
}

AppendOutcome MemoryJournal::store(const ChainTip& previous, std::span<const SealedBlock> blocks,
                                   std::span<const PersonalRow> rows, std::string& failure) {
    const std::scoped_lock lock(store_->mutex_);
    const MemoryFault fault = std::exchange(store_->next_, MemoryFault::none);
    if (fault == MemoryFault::deposed || !store_->ends_at(previous)) {
        return AppendOutcome::deposed;
    }
    if (fault != MemoryFault::none) failure = "a fault was ordered";
    switch (fault) {
        case MemoryFault::unknown_torn:
            store_->keep(blocks.first(blocks.size() / 2), {});
            return AppendOutcome::unknown;
        case MemoryFault::unknown_unsynced:
            store_->unsynced_from_ = blocks.front().first_seq;
            [[fallthrough]];
        case MemoryFault::unknown_kept: store_->keep(blocks, rows); [[fallthrough]];
        case MemoryFault::unknown_dropped: return AppendOutcome::unknown;
        case MemoryFault::none:
        case MemoryFault::deposed: break;
    }
    store_->keep(blocks, rows);
    return AppendOutcome::committed;
}

std::expected<void, JournalError> MemoryJournal::visit(Seq from, Seq last,
                                                       const BlockVisitor& visitor) const {
    // One block is copied at a time, so that visitors run without the lock.
    std::optional<Seq> next;
    while (true) {
        StoredBlock stored;
        std::string bytes;
        {
            const std::scoped_lock lock(store_->mutex_);
            const auto& blocks = store_->blocks_;
            auto at = next ? blocks.lower_bound(*next) : blocks.upper_bound(from);
            if (!next && at != blocks.begin()) at = std::prev(at);
            if (at == blocks.end() || at->first > last) return {};
            bytes = at->second;
            stored = {at->first, bytes};
        }
        if (!visitor(stored)) return {};
        next = stored.first_seq.next();
    }
}

std::expected<void, JournalError> MemoryJournal::erase_personal(std::span<const Seq> seqs) {
    const std::scoped_lock lock(store_->mutex_);
    for (const Seq seq : seqs) store_->personal_.erase(seq);
    return {};
}

std::expected<std::vector<std::optional<std::string>>, JournalError> MemoryJournal::load_personal(
    std::span<const Seq> seqs) const {
    const std::scoped_lock lock(store_->mutex_);
    std::vector<std::optional<std::string>> rows;
    rows.reserve(seqs.size());
    for (const Seq seq : seqs) {
        const auto at = store_->personal_.find(seq);
        rows.push_back(at == store_->personal_.end() ? std::nullopt : std::optional(at->second));
    }
    return rows;
}

}  // namespace creditd::replay
