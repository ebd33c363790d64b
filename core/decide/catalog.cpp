#include "core/decide/context.hpp"

namespace creditd::deciding {

// Every accepted change makes a new version of the price book, so that a deduction can name the
// prices that it was decided under.
Refusal decide(Context& context, const SetFeature& command) {
    context.emit(FeatureSet{command.key, command.name, command.category, command.description,
                            command.price, command.active, context.state.catalog().price_book + 1});
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

}  // namespace creditd::deciding
