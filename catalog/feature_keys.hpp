// The features that credits may be spent on, as grants, packages, plans and promotions name them.
// Io threads.
#pragma once

#include <string>
#include <vector>

#include "text/json_reader.hpp"

namespace creditd {

/// `features`, a set: sorted, each once. The order in which a client lists it means nothing.
std::vector<std::string> read_feature_keys(ObjectReader& reader);

}  // namespace creditd
