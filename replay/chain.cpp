#include "replay/chain.hpp"

#include <string>

#include "core/assert.hpp"
#include "replay/fold.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay {
namespace {

JournalError shortened(Seq first_missing, Seq last_missing, std::string_view mark_name) {
    return {JournalFault::shortened,
            "events " + std::to_string(first_missing.value) + " to " +
                std::to_string(last_missing.value) + " are missing: " + std::string(mark_name) +
                " knows of them, the journal ends before",
            first_missing};
}

/// Why this block cannot come next, or nothing; moves the fold past it if it can.
std::optional<JournalError> take(Fold& fold, const StoredBlock& stored,
                                 const std::expected<BlockView, BlockError>& block) {
    const Seq expected = fold.tip().seq.next();
    if (stored.first_seq > expected) {
        return damaged_at(expected, "its block is missing; the next one kept begins at " +
                                        std::to_string(stored.first_seq.value));
    }
    if (!block) {
        return damaged_at(expected,
                          "its block is damaged: " + std::string(describe(block.error())));
    }
    if (block->first_seq() != stored.first_seq) {
        return damaged_at(expected, "its block stands under another block's number");
    }
    const FoldVerdict verdict = fold.offer(*block);
    if (verdict == FoldVerdict::accepted) return std::nullopt;
    return damaged_at(expected,
                      "its block does not continue the chain: " + std::string(describe(verdict)));
}

}  // namespace

std::expected<ChainReport, JournalError> verify_chain(const Journal& journal, const ChainTip& from,
                                                      const VerifiedBlockVisitor& visitor) {
    const ChainTip goal = journal.tip();
    if (const auto reached = check_reaches(journal, from, "the starting point"); !reached) {
        return std::unexpected(reached.error());
    }
    Fold fold(from);
    ChainReport report{from};
    std::optional<JournalError> found;
    bool is_stopped = false;
    const auto read = journal.read(from.seq.next(), [&](const StoredBlock& stored) {
        const auto block = BlockView::parse(stored.bytes);
        if (found = take(fold, stored, block); found) return false;
        report.tip = fold.tip();
        report.blocks += 1;
        report.events += block->header().count;
        report.bytes += stored.bytes.size();
        is_stopped = !visitor(*block, fold.tip());
        return !is_stopped;
    });
    if (found) return std::unexpected(*found);
    if (!read) {
        JournalError error = read.error();
        if (!error.seq) error.seq = fold.tip().seq.next();
        return std::unexpected(error);
    }
    if (!is_stopped && report.tip.seq < goal.seq) {
        return std::unexpected(shortened(report.tip.seq.next(), goal.seq, "the last block"));
    }
    CREDITD_ASSERT(is_stopped || report.tip.seq > goal.seq || report.tip == goal);
    return report;
}

std::expected<void, JournalError> check_reaches(const Journal& journal, const ChainTip& mark,
                                                std::string_view mark_name) {
    if (mark.is_empty()) return {};
    const ChainTip tip = journal.tip();
    if (tip.seq < mark.seq) {
        return std::unexpected(shortened(tip.seq.next(), mark.seq, mark_name));
    }
    if (tip.chain != mark.chain) {
        return std::unexpected(JournalError{
            JournalFault::foreign, std::string(mark_name) + " belongs to another ledger or shard"});
    }
    const auto bytes = journal.read_block(mark.seq);
    if (!bytes) return std::unexpected(bytes.error());
    CREDITD_ASSERT(bytes->has_value());
    const auto block = BlockView::parse(**bytes);
    CREDITD_ASSERT(block.has_value());
    if (block->tip(block->hash()) != mark) {
        return std::unexpected(damaged_at(
            block->first_seq(), "its block is not the one that " + std::string(mark_name) +
                                    " names (" + to_hex(mark.hash.bytes) + ")"));
    }
    return {};
}

}  // namespace creditd::replay
