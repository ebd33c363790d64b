// Makes chains of blocks for tests, with events that name themselves, and fills journals with them.
// Every test uses the same ledger, start time and events, so that any of them can be recognised.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "replay/block.hpp"
#include "replay/journal.hpp"

namespace creditd::tests {

inline replay::ChainId test_chain() {
    replay::ChainId chain;
    chain.shard = 7;
    for (std::size_t i = 0; i < chain.ledger.bytes.size(); ++i) {
        chain.ledger.bytes[i] = static_cast<std::uint8_t>(0xa0 + i);
    }
    return chain;
}

inline Timestamp test_time() { return Timestamp{1'700'000'000'000'000}; }

inline std::string claim_event(Epoch epoch, Seq seq, Timestamp) {
    return "claim " + std::to_string(epoch.value) + " at " + std::to_string(seq.value);
}

/// The event `seq` as every test writes it; the sizes differ.
inline std::string test_event(Seq seq) {
    return "event " + std::to_string(seq.value) + std::string(seq.value % 50, '.');
}

inline replay::SealedBlock block_after(const replay::ChainTip& tip, std::uint32_t count) {
    replay::BlockBuilder builder;
    builder.begin(tip.seq.next());
    for (std::uint32_t i = 0; i < count; ++i) builder.append(test_event(builder.next_seq()));
    return builder.seal(tip, tip.time + Duration{1'000});
}

inline replay::SealedBlock claim_after(const replay::ChainTip& tip) {
    replay::BlockBuilder builder;
    builder.begin(tip.seq.next());
    builder.append(claim_event(Epoch{tip.epoch.value + 1}, tip.seq.next(), tip.time));
    return builder.seal_claim(tip, test_chain(), test_time());
}

/// `blocks` blocks of `count` events each, one after the other.
inline std::vector<replay::SealedBlock> blocks_after(replay::ChainTip tip, int blocks,
                                                     std::uint32_t count) {
    std::vector<replay::SealedBlock> made;
    for (int i = 0; i < blocks; ++i) {
        made.push_back(block_after(tip, count));
        tip = made.back().tip;
    }
    return made;
}

inline replay::ChainTip opened(replay::Journal& journal) {
    const auto tip = journal.open();
    if (!tip) ADD_FAILURE() << tip.error().detail;
    return tip.value_or(replay::ChainTip{});
}

inline replay::ChainTip claimed(replay::Journal& journal) {
    const auto tip = journal.claim(test_chain(), test_time(), claim_event);
    if (!tip) ADD_FAILURE() << tip.error().detail;
    return tip.value_or(replay::ChainTip{});
}

/// Appends blocks, one write each; returns the tip.
inline replay::ChainTip fill(replay::Journal& journal, int blocks, std::uint32_t count) {
    for (const auto& block : blocks_after(journal.tip(), blocks, count)) {
        EXPECT_EQ(journal.append({&block, 1}, {}), replay::AppendOutcome::committed);
    }
    return journal.tip();
}

inline std::vector<std::string> read_all(const replay::Journal& journal, Seq from) {
    std::vector<std::string> blocks;
    const auto read = journal.read(from, [&](const replay::StoredBlock& block) {
        blocks.emplace_back(block.bytes);
        return true;
    });
    if (!read) ADD_FAILURE() << read.error().detail;
    return blocks;
}

}  // namespace creditd::tests
