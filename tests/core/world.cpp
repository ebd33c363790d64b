#include "tests/core/world.hpp"

#include <gtest/gtest.h>

#include <array>

#include "core/burn.hpp"
#include "core/conservation.hpp"
#include "core/state_digest.hpp"
#include "replay/sha256.hpp"

namespace creditd::tests {

World::World() {
    const std::array<std::uint8_t, 16> ledger_id{1, 2, 3};
    events_.push_back({open_ledger(*state_, ledger_id, 6, now_), {}});
    apply(*state_, events_.back().event);
    check_news();
}

World::World(const std::vector<DecidedEvent>& events) : events_(events) {
    for (const DecidedEvent& decided : events_) apply(*state_, decided.event);
    now_ = state_->head.time;
    check_news();
}

CommandMeta World::meta_of(const Asked& asked) {
    CommandMeta meta;
    if (!asked.keyless) {
        meta.key = asked.key.empty() ? "key-" + std::to_string(++keys_) : asked.key;
        meta.key_digest = replay::digest128('k', meta.key);
    }
    meta.actor = "key_rules";
    meta.account_prefix = asked.prefix;
    meta.personal = asked.personal;
    if (!asked.personal.empty()) meta.personal_hash = replay::sha256(asked.personal);
    return meta;
}

FactBook World::facts_as_of(Seq seq) const {
    if (seq == state_->head.seq) return facts_;
    FactBook facts;
    for (const DecidedEvent& decided : events_) {
        if (decided.event.seq <= seq) facts.add(decided.event);
    }
    return facts;
}

Outcome World::run(const CommandBody& body, const Asked& asked) {
    Command command{meta_of(asked), body, {}};
    const Seq as_of = asked.evidence_as_of.value_or(state_->head.seq);
    command.evidence = facts_as_of(as_of).evidence_for(command, as_of);
    news_begin_ = events_.size();
    outcome_ = execute(*state_, command, now_, policy, events_);
    check_news();
    return outcome_;
}

Outcome World::run_atomic(const std::vector<CommandBody>& bodies, const Asked& asked) {
    AtomicBatch batch;
    batch.meta = meta_of(asked);
    batch.as_of = asked.evidence_as_of.value_or(state_->head.seq);
    const FactBook facts = facts_as_of(batch.as_of);
    for (const CommandBody& body : bodies) {
        Command command{{}, body, {}};
        command.meta.account_prefix = asked.prefix;
        command.evidence = facts.evidence_for(command, batch.as_of);
        batch.operations.push_back(std::move(command));
    }
    news_begin_ = events_.size();
    outcome_ = execute(*state_, batch, now_, policy, events_);
    check_news();
    return outcome_;
}

bool World::sweep(std::size_t events_max) {
    news_begin_ = events_.size();
    const bool more = creditd::sweep(*state_, now_, policy, events_max, events_);
    check_news();
    return more;
}

void World::forget_window() {
    auto started = std::make_unique<State>();
    started->head = state_->head;
    started->change_catalog() = state_->catalog();
    for (std::uint32_t i = 0; i < state_->terms.count(); ++i) {
        started->terms.intern(SharedTerms(state_->terms.get(TermsNo{i})));
    }
    for (std::uint32_t i = 0; i < state_->accounts.count(); ++i) {
        started->restore_account(Account(state_->accounts.get(AccountNo{i})));
    }
    started->window.start_at(state_->head.seq);
    EXPECT_EQ(canonical_bytes(*started), canonical_bytes(*state_));
    state_ = std::move(started);
}

const Account& World::account(std::string_view id) const {
    const auto no = state_->accounts.find(id);
    CREDITD_ASSERT(no.has_value());
    return state_->accounts.get(*no);
}

std::vector<Event> World::news() const {
    std::vector<Event> result;
    for (std::size_t i = news_begin_; i < events_.size(); ++i) result.push_back(events_[i].event);
    return result;
}

namespace {

/// What the event says of its hold: equal to what is there, or that nothing of it is left.
void check_hold(const State& state, AccountNo no, const HoldSummary& said, Credits released) {
    const Hold* const there = state.accounts.get(no).find_hold(said.id);
    EXPECT_EQ(said.status == HoldStatus::open, there != nullptr);
    EXPECT_EQ(state.account_of_hold(said.id), there != nullptr ? std::optional{no} : std::nullopt);
    EXPECT_EQ(said.amount, said.captured + said.remaining + released);
    if (there == nullptr) {
        EXPECT_EQ(said.remaining, Credits{});
        return;
    }
    EXPECT_EQ(said, (HoldSummary{there->id, there->amount, there->captured, there->remaining(),
                                 HoldStatus::open, there->expires_at, there->on_expiry}));
}

/// Grants that a refund makes count from 0, begin with the refund, and are as large as it says.
void check_new_grants(const std::vector<RestoredPart>& restored, const Event& event) {
    std::uint16_t index = 0;
    for (const RestoredPart& part : restored) {
        if (part.into != RestoredInto::new_grant) continue;
        EXPECT_EQ(part.grant, GrantId::of(event.seq, index++));
        EXPECT_EQ(part.original_amount, part.amount);
        EXPECT_EQ(part.terms.effective_at, event.time);
    }
}

}  // namespace

void World::check_answer(const Event& event) const {
    if (event.account_no.is_none()) return;
    const Account& account = mirror_->accounts.get(event.account_no);
    const testing::ScopedTrace trace(__FILE__, __LINE__, std::string(name_of(event.body)));
    Credits available = account.available();
    if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) {
        available = available_for(*mirror_, account, deducted->usage.feature, event.time);
    } else if (const auto* refunded = std::get_if<CreditsRefunded>(&event.body)) {
        check_new_grants(refunded->restored, event);
    } else if (const auto* back = std::get_if<PaymentRestored>(&event.body)) {
        check_new_grants(back->restored, event);
    } else if (const auto* placed = std::get_if<HoldPlaced>(&event.body)) {
        check_hold(*mirror_, event.account_no, placed->hold, {});
    } else if (const auto* extended = std::get_if<HoldExtended>(&event.body)) {
        check_hold(*mirror_, event.account_no, extended->hold, {});
    } else if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
        check_hold(*mirror_, event.account_no, captured->hold, captured->released);
    } else if (const auto* released = std::get_if<HoldReleased>(&event.body)) {
        check_hold(*mirror_, event.account_no, released->hold, released->released);
    }
    EXPECT_EQ(event.balances.available, available);
}

void World::check_laws(const Event& event) const {
    for (std::uint32_t i = 0; i < mirror_->accounts.count(); ++i) {
        const auto broken = broken_rule(*mirror_, AccountNo{i});
        EXPECT_FALSE(broken) << *broken << " of " << mirror_->accounts.get(AccountNo{i}).id()
                             << " after event " << event.seq.value << " (" << name_of(event.body)
                             << ")";
    }
}

void World::check_news() {
    for (; checked_ < events_.size(); ++checked_) {
        const Event& event = events_[checked_].event;
        apply(*mirror_, event);
        facts_.add(event);
        check_answer(event);
        if (check_every_event || checked_ + 1 == events_.size()) check_laws(event);
    }
    EXPECT_EQ(canonical_bytes(*mirror_), canonical_bytes(*state_))
        << "replay differs from what was decided, at event " << state_->head.seq.value;
}

std::string canonical_bytes(const State& state) {
    std::string bytes;
    append_canonical_ledger(bytes, state);
    for (std::uint32_t i = 0; i < state.accounts.count(); ++i) {
        append_canonical_account(bytes, state.accounts.get(AccountNo{i}), state.terms);
    }
    return bytes;
}

std::string canonical_bytes(const State& state, std::string_view account) {
    std::string bytes;
    append_canonical_account(bytes, state.accounts.get(*state.accounts.find(account)), state.terms);
    return bytes;
}

std::string_view name_of(const EventBody& body) {
    static constexpr std::array<std::string_view, std::variant_size_v<EventBody>> names{
        "ledger_opened",      "epoch_claimed",       "account_created",    "account_updated",
        "account_closed",     "account_reopened",    "credits_granted",    "credits_purchased",
        "purchase_repeated",  "grant_activated",     "grant_expired",      "grant_revoked",
        "credits_deducted",   "credits_refunded",    "hold_placed",        "hold_extended",
        "hold_captured",      "hold_released",       "transferred_out",    "transferred_in",
        "command_refused",    "feature_set",         "feature_removed",    "api_key_created",
        "api_key_revoked",    "offer_set",           "offer_removed",      "subscription_moved",
        "promotion_redeemed", "referral_made",       "referral_rewarded",  "budget_set",
        "budget_removed",     "alert_set",           "alert_removed",      "balance_alerted",
        "auto_top_up_set",    "auto_top_up_removed", "top_up_asked",       "clock_advanced",
        "endpoint_set",       "endpoint_removed",    "order_set",          "payment_noted",
        "payment_reversed",   "payment_restored",    "notification_noted", "account_forgotten"};
    return names[body.index()];
}

}  // namespace creditd::tests
