#include "core/payments.hpp"

#include <algorithm>

namespace creditd {
namespace {

/// The fact of this id, made where it is missing; null where there is no room for it.
template <class Fact>
Fact* touch(std::vector<Fact>& facts, const std::string& id) {
    const auto by_id = [](const Fact& fact, const std::string& sought) { return fact.id < sought; };
    const auto place = std::lower_bound(facts.begin(), facts.end(), id, by_id);
    if (place != facts.end() && place->id == id) return &*place;
    if (facts.size() == limits::payment_refunds_max) return nullptr;
    Fact fact;
    fact.id = id;
    return &*facts.insert(place, std::move(fact));
}

}  // namespace

std::optional<PaymentStanding> joined(PaymentStanding standing, const PaymentNews& news) {
    standing.provider = news.provider;
    standing.payment_id = news.payment_id;
    standing.payment_digest = news.payment_digest;
    standing.refunded_minor = std::max(standing.refunded_minor, news.refunded_minor);
    for (const PaymentRefund& told : news.refunds) {
        PaymentRefund* const known = touch(standing.refunds, told.id);
        if (known == nullptr) return std::nullopt;
        known->minor = std::max(known->minor, told.minor);
        known->status = std::max(known->status, told.status);
    }
    for (const PaymentDispute& told : news.disputes) {
        PaymentDispute* const known = touch(standing.disputes, told.id);
        if (known == nullptr) return std::nullopt;
        known->status = std::max(known->status, told.status);
    }
    return standing;
}

// A provider's own sum may be older than the failure of a refund that is part of it, and the sum of
// the named refunds lacks those that came without a name: what is larger of the two holds.
std::int64_t refunded_minor(const PaymentStanding& standing) {
    WideCredits counted = 0;
    WideCredits failed = 0;
    for (const PaymentRefund& refund : standing.refunds) {
        (refund.status == RefundStatus::failed ? failed : counted) += refund.minor;
    }
    const WideCredits told = WideCredits{standing.refunded_minor} - failed;
    const WideCredits most = std::max({told, counted, WideCredits{0}});
    return static_cast<std::int64_t>(std::min(most, WideCredits{standing.amount.minor}));
}

bool is_refunded_whole(const PaymentStanding& standing) {
    return standing.amount.minor > 0 && refunded_minor(standing) == standing.amount.minor;
}

bool is_disputed(const PaymentStanding& standing) {
    return std::ranges::any_of(standing.disputes, [](const PaymentDispute& dispute) {
        return dispute.status != DisputeStatus::won;
    });
}

Credits to_reverse(const PaymentStanding& standing, Credits amount) {
    if (is_disputed(standing)) return amount;
    if (standing.amount.minor == 0) return {};
    const WideCredits paid = standing.amount.minor;
    const WideCredits share = WideCredits{amount.value} * refunded_minor(standing);
    return Credits{static_cast<std::int64_t>((share + paid - 1) / paid)};
}

}  // namespace creditd
