#include "replay/tool/what_if/other_prices.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "core/price.hpp"

namespace creditd::replay::tool {
namespace {

/// Was it captured at the price of its usage, and not as a part or an amount of its own?
bool is_whole_price(const Usage& usage, Credits captured) {
    WideCredits sum = 0;
    for (const PriceLine& line : usage.lines) sum += line.amount.value;
    return sum == captured.value;
}

}  // namespace

OtherPrices::OtherPrices(std::vector<SetFeature> features) {
    for (SetFeature& feature : features) {
        std::string key = feature.key;
        features_.emplace(std::move(key), std::move(feature));
    }
}

RepricedUse OtherPrices::reprice(const Usage& usage, Credits price, Credits taken,
                                 bool is_waived) const {
    const Credits was = is_waived ? price : taken;
    RepricedUse use{usage, Pricing::not_priced, was, was, is_waived, std::nullopt};
    const auto found = features_.find(usage.feature);
    if (found == features_.end()) {
        use.no_price = {usage.feature, RefusalCode::feature_not_found, {}, {}};
        return use;
    }
    const SetFeature& feature = found->second;
    if (!feature.active) {
        use.no_price = {usage.feature, RefusalCode::feature_inactive, {}, {}};
        return use;
    }
    ComputedPrice computed =
        compute_price(feature.price, feature.rules, {usage.quantity, usage.units, usage.options});
    if (computed.refusal != RefusalCode::none) {
        use.no_price = {usage.feature, computed.refusal, std::move(computed.name), computed.fault};
        return use;
    }
    const bool is_partial = !is_waived && taken < price;
    use.pricing = Pricing::anew;
    use.would_be = is_partial ? std::min(computed.amount, taken) : computed.amount;
    return use;
}

std::optional<RepricedUse> OtherPrices::reprice(const Event& event) const {
    if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) {
        const Usage& usage = deducted->usage;
        const bool is_waived = deducted->waived.is_positive();
        if (!usage.feature.empty()) {
            return reprice(usage, deducted->required, deducted->amount, is_waived);
        }
        const Credits given = is_waived ? deducted->waived : deducted->amount;
        return RepricedUse{usage, Pricing::given, given, given, is_waived, std::nullopt};
    }
    if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
        const Usage& usage = captured->usage;
        const bool is_waived = captured->waived.is_positive();
        const Credits price = is_waived ? captured->waived : captured->amount;
        if (!usage.feature.empty() && is_whole_price(usage, price)) {
            return reprice(usage, price, price, is_waived);
        }
        return RepricedUse{usage, Pricing::given, price, price, is_waived, std::nullopt};
    }
    return std::nullopt;
}

Credits proportion(Credits price, Credits part, Credits whole) {
    CREDITD_ASSERT(whole.is_positive() && part <= whole);
    const WideCredits product = WideCredits{price.value} * part.value;
    const WideCredits doubled = 2 * product + whole.value;
    return Credits{static_cast<std::int64_t>(doubled / (2 * WideCredits{whole.value}))};
}

}  // namespace creditd::replay::tool
