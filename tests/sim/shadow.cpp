#include "tests/sim/shadow.hpp"

#include "core/apply.hpp"
#include "core/conservation.hpp"
#include "replay/sha256.hpp"
#include "replay/state_hash.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::sim {
namespace {

std::string at(const Event& event) {
    return " at seq " + std::to_string(event.seq.value) + " (account '" + event.account + "')";
}

}  // namespace

void Shadow::follow(const SimDisk& disk) {
    const auto& blocks = disk.blocks();
    for (auto stored = blocks.upper_bound(tip().seq); stored != blocks.end(); ++stored) {
        const auto block = replay::BlockView::parse(stored->second);
        if (!block || fold_.offer(*block) != replay::FoldVerdict::accepted) {
            throw Failure{"unbroken chain", "the block at seq " +
                                                std::to_string(stored->first.value) +
                                                " does not continue the chain"};
        }
        for (const std::string_view bytes : *block) {
            Event event;
            if (const auto decoded = schemas::decode_event(bytes, event); !decoded) {
                throw Failure{"readable events", std::string(decoded.error().detail)};
            }
            take(event);
        }
        laws_.check_end();
        last_first_ = stored->first;
        last_block_ = tip().hash;
    }
}

void Shadow::take(const Event& event) {
    laws_.check(*state_, event);
    apply(*state_, event);
    check_account(event);
    seen_(event);
}

void Shadow::check_account(const Event& event) const {
    if (event.account_no.is_none()) return;
    if (const auto rule = broken_rule(*state_, event.account_no)) {
        throw Failure{"conservation", std::string(*rule) + at(event)};
    }
    const Account& account = state_->accounts.get(event.account_no);
    // A limit may be lowered below what is used already; only what spends must respect it.
    const bool spends = std::holds_alternative<CreditsDeducted>(event.body) ||
                        std::holds_alternative<HoldPlaced>(event.body) ||
                        std::holds_alternative<TransferredOut>(event.body);
    if (spends && account.available() < -account.credit_limit()) {
        throw Failure{"available is not below the limit", "broken" + at(event)};
    }
}

void Shadow::check_kept(const SimDisk& disk) const {
    if (last_first_ == Seq{}) return;
    const auto kept = disk.blocks().find(last_first_);
    // Each block holds the hash of the one before: the last one vouches for all.
    if (kept == disk.blocks().end() || replay::sha256(kept->second) != last_block_) {
        throw Failure{"acknowledged events stay",
                      "the events up to seq " + std::to_string(tip().seq.value) +
                          " were acknowledged and are not there any more"};
    }
}

Hash256 Shadow::hash() const { return replay::hash_state(*state_); }

}  // namespace creditd::sim
