#include "daemon/api/personal_fields.hpp"

#include "daemon/api/resource_name.hpp"

#include "replay/sha256.hpp"
#include "schemas/personal.hpp"

namespace creditd::daemon {

void seal_personal(const PersonalFields& fields, Random& random, CommandMeta& meta) {
    schemas::Salt salt;
    random.fill(salt);
    meta.personal = schemas::encode_personal(salt, fields);
    meta.personal_hash = replay::sha256(meta.personal);
}

void name_resource(const State& state, Timestamp now, Random& random, Command& command,
                   PersonalFields& personal) {
    const auto* const deduct = std::get_if<DeductCredits>(&command.body);
    if (deduct == nullptr || deduct->price.feature.empty() || !personal.resource.empty()) return;
    const auto& features = state.catalog().features;
    const auto found = features.find(deduct->price.feature);
    if (found == features.end() || found->second.set.resource_template.empty()) return;
    personal.resource =
        draw_resource(found->second.set.resource_template,
                      {deduct->account, deduct->price.user, deduct->price.feature, now}, random);
    seal_personal(personal, random, command.meta);
}

std::optional<PersonalFields> decode_personal_fields(const std::optional<std::string>& stored) {
    PersonalFields fields;
    if (stored && !schemas::decode_personal(*stored, fields)) return std::nullopt;
    return fields;
}

}  // namespace creditd::daemon
