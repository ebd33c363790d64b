// Knows every price that was ever set, and looks at each use in the log: are its lines those of the
// price book that it names, and do they add up to what was asked for it? From events alone.
#pragma once

#include <map>
#include <string>

#include "core/event.hpp"

namespace creditd::tests {

class PriceWitness {
public:
    void take(const Event& event);
    std::size_t prices() const { return prices_; }

private:
    /// Returns the sum of the lines.
    std::int64_t check(const Usage& usage);

    std::map<std::string, std::map<std::uint64_t, FeatureSet>> set_;  // by key, by version
    std::uint64_t version_ = 0;
    std::size_t prices_ = 0;
};

}  // namespace creditd::tests
