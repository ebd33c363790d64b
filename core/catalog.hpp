// The catalog in memory: priced features, what else is on offer, and API keys. Small, read often,
// changed rarely. Part of the state: the ledger thread owns it, only `apply` changes it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/event.hpp"

namespace creditd {

struct Feature {
    FeatureSet set;  // as last set
    Timestamp created_at{};
    Timestamp updated_at{};
    bool operator==(const Feature&) const = default;
};

/// A plan, package, promotion or endpoint with its times.
template <class Kind>
struct Offered {
    Kind set;  // as last set
    Timestamp created_at{};
    Timestamp updated_at{};
    bool operator==(const Offered&) const = default;
};
template <class Kind>
using Offers = std::map<std::string, Offered<Kind>, std::less<>>;

struct ApiKey {
    ApiKeyCreated created;
    Timestamp created_at{};
    Seq seq{};
    bool operator==(const ApiKey&) const = default;
};

struct Catalog {
    std::map<std::string, Feature, std::less<>> features;
    Offers<Plan> plans;
    Offers<Package> packages;
    Offers<Promotion> promotions;  // by code
    CatalogSettings settings;
    std::map<std::string, ApiKey, std::less<>> api_keys;  // by id; revoked ones are gone
    Offers<Endpoint> endpoints;                           // of webhooks, by id
    std::uint64_t price_book = 0;                         // version; each change of a price adds 1
    bool operator==(const Catalog&) const = default;

    Offers<Plan>& offers_of(const Plan&) { return plans; }
    Offers<Package>& offers_of(const Package&) { return packages; }
    Offers<Promotion>& offers_of(const Promotion&) { return promotions; }
    const Offers<Plan>& offers_of(const Plan&) const { return plans; }
    const Offers<Package>& offers_of(const Package&) const { return packages; }
    const Offers<Promotion>& offers_of(const Promotion&) const { return promotions; }
    bool has_offer(OfferKind kind, std::string_view id) const;
    /// What is not there stays away.
    void remove_offer(OfferKind kind, const std::string& id);
};

}  // namespace creditd
