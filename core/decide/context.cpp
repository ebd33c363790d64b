#include "core/decide/context.hpp"

#include "core/canary.hpp"
#include "core/price.hpp"

namespace creditd::deciding {

Event& Context::emit(AccountNo no, const Account& account, EventBody body) {
    const Seq seq = next_seq();
    Event& event = out.emplace_back().event;
    event.seq = seq;
    event.time = now;
    event.account_no = no;
    event.account.assign(account.id());
    event.balances = {account.balance, account.balance, account.available(), account.held};
    event.body = std::move(body);
    return event;
}

Event& Context::emit(EventBody body) {
    const Seq seq = next_seq();
    Event& event = out.emplace_back().event;
    event.seq = seq;
    event.time = now;
    event.body = std::move(body);
    return event;
}

Priced price(const State& state, const PriceRequest& request) {
    Priced result;
    result.usage.quantity = request.quantity;
    result.usage.user = request.user;
    result.usage.model = request.model;
    if (request.amount) {
        result.amount = *request.amount;
        return result;
    }
    const Catalog& catalog = state.catalog();
    const auto found = catalog.features.find(request.feature);
    if (found == catalog.features.end()) {
        result.refusal = refuse(RefusalCode::feature_not_found);
        return result;
    }
    const FeatureSet& feature = found->second.set;
    if (!feature.active) {
        result.refusal = refuse(RefusalCode::feature_inactive);
        return result;
    }
    ComputedPrice computed = compute_price(feature.price, feature.rules,
                                           {request.quantity, request.units, request.options});
    result.refusal = refuse(computed.refusal);
    if (!computed.name.empty()) {
        RefusalDetail& detail = result.refusal.detail.touch();
        detail.name = std::move(computed.name);
        detail.fault = computed.fault;
    }
    if (result.refusal != accepted) return result;
    if (canary(Canary::price_wraps)) {
        computed.amount.value = static_cast<std::uint32_t>(computed.amount.value);
    }
    result.amount = computed.amount;
    result.usage.feature = request.feature;
    result.usage.price_book = catalog.price_book;
    result.usage.lines = std::move(computed.lines);
    result.usage.units = request.units;
    result.usage.options = request.options;
    return result;
}

bool is_waived(const Account& account, std::string_view feature) {
    const Subscription* const subscription = account.running_subscription();
    return subscription != nullptr && subscription->covers(feature);
}

Refusal insufficient(Credits required, Credits available, Credits credit_limit) {
    return Refusal{RefusalCode::insufficient_credits, required, available,
                   required - available - credit_limit};
}

Timestamp resolve_expiry(const ExpiryRequest& request, Timestamp now) {
    if (request.at) return *request.at;
    if (request.in) return now + *request.in;
    return Timestamp::never();
}

bool has_room(const Account& account, Credits amount, std::size_t grants) {
    if (account.grants.count() + grants > limits::account_grants_max) return false;
    // What holds keep is inside the balance; what is pending joins it later.
    return checked_add(account.balance + account.pending(), amount).has_value();
}

std::vector<GrantPart> expired_parts(const Account& account, const std::vector<GrantPart>& released,
                                     Timestamp now) {
    std::vector<GrantPart> result;
    for (const GrantPart& part : released) {
        const Grant* const grant = account.grants.find(part.grant);
        CREDITD_ASSERT(grant != nullptr);
        if (grant->expires_at <= now) result.push_back(part);
    }
    return result;
}

Credits sum_of(const std::vector<GrantPart>& parts) {
    Credits sum{};
    for (const GrantPart& part : parts) sum += part.amount;
    return sum;
}

}  // namespace creditd::deciding
