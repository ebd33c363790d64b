// What a recorded use would have cost at the prices of another catalog: from its event alone, by
// the function that priced it when it was decided (core/price.hpp). Knows no balance. Const and
// safe from any thread once made.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/command.hpp"
#include "core/event.hpp"

namespace creditd::replay::tool {

enum class Pricing : std::uint8_t {
    anew,       // by the other catalog
    given,      // an amount was given, of a deduction or of a capture: it stays
    not_priced  // by a feature that the other catalog cannot price: it stays
};

/// Why the other catalog has no price for a use.
struct NoPrice {
    std::string feature;
    RefusalCode refusal{};
    std::string name;  // of the unit or option that does not fit
    UnitFault fault{};
    auto operator<=>(const NoPrice&) const = default;
};

/// One use, as it was and as it would have been.
struct RepricedUse {
    const Usage& usage;  // of the event
    Pricing pricing{};
    Credits was{};
    Credits would_be{};
    bool is_waived = false;  // an unlimited plan covers it: both amounts are prices, nothing moved
    std::optional<NoPrice> no_price;
};

class OtherPrices {
public:
    explicit OtherPrices(std::vector<SetFeature> features);

    /// Nothing: the event is neither a deduction nor a capture.
    ///
    /// A capture whose amount is not its usage's price (a part of the hold, or an amount of its
    /// own) keeps that amount. A partial deduction took all that there was, and would not have
    /// taken more.
    std::optional<RepricedUse> reprice(const Event& event) const;

private:
    /// `price` is what the use cost, of which `taken` was taken, unless it is waived.
    RepricedUse reprice(const Usage& usage, Credits price, Credits taken, bool is_waived) const;

    std::map<std::string, SetFeature, std::less<>> features_;
};

/// `price` split like `part` of `whole`: halves are rounded up. So what is left of a price after
/// refunds in parts is always its share, and all of it comes back with the last part.
Credits proportion(Credits price, Credits part, Credits whole);

}  // namespace creditd::replay::tool
