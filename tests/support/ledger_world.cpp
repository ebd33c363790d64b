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

// --- facts ---------------------------------------------------------------------------------------

void FactBook::add_grant(GrantFact fact) {
    grant_order_.push_back(fact.id);
    grants_[fact.id.value] = std::move(fact);
}

void FactBook::add_deduction(DeductionFact fact) {
    deduction_order_.push_back(fact.id);
    deductions_[fact.id.value] = std::move(fact);
}

void FactBook::add(const Event& event) {
    const AccountNo no = event.account_no;
    if (const auto* granted = std::get_if<CreditsGranted>(&event.body)) {
        add_grant({GrantId::of(event.seq, 0), no, granted->amount, granted->terms, false});
    } else if (const auto* bought = std::get_if<CreditsPurchased>(&event.body)) {
        add_grant({GrantId::of(event.seq, 0), no, bought->amount, bought->terms, false});
        if (bought->bonus.is_positive()) {
            add_grant({GrantId::of(event.seq, 1), no, bought->bonus, bought->bonus_terms, false});
        }
        payments_[bought->payment_digest] = payment_fact_of(event, *bought);
    } else if (const auto* cycle = std::get_if<SubscriptionMoved>(&event.body)) {
        if (cycle->granted.is_positive()) {
            add_grant({GrantId::of(event.seq, 0), no, cycle->granted, cycle->terms, false});
        }
    } else if (const auto* redeemed = std::get_if<PromotionRedeemed>(&event.body)) {
        add_grant({GrantId::of(event.seq, 0), no, redeemed->amount, redeemed->terms, false});
    } else if (const auto* reward = std::get_if<ReferralRewarded>(&event.body)) {
        if (reward->amount.is_positive()) {
            add_grant({GrantId::of(event.seq, 0), no, reward->amount, reward->terms, false});
        }
    } else if (const auto* revoked = std::get_if<GrantRevoked>(&event.body)) {
        if (revoked->whole) grants_.at(revoked->grant.value).revoked = true;
    } else if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) {
        add_deduction({DeductionId{event.seq.value},
                       no,
                       deducted->amount,
                       deducted->debt,
                       deducted->burned,
                       {},
                       Credits{},
                       deducted->usage.user,
                       deducted->usage.feature,
                       event.time,
                       deducted->usage.model});
    } else if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
        add_deduction({DeductionId{event.seq.value},
                       no,
                       captured->amount,
                       captured->debt,
                       captured->burned,
                       {},
                       Credits{},
                       captured->usage.user,
                       captured->usage.feature,
                       event.time,
                       captured->usage.model});
    } else if (const auto* refunded = std::get_if<CreditsRefunded>(&event.body)) {
        deductions_.at(refunded->deduction.value).refunded_total = refunded->refunded_total;
        for (const RestoredPart& part : refunded->restored) {
            if (part.into != RestoredInto::new_grant) continue;
            add_grant({part.grant, no, part.amount, part.terms, false});
        }
    } else if (const auto* moved = std::get_if<TransferredIn>(&event.body)) {
        for (std::size_t i = 0; i < moved->moved.size(); ++i) {
            const MovedPart& part = moved->moved[i];
            const GrantId id = GrantId::of(event.seq, static_cast<std::uint16_t>(i));
            add_grant({id, no, part.amount, part.terms, false});
        }
    } else if (const auto* placed = std::get_if<HoldPlaced>(&event.body)) {
        hold_order_.push_back(placed->hold.id);
        holds_[placed->hold.id.value] = {placed->hold.id, no};
    }
}

Evidence FactBook::evidence_for(const Command& command, Seq as_of) const {
    Evidence evidence;
    evidence.as_of = as_of;
    const auto add_hold = [&](HoldId id) {
        if (const auto found = holds_.find(id.value); found != holds_.end()) {
            evidence.hold = found->second;
        }
    };
    if (const auto* purchase = std::get_if<PurchaseCredits>(&command.body)) {
        const auto found = payments_.find(purchase->payment_digest);
        if (found != payments_.end()) evidence.payment = found->second;
    } else if (const auto* revoke = std::get_if<RevokeGrant>(&command.body)) {
        const auto found = grants_.find(revoke->grant.value);
        if (found != grants_.end()) evidence.grant = found->second;
    } else if (const auto* refund = std::get_if<RefundDeduction>(&command.body)) {
        const auto found = deductions_.find(refund->deduction.value);
        if (found == deductions_.end()) return evidence;
        evidence.deduction = found->second;
        for (const GrantPart& part : found->second.burned) {
            evidence.deduction->grants.push_back(grants_.at(part.grant.value));
        }
    } else if (const auto* capture = std::get_if<CaptureHold>(&command.body)) {
        add_hold(capture->hold);
    } else if (const auto* extend = std::get_if<ExtendHold>(&command.body)) {
        add_hold(extend->hold);
    } else if (const auto* release = std::get_if<ReleaseHold>(&command.body)) {
        add_hold(release->hold);
    }
    return evidence;
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
