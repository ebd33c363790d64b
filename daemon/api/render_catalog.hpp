// Features and API keys as JSON. Secrets are never here: they are shown once, by the call that
// made them, and are not kept.
#pragma once

#include <optional>
#include <string>

#include "core/catalog.hpp"

namespace creditd::daemon {

/// `seq`, where given, is the log position that the answer reflects.
void render_feature(std::string& out, const Feature& feature, unsigned decimals,
                    std::optional<Seq> seq);
/// The answer to setting a feature, from its event alone.
void render_feature_set(std::string& out, const FeatureSet& set, unsigned decimals,
                        Timestamp updated_at, Seq seq);
/// A plan, package or promotion; its making is not known from the event that changed it.
void render_offer_with_times(std::string& out, const Offer& offer, unsigned decimals,
                             std::optional<Timestamp> created_at, Timestamp updated_at,
                             std::optional<Seq> seq);
template <class Kind>
void render_offer(std::string& out, const Offered<Kind>& offered, unsigned decimals,
                  std::optional<Seq> seq) {
    render_offer_with_times(out, offered.set, decimals, offered.created_at, offered.updated_at,
                            seq);
}
/// What can be bought today, prices in words too: active features (one of them, with a `key`),
/// plans and packages. Nothing where there is no such feature.
void render_pricing(std::string& out, const Catalog& catalog, std::string_view key,
                    unsigned decimals, Seq seq);
/// The whole catalog, as PUT /v1/catalog takes it.
void render_catalog(std::string& out, const Catalog& catalog, unsigned decimals, Seq seq);
/// The answer to PUT /v1/catalog: how many changes it made, and the version that stands now.
void render_catalog_change(std::string& out, std::size_t changes, std::uint64_t price_book,
                           Seq seq);
/// The version of the price book that an event of the catalog made.
std::uint64_t price_book_of(const Event& event);
void render_api_key(std::string& out, const ApiKey& key, std::optional<Seq> seq);
/// The answer to making a key: `secret` is null where the call is a repeat.
void render_new_api_key(std::string& out, const ApiKeyCreated& key, Timestamp created_at, Seq seq,
                        std::optional<std::string_view> secret);

}  // namespace creditd::daemon
