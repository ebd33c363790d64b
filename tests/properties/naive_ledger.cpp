#include "tests/properties/naive_ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "schemas/event_kind.hpp"

namespace creditd::tests {
namespace {

bool may_pay(const Lot& lot, const std::string& feature, Timestamp now) {
    if (lot.is_pending || lot.terms.expires_at <= now) return false;
    const auto& limit = lot.terms.features;
    return limit.empty() || std::ranges::count(limit, feature) > 0;
}

/// Commands first do what time has made due; time's own events come one after the other.
bool is_of_a_command(const EventBody& body) {
    if (const auto* captured = std::get_if<HoldCaptured>(&body)) {
        return captured->hold.status != HoldStatus::expired;
    }
    if (const auto* released = std::get_if<HoldReleased>(&body)) {
        return released->hold.status != HoldStatus::expired;
    }
    return std::holds_alternative<CreditsGranted>(body) ||
           std::holds_alternative<CreditsPurchased>(body) ||
           std::holds_alternative<CreditsDeducted>(body) ||
           std::holds_alternative<CreditsRefunded>(body) ||
           std::holds_alternative<PaymentReversed>(body) ||
           std::holds_alternative<PaymentRestored>(body) ||
           std::holds_alternative<GrantRevoked>(body) || std::holds_alternative<HoldPlaced>(body) ||
           std::holds_alternative<HoldExtended>(body) ||
           std::holds_alternative<TransferredOut>(body) ||
           std::holds_alternative<TransferredIn>(body) ||
           std::holds_alternative<PromotionRedeemed>(body);
}

}  // namespace

bool burns_first(const Lot& a, const Lot& b) {
    const auto rank = [](const Lot& lot) {
        const bool lasts = lot.terms.expires_at.is_never();
        return std::tuple(lot.terms.priority, lasts, lasts ? 0 : lot.terms.expires_at.value,
                          lot.terms.cost.minor > 0, lot.id.seq().value, lot.id.index());
    };
    return rank(a) < rank(b);
}

// --- sums ----------------------------------------------------------------------------------------

std::int64_t Books::balance() const {
    std::int64_t sum = -debt;
    for (const auto& entry : lots) sum += entry.second.is_pending ? 0 : entry.second.left;
    return sum;
}

std::int64_t Books::pending() const {
    std::int64_t sum = 0;
    for (const auto& entry : lots) sum += entry.second.is_pending ? entry.second.left : 0;
    return sum;
}

std::int64_t Books::on_credit() const {
    std::int64_t sum = 0;
    for (const auto& entry : holds) sum += entry.second.on_credit;
    return sum;
}

std::int64_t Books::held() const {
    std::int64_t sum = on_credit();
    for (const auto& entry : lots) sum += entry.second.kept;
    return sum;
}

std::int64_t Books::available_for(const std::string& feature, Timestamp now) const {
    std::int64_t sum = -debt - on_credit();
    for (const auto& entry : lots) {
        if (may_pay(entry.second, feature, now)) sum += entry.second.free();
    }
    return sum;
}

std::vector<const Lot*> Books::live() const {
    std::vector<const Lot*> list;
    for (const auto& entry : lots) {
        if (entry.second.left > 0) list.push_back(&entry.second);
    }
    std::ranges::sort(list, [](const Lot* a, const Lot* b) { return burns_first(*a, *b); });
    return list;
}

// --- an event ------------------------------------------------------------------------------------

void NaiveLedger::take(const Event& event) {
    if (event.account_no.is_none()) return;
    const testing::ScopedTrace trace(
        __FILE__, __LINE__,
        "event " + std::to_string(event.seq.value) + " (" +
            std::string(schemas::name_of(schemas::kind_of(event.body))) + ") of " + event.account);
    Books& books = books_[event.account];
    check_before(event, books);
    const std::int64_t bound = std::max(books.credit_limit, books.debt + books.on_credit());
    std::visit([&](const auto& body) { on(event, books, body); }, event.body);
    check_after(event, books);
    if (std::holds_alternative<PaymentReversed>(event.body)) return;  // whatever was spent
    EXPECT_LE(books.debt + books.on_credit(), std::max(bound, books.credit_limit))
        << "more is owed than the credit limit allows";
}

void NaiveLedger::check_before(const Event& event, const Books& books) const {
    EXPECT_EQ(event.balances.before.value, books.balance());
    if (!is_of_a_command(event.body)) return;
    for (const auto& [id, lot] : books.lots) {
        EXPECT_FALSE(lot.is_pending && lot.left > 0 && lot.terms.effective_at <= event.time)
            << "grant " << id;
        const bool is_overdue = !lot.is_pending && lot.terms.expires_at <= event.time;
        EXPECT_FALSE(is_overdue && lot.free() > 0) << "grant " << id << " should have expired";
    }
}

/// Both equations of conservation, with sums of the events so far.
void NaiveLedger::check_after(const Event& event, const Books& books) const {
    EXPECT_EQ(event.balances.after.value, books.balance()) << "balance = grants - debt";
    EXPECT_EQ(event.balances.held.value, books.held());
    const Wide in = books.total(Total::granted) + books.total(Total::purchased) +
                    books.total(Total::transferred_in) + books.total(Total::refunded);
    const Wide out = books.total(Total::consumed) + books.total(Total::expired) +
                     books.total(Total::revoked) + books.total(Total::transferred_out);
    EXPECT_TRUE(in == out + event.balances.after.value + books.pending()) << "conservation";
    EXPECT_GE(books.debt, 0);
    for (const auto& [id, lot] : books.lots) {
        EXPECT_TRUE(0 <= lot.kept && lot.kept <= lot.left && lot.left <= lot.made)
            << "grant " << id;
    }
    const auto* const deducted = std::get_if<CreditsDeducted>(&event.body);
    EXPECT_EQ(event.balances.available.value,
              deducted != nullptr ? books.available_for(deducted->usage.feature, event.time)
                                  : books.balance() - books.held());
}

// --- against the state ---------------------------------------------------------------------------

void NaiveLedger::compare(const State& state) const {
    ASSERT_EQ(state.accounts.count(), books_.size());
    for (const auto& [id, books] : books_) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, "the state of " + id);
        const Account& account = state.accounts.get(state.accounts.find(id).value());
        EXPECT_EQ(account.balance.value, books.balance());
        EXPECT_EQ(account.held.value, books.held());
        EXPECT_EQ(account.debt().value, books.debt);
        EXPECT_EQ(account.pending().value, books.pending());
        for (std::size_t i = 0; i < totals_count; ++i) {
            EXPECT_TRUE(account.total(static_cast<Total>(i)) == books.totals[i]) << "total " << i;
        }
        const std::vector<const Lot*> live = books.live();
        ASSERT_EQ(account.grants.count(), live.size());
        for (std::size_t i = 0; i < live.size(); ++i) {
            const Grant& grant = account.grants.begin()[i];
            const Lot& lot = *live[i];
            EXPECT_EQ(grant.id, lot.id) << "place " << i << " in burn order";
            EXPECT_EQ(grant.amount.value, lot.made);
            EXPECT_EQ(grant.remaining.value, lot.left);
            EXPECT_EQ(grant.reserved.value, lot.kept);
            EXPECT_EQ(grant.pending, lot.is_pending);
            EXPECT_EQ(terms_of(grant, state.terms), lot.terms);
            EXPECT_TRUE(i == 0 || burns_first(*live[i - 1], lot)) << "two grants are equal";
        }
    }
}

// --- burning -------------------------------------------------------------------------------------

NaiveLedger::Expected NaiveLedger::expected_burn(const Books& books, std::int64_t amount,
                                                 const Usable& usable) {
    Expected expected{{}, amount};
    std::size_t candidates = 0;
    for (const Lot* const lot : books.live()) {
        if (lot->free() == 0 || !usable(*lot)) continue;
        ++candidates;
        const std::int64_t part = std::min(lot->free(), expected.uncovered);
        if (part == 0) continue;
        expected.parts.push_back({lot->id, Credits{part}});
        expected.uncovered -= part;
    }
    if (candidates > 1) ++burns_;
    return expected;
}

NaiveLedger::Expected NaiveLedger::expected_burn(const Books& books, std::int64_t amount,
                                                 const std::string& feature, Timestamp now) {
    return expected_burn(books, amount, [&](const Lot& lot) { return may_pay(lot, feature, now); });
}

}  // namespace creditd::tests
