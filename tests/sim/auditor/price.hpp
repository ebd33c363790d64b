// The auditor's own reading of a price: rules of a feature and a use of it become lines. Written
// from conf/catalogs/example.toml and schemas/openapi.yaml, in the plainest arithmetic there is.
// Pure functions, for any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/auditor/offers.hpp"

namespace creditd::sim::audit {

struct Use {
    std::int64_t quantity = 1;
    std::map<std::string, std::int64_t> units;
    std::vector<std::string> options;
};

struct Price {
    std::string refusal;  ///< The code, or empty.
    std::int64_t amount = 0;
    std::vector<std::int64_t> lines;  ///< Those that are not 0; they add up to `amount`.
};

Price price_of(const FeatureTerms& terms, const Use& use);

}  // namespace creditd::sim::audit
