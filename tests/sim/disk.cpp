#include "tests/sim/disk.hpp"

#include <cstring>
#include <iterator>
#include <utility>

#include "core/assert.hpp"

namespace creditd::sim {

using replay::AppendOutcome;
using replay::JournalError;

// --- the disk ------------------------------------------------------------------------------------

void SimDisk::keep(std::span<const replay::SealedBlock> blocks,
                   std::span<const replay::PersonalRow> rows) {
    // All or nothing, as RocksDB's write is: where memory ends, it ends before anything is kept.
    Rows new_blocks;
    Rows new_personal;
    for (const replay::SealedBlock& block : blocks) {
        CREDITD_ASSERT(new_blocks.emplace(block.first_seq, block.bytes).second);
    }
    for (const replay::PersonalRow& row : rows) new_personal.emplace(row.seq, row.bytes);
    unsynced_.reserve(unsynced_.size() + blocks.size());

    for (const replay::SealedBlock& block : blocks) unsynced_.push_back(block.first_seq);
    blocks_.merge(new_blocks);
    CREDITD_ASSERT(new_blocks.empty());
    for (const replay::PersonalRow& row : rows) personal_.erase(row.seq);
    personal_.merge(new_personal);
}

void SimDisk::lose_power(Leftover leftover, Rng& rng) {
    next_ = WriteFault::none;
    const std::vector<Seq> unsynced = std::exchange(unsynced_, {});
    if (unsynced.empty() || leftover == Leftover::all) return;
    unsound_from_ = unsynced.front();
    if (leftover == Leftover::none) return drop_unsound_end();
    const Seq cut = unsynced[rng.below(unsynced.size())];
    is_unsound_ = true;
    if (leftover == Leftover::gap) {
        blocks_.erase(cut);
        return;
    }
    unsound_from_ = cut;
    if (leftover == Leftover::prefix) return drop_unsound_end();
    std::string& bytes = blocks_.at(cut);
    bytes.resize(rng.below(bytes.size()));
    blocks_.erase(blocks_.upper_bound(cut), blocks_.end());
}

void SimDisk::drop_unsound_end() {
    blocks_.erase(blocks_.lower_bound(unsound_from_), blocks_.end());
    personal_.erase(personal_.lower_bound(unsound_from_), personal_.end());
    is_unsound_ = false;
}

Seq SimDisk::durable() const {
    const auto end = unsynced_.empty() ? blocks_.end() : blocks_.find(unsynced_.front());
    if (end == blocks_.begin()) return Seq{};
    const auto header = replay::peek_header(std::prev(end)->second);
    CREDITD_ASSERT(header.has_value());
    return header->last_seq();
}

void SimDisk::flip_bit(Seq first_seq, std::size_t bit) {
    std::string& bytes = blocks_.at(first_seq);
    CREDITD_ASSERT(bit < bytes.size() * 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
}

void SimDisk::cut_after(Seq last) {
    blocks_.erase(blocks_.upper_bound(last), blocks_.end());
    personal_.erase(personal_.upper_bound(last), personal_.end());
}

void SimDisk::restore(Copy copy) {
    blocks_ = std::move(copy.blocks);
    personal_ = std::move(copy.personal);
}

// --- the journal ---------------------------------------------------------------------------------

void SimJournal::operator delete(void* memory) noexcept {
    // Chained to each other, so that a search for leaks finds them all until the process ends.
    static void* last = nullptr;
    std::memcpy(memory, &last, sizeof last);
    last = memory;
}

std::expected<std::optional<replay::Journal::LastBlock>, JournalError> SimJournal::load_last() {
    timer_.await_point("loading the last block");
    // What a new start finds it also syncs, before anybody builds upon it.
    disk_.sync();
    if (disk_.blocks_.empty()) return std::nullopt;
    const auto& [first_seq, bytes] = *disk_.blocks_.rbegin();
    return LastBlock{first_seq, bytes};
}

AppendOutcome SimJournal::store(const replay::ChainTip& previous,
                                std::span<const replay::SealedBlock> blocks,
                                std::span<const replay::PersonalRow> rows, std::string& failure) {
    timer_.await_point("before the journal write");
    const bool is_first = disk_.blocks_.empty();
    const auto header =
        is_first ? std::nullopt : replay::peek_header(disk_.blocks_.rbegin()->second);
    const bool ends_there =
        is_first ? previous.is_empty()
                 : header && header->epoch == previous.epoch && header->last_seq() == previous.seq;
    if (!ends_there) return AppendOutcome::deposed;
    const WriteFault fault = std::exchange(disk_.next_, WriteFault::none);
    disk_.met_fault_ = fault != WriteFault::none;
    if (fault == WriteFault::no_space) {
        failure = "no space left on the simulated disk";
        return AppendOutcome::unknown;
    }
    disk_.keep(blocks, rows);
    if (fault == WriteFault::sync_fails) {
        failure = "the sync of the simulated disk failed";
        return AppendOutcome::unknown;
    }
    if (disk_.meanwhile_) disk_.meanwhile_();
    timer_.await_point("between the journal write and its sync");
    disk_.sync();
    timer_.await_point("after the sync of the journal");
    return AppendOutcome::committed;
}

std::expected<void, JournalError> SimJournal::visit(Seq from, Seq last,
                                                    const replay::BlockVisitor& visitor) const {
    const auto& blocks = disk_.blocks_;
    auto at = blocks.upper_bound(from);
    if (at != blocks.begin()) at = std::prev(at);
    for (; at != blocks.end() && at->first <= last; ++at) {
        timer_.await_point("reading the journal");
        if (!visitor({at->first, at->second})) return {};
    }
    return {};
}

std::expected<void, JournalError> SimJournal::erase_personal(std::span<const Seq> seqs) {
    for (const Seq seq : seqs) disk_.personal_.erase(seq);
    return {};
}

std::expected<std::vector<std::optional<std::string>>, JournalError> SimJournal::load_personal(
    std::span<const Seq> seqs) const {
    std::vector<std::optional<std::string>> rows;
    rows.reserve(seqs.size());
    for (const Seq seq : seqs) {
        const auto at = disk_.personal_.find(seq);
        rows.push_back(at == disk_.personal_.end() ? std::nullopt : std::optional(at->second));
    }
    return rows;
}

}  // namespace creditd::sim
