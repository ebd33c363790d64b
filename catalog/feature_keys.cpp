#include "catalog/feature_keys.hpp"

#include <algorithm>

#include "core/limits.hpp"

namespace creditd {

std::vector<std::string> read_feature_keys(ObjectReader& reader) {
    std::vector<std::string> features;
    const auto list = reader.array("features", {.max_items = limits::grant_features_max});
    if (!list) return features;
    for (const JsonValue value : *list) {
        if (value.kind() != JsonKind::string || !is_valid_id(value.text())) {
            reader.fail("features", "must be a list of feature keys");
            break;
        }
        features.emplace_back(value.text());
    }
    std::ranges::sort(features);
    const auto rest = std::ranges::unique(features);
    features.erase(rest.begin(), rest.end());
    return features;
}

}  // namespace creditd
