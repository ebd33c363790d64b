#include "tests/properties/price_witness.hpp"

#include <gtest/gtest.h>

#include "tests/properties/exact_price.hpp"

namespace creditd::tests {

std::int64_t PriceWitness::check(const Usage& usage) {
    EXPECT_LE(usage.price_book, version_);
    const auto& versions = set_.at(usage.feature);
    auto then = versions.upper_bound(usage.price_book);
    CREDITD_ASSERT(then != versions.begin());
    const FeatureSet& feature = std::prev(then)->second;
    EXPECT_TRUE(feature.active);
    const auto exact =
        exact_price(feature.price, feature.rules, {usage.quantity, usage.units, usage.options});
    if (!exact) {
        ADD_FAILURE() << "there is no price for this use of " << usage.feature;
        return 0;
    }
    ++prices_;
    std::int64_t sum = 0;
    EXPECT_EQ(usage.lines.size(), exact->lines.size());
    for (std::size_t i = 0; i < std::min(usage.lines.size(), exact->lines.size()); ++i) {
        EXPECT_EQ(usage.lines[i].rule, exact->lines[i].rule);
        EXPECT_EQ(usage.lines[i].amount.value, exact->lines[i].amount * usage.quantity);
        sum += usage.lines[i].amount.value;
    }
    EXPECT_EQ(sum, exact->amount * usage.quantity);
    return sum;
}

void PriceWitness::take(const Event& event) {
    if (const auto* set = std::get_if<FeatureSet>(&event.body)) {
        set_[set->key][set->price_book] = *set;
        version_ = set->price_book;
    } else if (const auto* removed = std::get_if<FeatureRemoved>(&event.body)) {
        version_ = removed->price_book;
    } else if (const auto* offered = std::get_if<OfferSet>(&event.body)) {
        version_ = offered->price_book;
    } else if (const auto* gone = std::get_if<OfferRemoved>(&event.body)) {
        version_ = gone->price_book;
    } else if (const auto* used = std::get_if<CreditsDeducted>(&event.body)) {
        if (used->usage.feature.empty()) return;
        EXPECT_EQ(used->usage.price_book, version_);
        EXPECT_EQ(check(used->usage), used->required.value);
        const bool is_whole = used->amount == used->required;
        const bool is_waived = used->amount.is_zero() && used->waived == used->required;
        EXPECT_TRUE(is_whole || is_waived ||
                    (used->partial_allowed && used->amount < used->required));
    } else if (const auto* placed = std::get_if<HoldPlaced>(&event.body)) {
        if (placed->usage.feature.empty()) return;
        EXPECT_EQ(check(placed->usage), placed->hold.amount.value + placed->waived.value);
    } else if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
        if (!captured->usage.feature.empty()) check(captured->usage);
    }
}

}  // namespace creditd::tests
