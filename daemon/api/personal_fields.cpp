#include "daemon/api/personal_fields.hpp"

#include <openssl/rand.h>

#include "replay/sha256.hpp"
#include "schemas/personal.hpp"

namespace creditd::daemon {

void seal_personal(const PersonalFields& fields, CommandMeta& meta) {
    schemas::Salt salt;
    CREDITD_ASSERT(RAND_bytes(salt.data(), static_cast<int>(salt.size())) == 1);
    meta.personal = schemas::encode_personal(salt, fields);
    meta.personal_hash = replay::sha256(meta.personal);
}

PersonalFields decode_personal_fields(const std::optional<std::string>& stored) {
    PersonalFields fields;
    if (!stored || !schemas::decode_personal(*stored, fields)) return {};
    return fields;
}

}  // namespace creditd::daemon
