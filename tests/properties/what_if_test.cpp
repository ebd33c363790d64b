// What holds for `creditd-replay what-if` on every history: at the prices in force nothing differs,
// and at any others the sums are those that exact fractions make of the events.
#include <gtest/gtest.h>

#include "replay/memory_journal.hpp"
#include "replay/tool/what_if/what_if_book.hpp"
#include "tests/properties/exact_price.hpp"
#include "tests/properties/random_history.hpp"
#include "tests/properties/seeds.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay::tool;
using WhatIfs = testing::TestWithParam<std::uint64_t>;

void play(RandomHistory& history, int steps) {
    history.begin();
    for (int i = 0; i < steps; ++i) history.step();
}

// --- the prices in force -------------------------------------------------------------------------

/// The features of every price book that there was, as a catalog of its own.
class PriceBooks {
public:
    explicit PriceBooks(const LedgerWorld& world) {
        for (const DecidedEvent& decided : world.events()) take(decided.event);
    }
    const OtherPrices& at(std::uint64_t version) const {
        return std::prev(books_.upper_bound(version))->second;
    }

private:
    void take(const Event& event) {
        if (const auto* set = std::get_if<FeatureSet>(&event.body)) {
            features_[set->key] = {set->key,   set->name,  set->category, set->description,
                                   set->price, set->rules, set->active};
            keep(set->price_book);
        } else if (const auto* removed = std::get_if<FeatureRemoved>(&event.body)) {
            features_.erase(removed->key);
            keep(removed->price_book);
        }
    }
    void keep(std::uint64_t version) {
        std::vector<SetFeature> features;
        for (const auto& [key, feature] : features_) features.push_back(feature);
        books_.emplace(version, OtherPrices(std::move(features)));
    }

    std::map<std::string, SetFeature> features_;
    std::map<std::uint64_t, OtherPrices> books_;
};

TEST_P(WhatIfs, AtThePricesInForceNothingDiffers) {
    RandomHistory history(GetParam());
    play(history, 1'500);
    const PriceBooks books(history.world());
    std::size_t priced = 0;
    for (const DecidedEvent& decided : history.world().events()) {
        const Event& event = decided.event;
        const auto* deducted = std::get_if<CreditsDeducted>(&event.body);
        const auto* captured = std::get_if<HoldCaptured>(&event.body);
        if (deducted == nullptr && captured == nullptr) continue;
        const Usage& usage = deducted != nullptr ? deducted->usage : captured->usage;
        const auto use = books.at(usage.price_book).reprice(event);
        ASSERT_TRUE(use);
        EXPECT_EQ(use->was, use->would_be) << event.seq.value;
        EXPECT_NE(use->pricing, Pricing::not_priced) << event.seq.value;
        EXPECT_EQ(use->is_waived,
                  event.balances.before == event.balances.after && use->was.is_positive());
        // A deduction is always priced by its feature, a capture where it is the whole price.
        if (deducted != nullptr) {
            EXPECT_EQ(use->pricing == Pricing::given, usage.feature.empty());
        }
        priced += use->pricing == Pricing::anew ? 1 : 0;
    }
    EXPECT_GT(priced, 50U);
}

// --- any other prices ----------------------------------------------------------------------------

std::vector<SetFeature> other_features(std::uint64_t seed) {
    Random random(seed + 1'000);
    std::vector<SetFeature> features;
    // Of the history's five, `video` is missing.
    for (const char* key : {"archive", "image", "render", "text"}) {
        FlatAndRules price = random_rules(random);
        SetFeature feature{key, {}, {}, {}, price.flat, price.rules};
        feature.active = !random.one_in(6);
        features.push_back(feature);
    }
    return features;
}

struct Pair {
    WideCredits was = 0;
    WideCredits would_be = 0;
    void add(Wide before, Wide after) {
        was += before;
        would_be += after;
    }
    bool operator==(const Pair&) const = default;
};
Pair pair_of(const Change& change) { return {change.was, change.would_be}; }

/// The sums again, from the events, with fractions, in the plainest way.
class NaiveWhatIf {
public:
    NaiveWhatIf(std::vector<SetFeature> catalog, std::uint64_t first)
        : features_(std::move(catalog)), first_(first) {}

    void take(const Event& event) {
        if (event.seq.value < first_) return;
        if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) {
            const std::int64_t most =
                deducted->amount < deducted->required && deducted->waived.is_zero()
                    ? deducted->amount.value
                    : INT64_MAX;
            use(event, deducted->usage, deducted->amount.value, deducted->waived.value, true, most);
        } else if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
            std::int64_t price = 0;
            for (const PriceLine& line : captured->usage.lines) price += line.amount.value;
            use(event, captured->usage, captured->amount.value, captured->waived.value,
                price == captured->amount.value + captured->waived.value, INT64_MAX);
        } else if (const auto* refund = std::get_if<CreditsRefunded>(&event.body)) {
            go_back(event, *refund);
        }
    }

    std::map<std::string, Pair> accounts;
    std::map<std::string, Pair> features;
    Pair total;
    Pair waived;
    std::size_t different = 0;
    std::size_t kept = 0;

private:
    std::optional<std::int64_t> price_of(const Usage& usage) const {
        for (const SetFeature& feature : features_) {
            if (feature.key != usage.feature || !feature.active) continue;
            const auto exact = exact_price(feature.price, feature.rules,
                                           {usage.quantity, usage.units, usage.options});
            if (!exact) return std::nullopt;
            const Wide all = Wide{exact->amount} * usage.quantity;
            EXPECT_LT(all, limits::credits_minor_max);
            return static_cast<std::int64_t>(all);
        }
        return std::nullopt;
    }
    void use(const Event& event, const Usage& usage, std::int64_t taken, std::int64_t free,
             bool is_whole, std::int64_t most) {
        std::int64_t would_be = taken + free;
        if (!usage.feature.empty() && is_whole) {
            const auto price = price_of(usage);
            if (price) would_be = std::min(*price, most);
            else ++kept;
        }
        if (free > 0) {
            waived.add(free, would_be);
            return;
        }
        uses_[event.seq.value] = {taken, would_be};
        add(event.account, usage.feature, taken, would_be);
        different += would_be != taken ? 1 : 0;
    }
    void go_back(const Event& event, const CreditsRefunded& refund) {
        const std::int64_t after = refund.refunded_total.value;
        const std::int64_t before = after - refund.amount.value;
        Wide would_be = refund.amount.value;
        if (const auto found = uses_.find(refund.deduction.value); found != uses_.end()) {
            const Pair& use = found->second;
            const auto share = [&](std::int64_t part) {
                return (Rational(use.would_be) * Rational(part, use.was)).nearest();
            };
            would_be = share(after) - share(before);
        }
        add(event.account, refund.feature, -Wide{refund.amount.value}, -would_be);
    }
    void add(const std::string& account, const std::string& feature, Wide was, Wide would_be) {
        accounts[account].add(was, would_be);
        features[feature].add(was, would_be);
        total.add(was, would_be);
    }

    std::vector<SetFeature> features_;
    std::uint64_t first_;
    std::map<std::uint64_t, Pair> uses_;
};

TEST_P(WhatIfs, TheSumsAreThoseOfExactFractions) {
    RandomHistory history(GetParam());
    play(history, 1'500);
    const LedgerWorld& world = history.world();
    replay::MemoryJournal journal(std::make_shared<replay::MemoryStore>());
    ASSERT_TRUE(journal.open());
    history.world().append_to(journal);

    const std::uint64_t first = world.events().size() / 4;
    const OtherPrices prices(other_features(GetParam()));
    WhatIfBook book(prices);
    NaiveWhatIf naive(other_features(GetParam()), first);
    for (const DecidedEvent& decided : world.events()) {
        if (decided.event.seq.value >= first) book.take(decided.event);
        naive.take(decided.event);
    }
    replay::EventLookup lookup(journal);
    const auto sums = book.settle(lookup);
    ASSERT_TRUE(sums) << sums.error().detail;

    EXPECT_TRUE(adds_up(*sums));
    EXPECT_EQ(pair_of(sums->total()), naive.total);
    EXPECT_EQ(pair_of(sums->waived), naive.waived);
    for (const auto& [feature, row] : sums->features) {
        EXPECT_EQ(pair_of(row.used), naive.features[feature]) << feature;
    }
    WideCredits last = sums->accounts.front().row.used.difference();
    for (const AccountChange& one : sums->accounts) {
        EXPECT_EQ(pair_of(one.row.used), naive.accounts[one.account]) << one.account;
        const WideCredits difference = one.row.used.difference();
        EXPECT_LE(difference < 0 ? -difference : difference, last < 0 ? -last : last);
        last = difference;
    }
    std::uint64_t kept = 0;
    for (const auto& [why, change] : sums->no_price) kept += change.count;
    EXPECT_EQ(kept, naive.kept);
    EXPECT_GT(naive.kept, 0U);
}

INSTANTIATE_TEST_SUITE_P(Random, WhatIfs, some_seeds(25), name_of_seed);

}  // namespace
}  // namespace creditd::tests
