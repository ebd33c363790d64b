#include "core/apply/parts.hpp"

namespace creditd::applying {

void apply_body(State& state, const Event&, const LedgerOpened& body) {
    // Only CLAIMs come before: a first start may have died between the two.
    CREDITD_ASSERT(state.accounts.count() == 0);
    CREDITD_ASSERT(state.head.ledger_id == LedgerHead{}.ledger_id);
    CREDITD_ASSERT(body.decimals <= limits::decimals_max);
    state.head.ledger_id = body.ledger_id;
    state.head.decimals = body.decimals;
    state.head.test_clock = body.test_clock;
}

void apply_body(State& state, const Event&, const EpochClaimed& body) {
    CREDITD_ASSERT(body.epoch > state.head.epoch);
    state.head.epoch = body.epoch;
}

void apply_body(State& state, const Event& event, const FeatureSet& body) {
    Catalog& catalog = state.change_catalog();
    CREDITD_ASSERT(body.price_book >= catalog.price_book);
    Feature& feature = catalog.features[body.key];
    if (feature.set.key.empty()) feature.created_at = event.time;
    feature.set = body;
    feature.updated_at = event.time;
    catalog.price_book = body.price_book;
}

void apply_body(State& state, const Event&, const FeatureRemoved& body) {
    Catalog& catalog = state.change_catalog();
    const std::size_t erased = catalog.features.erase(body.key);
    CREDITD_ASSERT(erased == 1 && body.price_book == catalog.price_book + 1);
    catalog.price_book = body.price_book;
}

namespace {

void set_offer(Catalog& catalog, Timestamp, const CatalogSettings& settings) {
    catalog.settings = settings;
}
template <class Kind>
void set_offer(Catalog& catalog, Timestamp now, const Kind& offer) {
    auto& offers = catalog.offers_of(offer);
    const auto [at, is_new] = offers.try_emplace(std::string(id_of(offer)));
    if (is_new) at->second.created_at = now;
    at->second.set = offer;
    at->second.updated_at = now;
}

}  // namespace

void apply_body(State& state, const Event& event, const OfferSet& body) {
    Catalog& catalog = state.change_catalog();
    CREDITD_ASSERT(body.price_book == catalog.price_book + 1);
    std::visit([&](const auto& offer) { set_offer(catalog, event.time, offer); }, body.offer);
    catalog.price_book = body.price_book;
}

void apply_body(State& state, const Event&, const OfferRemoved& body) {
    Catalog& catalog = state.change_catalog();
    CREDITD_ASSERT(body.price_book == catalog.price_book + 1);
    CREDITD_ASSERT(catalog.has_offer(body.kind, body.id));
    catalog.remove_offer(body.kind, body.id);
    catalog.price_book = body.price_book;
}

void apply_body(State& state, const Event& event, const ApiKeyCreated& body) {
    const bool inserted = state.change_catalog()
                              .api_keys.emplace(body.id, ApiKey{body, event.time, event.seq})
                              .second;
    CREDITD_ASSERT(inserted);
}

void apply_body(State& state, const Event&, const ApiKeyRevoked& body) {
    const std::size_t erased = state.change_catalog().api_keys.erase(body.id);
    CREDITD_ASSERT(erased == 1);
}

void apply_body(State& state, const Event& event, const EndpointSet& body) {
    const auto [at, is_new] = state.change_catalog().endpoints.try_emplace(body.endpoint.id);
    if (is_new) at->second.created_at = event.time;
    at->second.set = body.endpoint;
    at->second.updated_at = event.time;
}

void apply_body(State& state, const Event&, const EndpointRemoved& body) {
    const std::size_t erased = state.change_catalog().endpoints.erase(body.id);
    CREDITD_ASSERT(erased == 1);
}

}  // namespace creditd::applying
