// The catalog in memory: priced features and API keys. Small, read often, changed rarely.
// Part of the state: the ledger thread owns it, only `apply` changes it.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/event.hpp"

namespace creditd {

struct Feature {
    FeatureSet set;  // as last set
    Timestamp created_at{};
    Timestamp updated_at{};
    bool operator==(const Feature&) const = default;
};

struct ApiKey {
    ApiKeyCreated created;
    Timestamp created_at{};
    Seq seq{};
    bool operator==(const ApiKey&) const = default;
};

struct Catalog {
    std::map<std::string, Feature, std::less<>> features;
    std::map<std::string, ApiKey, std::less<>> api_keys;  // by id; revoked ones are gone
    std::uint64_t price_book = 0;                         // version; each change of a price adds 1
    bool operator==(const Catalog&) const = default;
};

}  // namespace creditd
