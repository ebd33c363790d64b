// Turns decided events into sealed blocks that continue the chain, and their personal parts into
// rows. Owned by the ledger thread; what it hands out is complete.
#pragma once

#include <span>
#include <vector>

#include "core/event.hpp"
#include "replay/block.hpp"
#include "replay/journal.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::daemon {

class BlockStream {
public:
    /// `tip`: where the chain ends now; `tip.epoch` is the leader's.
    explicit BlockStream(const replay::ChainTip& tip) : tip_(tip) {}

    /// Adds the events of one operation in order. A block is sealed when it is full, but never in
    /// the middle of a command; `one_block` keeps all of them together.
    void add(std::span<DecidedEvent> events, bool one_block);
    /// Seals what is open.
    void flush();

    bool is_empty() const { return blocks.empty() && builder_.is_empty(); }
    /// The chain's end after the last sealed block.
    const replay::ChainTip& tip() const { return tip_; }

    std::vector<replay::SealedBlock> blocks;
    std::vector<replay::PersonalRow> rows;
    /// Events whose account an image is to be made of.
    struct Marked {
        AccountNo no = AccountNo::none();
        Seq seq{};
    };
    std::vector<Marked> marked;

private:
    void append(const Event& event);
    void mark(const Event& event);

    schemas::EventEncoder encoder_;
    replay::BlockBuilder builder_;
    replay::ChainTip tip_;
    Timestamp last_time_{};
};

}  // namespace creditd::daemon
