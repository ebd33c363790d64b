#include "replay/journal.hpp"

#include <algorithm>
#include <utility>

#include "core/assert.hpp"
#include "core/canary.hpp"
#include "replay/chain.hpp"
#include "replay/fold.hpp"

namespace creditd::replay {
namespace {

/// A copy is written in pieces of this size: a synced write for each block would take hours.
constexpr std::size_t copy_bytes_target = 4u << 20;

/// Do `blocks` continue the chain from `tip` without a gap, headers and all?
bool continue_chain(ChainTip tip, std::span<const SealedBlock> blocks) {
    for (const SealedBlock& block : blocks) {
        const auto header = peek_header(block.bytes);
        if (!header || judge(tip, *header) != FoldVerdict::accepted) return false;
        tip = block.tip;
    }
    return true;
}

}  // namespace

JournalError damaged_at(Seq seq, std::string_view what) {
    return {JournalFault::damaged, "seq " + std::to_string(seq.value) + ": " + std::string(what),
            seq};
}

std::expected<ChainTip, JournalError> Journal::open() {
    CREDITD_ASSERT(stage_ == Stage::closed);
    const auto tip = load_tip();
    if (!tip) return tip;
    stage_ = Stage::follower;
    set_tip(*tip);
    return tip;
}

std::expected<ChainTip, JournalError> Journal::open_up_to(Seq last) {
    CREDITD_ASSERT(stage_ == Stage::closed);
    Fold fold;
    bool is_sound = true;
    const auto visited = visit(Seq{1}, last, [&](const StoredBlock& stored) {
        const auto block = BlockView::parse(stored.bytes);
        is_sound = block && block->first_seq() == stored.first_seq &&
                   fold.offer(*block) == FoldVerdict::accepted;
        return is_sound;
    });
    if (!visited) return std::unexpected(visited.error());
    if (!is_sound || fold.tip().seq < last) {
        return std::unexpected(
            damaged_at(fold.tip().seq.next(), "its block does not continue the chain"));
    }
    if (fold.tip().seq > last) {
        return std::unexpected(JournalError{
            JournalFault::damaged,
            "seq " + std::to_string(last.value) + " is not the last event of its block", last});
    }
    stage_ = Stage::partial;
    set_tip(fold.tip());
    return fold.tip();
}

std::expected<ChainTip, JournalError> Journal::copy_from(const Journal& source) {
    CREDITD_ASSERT(stage_ == Stage::follower && tip().is_empty());
    std::vector<SealedBlock> blocks;
    std::size_t bytes = 0;
    std::expected<void, JournalError> stored;
    const auto report = verify_chain(source, {}, [&](const BlockView& block, const ChainTip& at) {
        blocks.push_back({block.first_seq(), block.header().count, at, std::string(block.bytes())});
        bytes += block.bytes().size();
        if (bytes < copy_bytes_target) return true;
        stored = store_copies(source, blocks);
        blocks.clear();
        bytes = 0;
        return stored.has_value();
    });
    if (!report) return std::unexpected(report.error());
    if (stored && !blocks.empty()) stored = store_copies(source, blocks);
    if (!stored) return std::unexpected(stored.error());
    return tip();
}

std::expected<void, JournalError> Journal::store_copies(const Journal& source,
                                                        std::span<const SealedBlock> blocks) {
    std::vector<Seq> seqs;
    for (Seq seq = blocks.front().first_seq; seq <= blocks.back().tip.seq; seq = seq.next()) {
        seqs.push_back(seq);
    }
    auto parts = source.read_personal(seqs);
    if (!parts) return std::unexpected(parts.error());
    std::vector<PersonalRow> rows;
    for (std::size_t i = 0; i < seqs.size(); ++i) {
        if ((*parts)[i]) rows.push_back({seqs[i], std::move(*(*parts)[i])});
    }
    if (store(tip(), blocks, rows, failure_) != AppendOutcome::committed) {
        return std::unexpected(JournalError{JournalFault::io, "copying the journal: " + failure_});
    }
    set_tip(blocks.back().tip);
    return {};
}

std::expected<ChainTip, JournalError> Journal::load_tip() {
    const auto last = load_last();
    if (!last) return std::unexpected(last.error());
    if (!*last) return ChainTip{};
    const Seq key = (*last)->first_seq;
    const auto block = BlockView::parse((*last)->bytes);
    if (!block) return std::unexpected(damaged_at(key, describe(block.error())));
    if (block->first_seq() != key) {
        return std::unexpected(damaged_at(key, "it stands under another block's number"));
    }
    return block->tip(block->hash());
}

std::expected<ChainTip, JournalError> Journal::claim(const ChainId& chain, Timestamp now,
                                                     const ClaimEncoder& encode) {
    CREDITD_ASSERT(stage_ != Stage::closed && stage_ != Stage::partial);
    const auto previous = load_tip();
    if (!previous) return std::unexpected(previous.error());
    if (!previous->is_empty() && previous->chain != chain) {
        return std::unexpected(
            JournalError{JournalFault::foreign, "the journal belongs to another ledger or shard"});
    }
    const Seq seq = previous->seq.next();
    const bool is_raised = previous->is_empty() || !canary(Canary::claim_keeps_epoch);
    const Epoch epoch{previous->epoch.value + (is_raised ? 1 : 0)};
    const Timestamp time = previous->is_empty() ? now : std::max(now, previous->time + Duration{1});
    BlockBuilder builder;
    builder.begin(seq);
    builder.append(encode(epoch, seq, time));
    const SealedBlock block = builder.seal_claim(*previous, chain, time);

    stage_ = Stage::uncertain;
    switch (store(*previous, {&block, 1}, {}, failure_)) {
        case AppendOutcome::committed: break;
        case AppendOutcome::deposed:
            stage_ = Stage::deposed;
            return std::unexpected(JournalError{
                JournalFault::deposed, "another writer appended to the journal meanwhile"});
        case AppendOutcome::unknown:
            return std::unexpected(JournalError{JournalFault::io, failure_});
    }
    stage_ = Stage::leader;
    set_tip(block.tip);
    return block.tip;
}

AppendOutcome Journal::append(std::span<const SealedBlock> blocks,
                              std::span<const PersonalRow> rows) {
    CREDITD_ASSERT(stage_ == Stage::leader);
    CREDITD_ASSERT(!blocks.empty());
    const ChainTip previous = tip();
    CREDITD_ASSERT(continue_chain(previous, blocks));
    if (canary(Canary::tip_before_sync)) set_tip(blocks.back().tip);
    AppendOutcome outcome = store(previous, blocks, rows, failure_);
    if (canary(Canary::failed_sync_believed) && outcome == AppendOutcome::unknown) {
        outcome = AppendOutcome::committed;
    }
    switch (outcome) {
        case AppendOutcome::committed: set_tip(blocks.back().tip); break;
        case AppendOutcome::deposed: stage_ = Stage::deposed; break;
        case AppendOutcome::unknown: stage_ = Stage::uncertain; break;
    }
    return outcome;
}

ChainTip Journal::tip() const {
    const std::scoped_lock lock(tip_mutex_);
    return tip_;
}

void Journal::set_tip(const ChainTip& tip) {
    const std::scoped_lock lock(tip_mutex_);
    tip_ = tip;
}

std::expected<void, JournalError> Journal::read(Seq from, const BlockVisitor& visitor) const {
    const Seq last = tip().seq;
    const Seq first = std::max(from, Seq{1});
    if (first > last) return {};
    return visit(first, last, [&](const StoredBlock& block) {
        // The store finds by where blocks begin; the one it starts with may end before `from`.
        const auto header = peek_header(block.bytes);
        const bool is_before = block.first_seq < first && header &&
                               header->first_seq == block.first_seq && header->last_seq() < first;
        return is_before || visitor(block);
    });
}

std::expected<std::optional<std::string>, JournalError> Journal::read_block(Seq seq) const {
    if (seq < Seq{1} || seq > tip().seq) return std::nullopt;
    std::expected<std::optional<std::string>, JournalError> result = std::unexpected(
        JournalError{JournalFault::damaged,
                     "the block that holds seq " + std::to_string(seq.value) + " is missing", seq});
    const auto visited = visit(seq, seq, [&](const StoredBlock& stored) {
        const auto block = BlockView::parse(stored.bytes);
        if (!block) {
            result = std::unexpected(damaged_at(stored.first_seq, describe(block.error())));
        } else if (block->first_seq() <= seq && seq <= block->last_seq()) {
            result = std::string(stored.bytes);
        }
        return false;
    });
    if (!visited) return std::unexpected(visited.error());
    return result;
}

std::expected<std::optional<std::string>, JournalError> Journal::read_personal(Seq seq) const {
    auto rows = read_personal(std::span(&seq, 1));
    if (!rows) return std::unexpected(std::move(rows.error()));
    return std::move(rows->front());
}

std::expected<void, JournalError> Journal::erase_personal(std::span<const Seq>) {
    return std::unexpected(
        JournalError{JournalFault::io, "nothing can be erased from this journal", std::nullopt});
}

std::expected<std::vector<std::optional<std::string>>, JournalError> Journal::read_personal(
    std::span<const Seq> seqs) const {
    const Seq last = tip().seq;
    auto rows = load_personal(seqs);
    if (!rows) return rows;
    CREDITD_ASSERT(rows->size() == seqs.size());
    for (std::size_t i = 0; i < seqs.size(); ++i) {
        if (seqs[i] > last) (*rows)[i].reset();
    }
    return rows;
}

}  // namespace creditd::replay
