#include "replay/tool/books/books.hpp"

#include "core/assert.hpp"

namespace creditd::replay::tool {

using enum MovementKind;

void Books::add(ChartNo account, WideCredits amount) {
    for (Posting& posting : postings_) {
        if (posting.account != account) continue;
        posting.amount += amount;
        return;
    }
    postings_.push_back({account, amount});
}

void Books::move(Credits amount, ChartNo to, ChartNo from) {
    add(to, amount.value);
    add(from, -amount.value);
}

ChartNo Books::customer(Chart chart, const Event& event) {
    return chart_.of_customer(chart, event.account_no, event.account);
}

ChartNo Books::usage(const Movement& movement) {
    return movement.name.empty() ? chart_.of_name(Chart::amounts)
                                 : chart_.of_name(Chart::usage, movement.name);
}

/// What a new grant was made from.
ChartNo Books::made_from(const Movement& movement) {
    if (movement.is_purchase) return chart_.of_name(Chart::clearing, movement.name);
    const Chart chart = movement.terms->cost.minor > 0 ? Chart::paid : Chart::promo;
    return chart_.of_name(chart, kind_title(movement.terms->kind));
}

Books::Source& Books::source_of(GrantId grant) {
    const auto found = sources_.find(grant.value);
    CREDITD_ASSERT(found != sources_.end());
    return found->second;
}

/// The new grant goes back to where the old one came from. Without an old one, it is what had been
/// debt, which was repaid in the meantime.
void Books::inherit(const Movement& movement) {
    const Source source = movement.from == GrantId{}
                              ? Source{made_from(movement), false, {}}
                              : Source{source_of(movement.from).account, false, {}};
    sources_[movement.grant.value] = source;
}

void Books::take_new(const Event& event, const Movement& movement) {
    const Credits amount = movement.amount;
    switch (movement.kind) {
        case born: {
            const Source source{made_from(movement), movement.is_pending, {}};
            sources_[movement.grant.value] = source;
            const Chart to = movement.is_pending ? Chart::pending : Chart::credits;
            move(amount, source.account, customer(to, event));
            return;
        }
        case moved_in:
            inherit(movement);
            move(amount, chart_.of_name(Chart::transfers), customer(Chart::credits, event));
            return;
        default:
            CREDITD_ASSERT(movement.kind == activated);
            source_of(movement.grant).is_pending = false;
            move(amount, customer(Chart::pending, event), customer(Chart::credits, event));
            return;
    }
}

void Books::take_gone(const Event& event, const Movement& movement) {
    const Credits amount = movement.amount;
    switch (movement.kind) {
        case used: move(amount, customer(Chart::credits, event), usage(movement)); return;
        case used_on_credit: move(amount, customer(Chart::debts, event), usage(movement)); return;
        case repaid:
            move(amount, customer(Chart::credits, event), customer(Chart::debts, event));
            return;
        case expired:
            move(amount, customer(Chart::credits, event), chart_.of_name(Chart::breakage));
            return;
        case moved_out:
            move(amount, customer(Chart::credits, event), chart_.of_name(Chart::transfers));
            return;
        default: {
            CREDITD_ASSERT(movement.kind == revoked);
            const Source source = source_of(movement.grant);
            const Chart of = source.is_pending ? Chart::pending : Chart::credits;
            move(amount, customer(of, event), source.account);
            return;
        }
    }
}

void Books::take_restored(const Event& event, const Movement& movement) {
    const Credits amount = movement.amount;
    switch (movement.kind) {
        case debt_reversed: move(amount, usage(movement), customer(Chart::debts, event)); return;
        case restored_revoked:
            move(amount, usage(movement), source_of(movement.from).account);
            return;
        default:
            CREDITD_ASSERT(movement.kind == restored);
            if (movement.grant != movement.from) inherit(movement);
            move(amount, usage(movement), customer(Chart::credits, event));
            return;
    }
}

void Books::take_reversed(const Event& event, const Movement& movement) {
    const ChartNo debts = customer(Chart::debts, event);
    const ChartNo credits = customer(Chart::credits, event);
    switch (movement.kind) {
        case owed: {
            Source& source = source_of(movement.grant);
            move(movement.amount - source.owed, debts, source.account);
            source.owed = movement.amount;
            return;
        }
        case unrevoked:
            if (movement.grant != movement.from) inherit(movement);
            move(movement.amount, source_of(movement.grant).account, credits);
            return;
        default:
            // It is owed no longer, but neither is it a debt: something else has paid it.
            CREDITD_ASSERT(movement.kind == unrevoked_repaid);
            inherit(movement);
            move(movement.amount, debts, credits);
            return;
    }
}

void Books::take(const Event& event, const Movement& movement) {
    switch (movement.kind) {
        case born:
        case activated:
        case moved_in: take_new(event, movement); return;
        case repaid:
        case used:
        case used_on_credit:
        case expired:
        case revoked:
        case moved_out: take_gone(event, movement); return;
        case restored:
        case restored_revoked:
        case debt_reversed: take_restored(event, movement); return;
        case owed:
        case unrevoked:
        case unrevoked_repaid: take_reversed(event, movement); return;
    }
}

std::span<const Posting> Books::post(const Event& event) {
    postings_.clear();
    movements_of(event, movements_);
    for (const Movement& movement : movements_) take(event, movement);
    std::erase_if(postings_, [](const Posting& posting) { return posting.amount == 0; });
    WideCredits sum = 0;
    for (const Posting& posting : postings_) {
        chart_.at(posting.account).balance += posting.amount;
        sum += posting.amount;
    }
    CREDITD_ASSERT(sum == 0);
    return postings_;
}

bool Books::agrees_with(const Event& event) const {
    if (event.account_no.is_none()) return true;
    const WideCredits owned = -chart_.balance_of(Chart::credits, event.account_no) -
                              chart_.balance_of(Chart::debts, event.account_no);
    return owned == event.balances.after.value;
}

}  // namespace creditd::replay::tool
