#include "tests/support/ledger_world.hpp"

#include <algorithm>

#include "replay/block.hpp"
#include "replay/sha256.hpp"

namespace creditd::tests {
namespace {

Event claim_event_of(Epoch epoch, Seq seq, Timestamp time) {
    Event event;
    event.seq = seq;
    event.time = time;
    event.body = EpochClaimed{epoch};
    return event;
}

Hash256 commitment_to(const std::string& personal) {
    return personal.empty() ? Hash256{} : replay::sha256(personal);
}

}  // namespace

std::string encode_claim(Epoch epoch, Seq seq, Timestamp time) {
    schemas::EventEncoder encoder;
    return std::string(encoder.encode(claim_event_of(epoch, seq, time)));
}

// --- the ledger ----------------------------------------------------------------------------------

LedgerWorld::LedgerWorld(unsigned decimals) {
    events_.push_back({claim_event_of(Epoch{1}, Seq{1}, now_), {}});
    apply(*state_, events_.back().event);
    now_ = now_ + Duration{1};
    const Event opened =
        open_ledger(*state_, chain().ledger.bytes, static_cast<std::uint8_t>(decimals), now_);
    events_.push_back({opened, {}});
    apply(*state_, events_.back().event);
}

replay::ChainId LedgerWorld::chain() const {
    replay::ChainId chain;
    for (std::size_t i = 0; i < chain.ledger.bytes.size(); ++i) {
        chain.ledger.bytes[i] = static_cast<std::uint8_t>(0x10 + i);
    }
    return chain;
}

CommandMeta LedgerWorld::next_meta(std::string personal) {
    CommandMeta meta;
    meta.key = "key-" + std::to_string(++commands_);
    meta.key_digest = replay::digest128('k', meta.key);
    meta.fingerprint = replay::digest128('f', meta.key);
    meta.actor = "key_test";
    meta.personal_hash = commitment_to(personal);
    meta.personal = std::move(personal);
    return meta;
}

void LedgerWorld::take(std::size_t first) {
    for (std::size_t i = first; i < events_.size(); ++i) facts_.add(events_[i].event);
}

Outcome LedgerWorld::run(Command command) {
    now_ = now_ + Duration{1};
    command.evidence = facts_.evidence_for(command, state_->head.seq);
    const std::size_t first = events_.size();
    const Outcome outcome = execute(*state_, command, now_, Policy{}, events_);
    take(first);
    return outcome;
}

Outcome LedgerWorld::run(CommandBody body, std::string personal) {
    return run(Command{next_meta(std::move(personal)), std::move(body), {}});
}

Outcome LedgerWorld::run_atomic(std::vector<CommandBody> bodies) {
    now_ = now_ + Duration{1};
    AtomicBatch batch;
    batch.meta = next_meta({});
    batch.as_of = state_->head.seq;
    for (CommandBody& body : bodies) {
        Command command{{}, std::move(body), {}};
        command.evidence = facts_.evidence_for(command, state_->head.seq);
        batch.operations.push_back(std::move(command));
    }
    const std::size_t first = events_.size();
    const Outcome outcome = execute(*state_, batch, now_, Policy{}, events_);
    take(first);
    return outcome;
}

void LedgerWorld::sweep_due() {
    const std::size_t first = events_.size();
    while (sweep(*state_, now_, Policy{}, limits::sweep_events_max, events_)) {
    }
    take(first);
}

void LedgerWorld::put_account(std::string id, std::int64_t credit_limit) {
    PutAccount command;
    command.account = std::move(id);
    if (credit_limit != 0) command.credit_limit = Credits{credit_limit};
    CREDITD_ASSERT(run(command).kind == OutcomeKind::done);
}

GrantId LedgerWorld::grant(std::string account, std::int64_t amount, ExpiryRequest expiry) {
    GrantCredits command;
    command.account = std::move(account);
    command.amount = Credits{amount};
    command.expiry = expiry;
    CREDITD_ASSERT(run(command).kind == OutcomeKind::done);
    return GrantId::of(last().seq, 0);
}

Outcome LedgerWorld::deduct(std::string account, std::int64_t amount) {
    DeductCredits command;
    command.account = std::move(account);
    command.price.amount = Credits{amount};
    return run(command);
}

void LedgerWorld::append_to(replay::Journal& journal, std::size_t block_events,
                            std::size_t group_blocks) {
    if (journal.tip().is_empty()) {
        const Timestamp time = events_.front().event.time;
        CREDITD_ASSERT(journal.claim(chain(), time, encode_claim).has_value());
    }
    schemas::EventEncoder encoder;
    replay::BlockBuilder builder;
    replay::ChainTip tip = journal.tip();
    std::vector<replay::SealedBlock> blocks;
    std::vector<replay::PersonalRow> rows;
    for (std::size_t at = tip.seq.value; at < events_.size();) {
        builder.begin(events_[at].event.seq);
        const std::size_t end = std::min(at + block_events, events_.size());
        for (; at < end; ++at) {
            builder.append(encoder.encode(events_[at].event));
            if (events_[at].personal.empty()) continue;
            rows.push_back({events_[at].event.seq, events_[at].personal});
        }
        blocks.push_back(builder.seal(tip, events_[at - 1].event.time));
        tip = blocks.back().tip;
        if (blocks.size() < group_blocks && at < events_.size()) continue;
        CREDITD_ASSERT(journal.append(blocks, rows) == replay::AppendOutcome::committed);
        blocks.clear();
        rows.clear();
    }
}

std::unique_ptr<State> LedgerWorld::replayed_to(Seq seq) const {
    auto state = std::make_unique<State>();
    for (std::size_t i = 0; i < seq.value; ++i) apply(*state, events_[i].event);
    return state;
}

}  // namespace creditd::tests
