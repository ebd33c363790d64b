// A feature's price rules: their writer and their reader, side by side. What they mean is core's.
// Inside schemas only.
#pragma once

#include "schemas/event_parts.hpp"

namespace creditd::schemas {

/// A flat price has no rules and is left out.
flatbuffers::Offset<fbs::PriceRules> write_price_rules(FlatBuilder& builder,
                                                       const PriceRules& rules);
/// Null: a flat price.
void read_price_rules(FieldReader& reader, const fbs::PriceRules* stored, PriceRules& out);

}  // namespace creditd::schemas
