// Price rules and measures as JSON, both ways: in a feature's body, in a catalog file, in answers.
// What the rules mean is core/price.hpp; here are only their names and forms.
#pragma once

#include <string>

#include "core/price_rules.hpp"
#include "text/json_reader.hpp"
#include "text/json_writer.hpp"

namespace creditd {

/// A price as it was given: `credits` for a flat one, or the object `price`.
struct GivenPrice {
    Credits flat{};
    PriceRules rules;
};

/// Reads `credits` or `price` of a feature's body, of which exactly one must be there. Rules that
/// contradict themselves are errors like all others.
GivenPrice read_given_price(ObjectReader& reader, unsigned decimals, FieldErrors& errors);

/// The object `units` of a deduction: `{"seconds": 12.5}`, in the order of the names.
std::vector<MeasuredUnit> read_units(ObjectReader& reader, FieldErrors& errors);
/// The list `options` of a deduction: a set, in the order of the names.
std::vector<std::string> read_options(ObjectReader& reader);

/// `"units": {…}`, or null without any.
void render_units(JsonWriter& json, const std::vector<MeasuredUnit>& units);
/// `"price": {…}`, as it could be given again; null where the price is flat.
void render_price(JsonWriter& json, Credits flat, const PriceRules& rules, unsigned decimals);

}  // namespace creditd
