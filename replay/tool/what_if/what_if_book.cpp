#include "replay/tool/what_if/what_if_book.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "core/utc.hpp"

namespace creditd::replay::tool {
namespace {

/// Would it have cost more than the account had, its credit limit apart?
bool is_beyond_available(const Event& event, const RepricedUse& use) {
    if (!std::holds_alternative<CreditsDeducted>(event.body)) return false;
    const Credits left = std::max(event.balances.available, Credits{});
    return use.would_be - use.was > left;
}

WideCredits magnitude(WideCredits value) { return value < 0 ? -value : value; }

bool is_same(const Change& a, const Change& b) {
    return a.count == b.count && a.was == b.was && a.would_be == b.would_be;
}

void join(Change& sum, const Change& part) {
    sum.count += part.count;
    sum.was += part.was;
    sum.would_be += part.would_be;
}

}  // namespace

Change WhatIf::total() const {
    Change sum;
    for (const Change& part : uses) join(sum, part);
    sum.was -= refunds.was;
    sum.would_be -= refunds.would_be;
    return sum;
}

void WhatIfBook::take(const Event& event) {
    if (first_ == Seq{}) first_ = event.seq;
    if (const auto use = prices_.reprice(event)) {
        add(event, *use);
    } else if (const auto* refund = std::get_if<CreditsRefunded>(&event.body)) {
        add(event, *refund);
    }
}

void WhatIfBook::add(const Event& event, const RepricedUse& use) {
    ChangeRow& account = sums_.accounts[place_of(event)].row;
    ChangeRow& feature = feature_row(use.usage.feature);
    if (use.no_price) sums_.no_price[*use.no_price].add(use.was, use.would_be);
    if (use.is_waived) {
        for (Change* const sum : {&account.waived, &feature.waived, &sums_.waived}) {
            sum->add(use.was, use.would_be);
        }
        return;
    }
    Change& kind = sums_.uses[static_cast<std::size_t>(use.pricing)];
    Change& day = sums_.days[day_of(event.time)];
    for (Change* const sum : {&account.used, &feature.used, &kind, &day}) {
        sum->add(use.was, use.would_be);
    }
    if (is_beyond_available(event, use)) ++sums_.beyond_available;
}

void WhatIfBook::add(const Event& event, const CreditsRefunded& refund) {
    refunds_.push_back({refund.deduction.value, place_of(event), day_of(event.time),
                        &feature_row(refund.feature), refund.amount, refund.refunded_total});
}

std::uint32_t WhatIfBook::place_of(const Event& event) {
    const std::size_t no = event.account_no.value;
    if (no >= places_.size()) places_.resize(std::max(no + 1, 2 * places_.size()));
    if (places_[no] == 0) {
        sums_.accounts.push_back({event.account, {}});
        places_[no] = static_cast<std::uint32_t>(sums_.accounts.size());
    }
    return places_[no] - 1;
}

ChangeRow& WhatIfBook::feature_row(std::string_view feature) {
    const auto found = sums_.features.find(feature);
    if (found != sums_.features.end()) return found->second;
    return sums_.features[std::string(feature)];
}

std::expected<Credits, JournalError> WhatIfBook::would_go_back(const Refund& refund,
                                                               EventLookup& lookup) {
    if (refund.deduction < first_.value) return refund.amount;
    const auto event = lookup.event(Seq{refund.deduction});
    if (!event) return std::unexpected(event.error());
    const auto use = *event ? prices_.reprice(**event) : std::nullopt;
    if (!use || !use->was.is_positive() || refund.refunded_total > use->was) {
        return std::unexpected(
            JournalError{JournalFault::damaged,
                         "seq " + std::to_string(refund.deduction) + ": a refund does not fit it",
                         Seq{refund.deduction}});
    }
    const Credits before = refund.refunded_total - refund.amount;
    return proportion(use->would_be, refund.refunded_total, use->was) -
           proportion(use->would_be, before, use->was);
}

std::expected<WhatIf, JournalError> WhatIfBook::settle(EventLookup& lookup) {
    // In the order of the log, each block of it is read once.
    std::ranges::sort(refunds_, {}, &Refund::deduction);
    for (const Refund& refund : refunds_) {
        const auto would_be = would_go_back(refund, lookup);
        if (!would_be) return std::unexpected(would_be.error());
        sums_.refunds.add(refund.amount, *would_be);
        sums_.accounts[refund.account].row.used.take_off(refund.amount, *would_be);
        refund.feature->used.take_off(refund.amount, *would_be);
        sums_.days[refund.day].take_off(refund.amount, *would_be);
    }
    std::ranges::sort(sums_.accounts, [](const AccountChange& a, const AccountChange& b) {
        const WideCredits first = magnitude(a.row.used.difference());
        const WideCredits second = magnitude(b.row.used.difference());
        return first != second ? first > second : a.account < b.account;
    });
    return std::move(sums_);
}

bool adds_up(const WhatIf& what_if) {
    Change accounts;
    Change features;
    Change days;
    for (const AccountChange& one : what_if.accounts) join(accounts, one.row.used);
    for (const auto& [feature, row] : what_if.features) join(features, row.used);
    for (const auto& [day, change] : what_if.days) join(days, change);
    const Change total = what_if.total();
    return is_same(accounts, total) && is_same(features, total) && is_same(days, total);
}

}  // namespace creditd::replay::tool
