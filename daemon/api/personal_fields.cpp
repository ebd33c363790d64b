#include "daemon/api/personal_fields.hpp"

#include "replay/sha256.hpp"
#include "schemas/personal.hpp"

namespace creditd::daemon {

void seal_personal(const PersonalFields& fields, Random& random, CommandMeta& meta) {
    schemas::Salt salt;
    random.fill(salt);
    meta.personal = schemas::encode_personal(salt, fields);
    meta.personal_hash = replay::sha256(meta.personal);
}

PersonalFields decode_personal_fields(const std::optional<std::string>& stored) {
    PersonalFields fields;
    if (!stored || !schemas::decode_personal(*stored, fields)) return {};
    return fields;
}

}  // namespace creditd::daemon
