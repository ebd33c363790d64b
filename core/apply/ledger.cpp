#include "core/apply/parts.hpp"

namespace creditd::applying {

void apply_body(State& state, const Event&, const LedgerOpened& body) {
    // Only CLAIMs come before: a first start may have died between the two.
    CREDITD_ASSERT(state.accounts.count() == 0);
    CREDITD_ASSERT(state.head.ledger_id == LedgerHead{}.ledger_id);
    CREDITD_ASSERT(body.decimals <= limits::decimals_max);
    state.head.ledger_id = body.ledger_id;
    state.head.decimals = body.decimals;
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

}  // namespace creditd::applying
