// Random prices and offers of every kind, within what a catalog may say, and uses that they price.
// Values only: no ledger in here. Owned by whoever draws.
#pragma once

#include "core/command.hpp"
#include "tests/properties/exact_price.hpp"
#include "tests/properties/random.hpp"

namespace creditd::tests {

struct FlatAndRules {
    Credits flat{};
    PriceRules rules;
};
/// Every kind of rule may be there; `check_rules` has nothing against them.
FlatAndRules random_rules(Random& random);
PerUnit random_per_unit(Random& random);

/// Mostly one that has a price: what the rules ask for, sometimes more or less.
Use random_use(Random& random, const PriceRules& rules);

Package random_package(Random& random, std::string id);
Plan random_plan(Random& random, std::string id, const std::vector<std::string>& features);
Promotion random_promotion(Random& random, std::string code, Timestamp now,
                           const std::vector<std::string>& features);
CatalogSettings random_settings(Random& random, const std::vector<std::string>& plans);

/// None, mostly; else one or two of them.
std::vector<std::string> random_limit(Random& random, const std::vector<std::string>& features);

}  // namespace creditd::tests
