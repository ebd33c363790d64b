// Values in JSON texts in the auditor's units: credits and measures in millionths, moments in
// microseconds since 1970, lengths of time in seconds. Pure functions, for any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "tests/sim/auditor/offers.hpp"
#include "tests/sim/json.hpp"

namespace creditd::sim {

std::int64_t whole(std::string_view text);
/// A decimal with up to six places.
std::int64_t minor_units(std::string_view text);
/// `2030-03-17T18:00:00.123456Z`; the fraction may be missing.
std::int64_t microseconds_of(std::string_view text);
/// `90s`, `5m`, `2h`, `30d`.
std::int64_t seconds_of(std::string_view text);
Money money_of(const Json& json);

/// Of `PUT /v1/<kind>/<name>`: a catalog with this one thing in it.
CatalogTerms one_offer(std::string_view kind, const std::string& name, const Json& body);
/// Of `PUT /v1/catalog`.
CatalogTerms catalog_of(const Json& body);

}  // namespace creditd::sim
