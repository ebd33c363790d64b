#include <array>

#include "core/decide/context.hpp"

namespace creditd::deciding {

// Every accepted change makes a new version of the price book, so that a deduction can name the
// prices that it was decided under.
Refusal decide(Context& context, const SetFeature& command) {
    context.emit(FeatureSet{command.key, command.name, command.category, command.description,
                            command.price, command.active, context.state.catalog().price_book + 1,
                            command.rules, command.resource_template});
    return accepted;
}

Refusal decide(Context& context, const ChangeFeature& command) {
    const Catalog& catalog = context.state.catalog();
    const auto found = catalog.features.find(command.key);
    if (found == catalog.features.end()) return refuse(RefusalCode::feature_not_found);
    FeatureSet changed = found->second.set;
    changed.name = command.name.value_or(changed.name);
    changed.category = command.category.value_or(changed.category);
    changed.description = command.description.value_or(changed.description);
    changed.active = command.active.value_or(changed.active);
    changed.resource_template = command.resource_template.value_or(changed.resource_template);
    if (command.price) {
        changed.price = *command.price;
        changed.rules = command.rules;
    }
    changed.price_book = catalog.price_book + 1;
    context.emit(std::move(changed));
    return accepted;
}

Refusal decide(Context& context, const RemoveFeature& command) {
    const Catalog& catalog = context.state.catalog();
    if (!catalog.features.contains(command.key)) return refuse(RefusalCode::feature_not_found);
    context.emit(FeatureRemoved{command.key, catalog.price_book + 1});
    return accepted;
}

Refusal decide(Context& context, const CreateApiKey& command) {
    const Timestamp expires_at =
        command.expires_in ? context.now + *command.expires_in : Timestamp::never();
    context.emit(ApiKeyCreated{command.id, command.name, command.scopes, command.account_prefix,
                               expires_at, command.secret_hash});
    return accepted;
}

Refusal decide(Context& context, const RevokeApiKey& command) {
    if (!context.state.catalog().api_keys.contains(command.id)) {
        return refuse(RefusalCode::key_not_found);
    }
    context.emit(ApiKeyRevoked{command.id});
    return accepted;
}

Refusal decide(Context& context, const SetOffer& command) {
    context.emit(OfferSet{command.offer, context.state.catalog().price_book + 1});
    return accepted;
}

Refusal decide(Context& context, const RemoveOffer& command) {
    static constexpr std::array missing{RefusalCode::plan_not_found, RefusalCode::package_not_found,
                                        RefusalCode::promotion_not_found};
    const Catalog& catalog = context.state.catalog();
    if (!catalog.has_offer(command.kind, command.id)) {
        return refuse(missing[static_cast<std::size_t>(command.kind)]);
    }
    context.emit(OfferRemoved{command.kind, command.id, catalog.price_book + 1});
    return accepted;
}

}  // namespace creditd::deciding
