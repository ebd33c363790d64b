#include "tests/sim/laws.hpp"

#include "tests/sim/crash.hpp"

namespace creditd::sim {
namespace {

__extension__ using Wide = __int128;  // a price times a quantity always fits

[[noreturn]] void broken(const char* law, const Event& event) {
    throw Failure{law, "by the event at seq " + std::to_string(event.seq.value) + " of account '" +
                           event.account + "'"};
}

/// The parts of grants that are used up, or set aside, by the event.
const std::vector<GrantPart>* parts_of(const Event& event) {
    if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) return &deducted->burned;
    if (const auto* placed = std::get_if<HoldPlaced>(&event.body)) return &placed->reserved;
    if (const auto* extended = std::get_if<HoldExtended>(&event.body)) return &extended->reserved;
    if (const auto* moved = std::get_if<TransferredOut>(&event.body)) return &moved->burned;
    return nullptr;
}

bool is_of_time(const Event& event) {
    if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
        return captured->hold.status == HoldStatus::expired;
    }
    if (const auto* released = std::get_if<HoldReleased>(&event.body)) {
        return released->hold.status == HoldStatus::expired;
    }
    // By a command it is an event alone, which says whose.
    if (std::holds_alternative<SubscriptionMoved>(event.body)) return !event.origin;
    return std::holds_alternative<GrantExpired>(event.body) ||
           std::holds_alternative<GrantActivated>(event.body) ||
           std::holds_alternative<LedgerOpened>(event.body) ||
           std::holds_alternative<EpochClaimed>(event.body);
}

}  // namespace

bool Origins::is_unasked(const Event& event) {
    if (followers_left_ > 0) {
        --followers_left_;
        return false;
    }
    if (const auto* const created = std::get_if<AccountCreated>(&event.body)) {
        followers_left_ = created->followed_by;
    }
    return is_of_time(event);
}

void Laws::check(const State& before, const Event& event) {
    check_spending(before, event);
    check_hold_end(before, event);
    check_once(event);
    check_refund(event);
    payment_laws_.check(event);
    check_command(event);
}

void Laws::check_spending(const State& before, const Event& event) const {
    if (const auto* parts = parts_of(event)) {
        const Account& account = before.accounts.get(event.account_no);
        if (account.closed()) broken("a closed account spends nothing", event);
        for (const GrantPart& part : *parts) {
            const Grant* const grant = account.grants.find(part.grant);
            if (grant == nullptr || grant->pending || grant->expires_at <= event.time) {
                broken("only what is effective and unexpired is spent", event);
            }
        }
    }
    if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) {
        check_usage(before, deducted->usage, deducted->required, event);
    } else if (const auto* placed = std::get_if<HoldPlaced>(&event.body)) {
        check_usage(before, placed->usage, placed->hold.amount, event);
    } else if (const auto* refused = std::get_if<CommandRefused>(&event.body)) {
        const bool is_short = refused->refusal.code == RefusalCode::insufficient_credits;
        if (is_short && !refused->refusal.shortfall.is_positive()) {
            broken("only who has too little is refused for it", event);
        }
    }
}

void Laws::check_usage(const State& before, const Usage& usage, Credits amount,
                       const Event& event) const {
    if (usage.feature.empty()) return;
    const auto feature = before.catalog().features.find(usage.feature);
    if (feature == before.catalog().features.end()) broken("only features are used", event);
    if (feature->second.set.rules.is_flat()) {
        const Wide price = static_cast<Wide>(feature->second.set.price.value) * usage.quantity;
        if (price != amount.value) broken("a price is the feature's, times the quantity", event);
    }
    Wide sum = 0;
    for (const PriceLine& line : usage.lines) sum += line.amount.value;
    if (sum != amount.value) broken("the lines of a price add up to it", event);
    if (usage.price_book != before.catalog().price_book) {
        broken("a use names the price book that it was priced with", event);
    }
}

void Laws::check_hold_end(const State& before, const Event& event) const {
    const auto* captured = std::get_if<HoldCaptured>(&event.body);
    if (captured == nullptr || captured->hold.status == HoldStatus::expired) return;
    const Hold* const hold = before.accounts.get(event.account_no).find_hold(captured->hold.id);
    if (hold == nullptr || hold->expires_at <= event.time) {
        broken("a hold that has run out is captured by nobody", event);
    }
}

void Laws::check_once(const Event& event) {
    const auto is_first = [&](auto& known, const std::string& name) {
        return known.emplace(name, event.seq).second;
    };
    if (event.origin && !event.origin->key.empty() && !is_first(keys_, event.origin->key)) {
        throw Failure{"one effect for each key",
                      "key '" + event.origin->key + "' at seq " +
                          std::to_string(keys_.at(event.origin->key).value) + " and again at seq " +
                          std::to_string(event.seq.value)};
    }
    if (const auto* bought = std::get_if<CreditsPurchased>(&event.body)) {
        if (!is_first(payments_, bought->provider + ' ' + bought->payment_id)) {
            broken("a payment credits once", event);
        }
    }
}

void Laws::check_refund(const Event& event) {
    if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) {
        deducted_[event.seq.value] = deducted->amount.value;
    } else if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
        deducted_[event.seq.value] = captured->amount.value;
    } else if (const auto* refund = std::get_if<CreditsRefunded>(&event.body)) {
        std::int64_t& total = refunded_[refund->deduction.value];
        total += refund->amount.value;
        if (total != refund->refunded_total.value || total > deducted_[refund->deduction.value]) {
            broken("no more comes back than was deducted", event);
        }
    }
}

/// Every event is of a command, whose last event says so, or of time.
void Laws::check_command(const Event& event) {
    if (sender_) {
        const auto* in = std::get_if<TransferredIn>(&event.body);
        const auto& out = std::get<TransferredOut>(sender_->body);
        if (in == nullptr || in->amount != out.amount || event.account != out.to) {
            broken("what one side of a transfer gives the other one gets", *sender_);
        }
    }
    sender_.reset();
    const bool is_unasked = origins_.is_unasked(event);
    if (std::holds_alternative<TransferredOut>(event.body)) sender_ = event;
    if (event.origin) {
        const Seq first = open_command_ == Seq{} ? event.seq : open_command_;
        if (event.origin->first_seq != first) broken("commands are whole", event);
        open_command_ = Seq{};
    } else if (!is_unasked) {
        if (open_command_ == Seq{}) open_command_ = event.seq;
    } else if (open_command_ != Seq{}) {
        broken("commands are whole", event);
    }
}

void Laws::check_end() const {
    if (open_command_ != Seq{}) {
        throw Failure{"commands are whole", "the one that begins at seq " +
                                                std::to_string(open_command_.value) +
                                                " has no end in its block"};
    }
}

}  // namespace creditd::sim
