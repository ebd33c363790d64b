#include "schemas/personal.hpp"

#include "schemas/aligned_bytes.hpp"
#include "schemas/field_reader.hpp"
#include "schemas/field_writer.hpp"
#include "schemas/personal_generated.h"

namespace creditd::schemas {
namespace {

constexpr std::size_t personal_bytes_max = 2 * json_text_bytes_max + 4 * limits::text_bytes_max +
                                           limits::notification_bytes_max +
                                           512;  // tables, sizes, padding

bool is_verified(const AlignedBytes& bytes) {
    flatbuffers::Verifier::Options options;
    options.max_depth = 1;
    options.max_tables = 1;
    flatbuffers::Verifier verifier(bytes.data(), bytes.size(), options);
    return fbs::VerifyPersonalPartBuffer(verifier);
}

}  // namespace

std::string encode_personal(const Salt& salt, const PersonalPart& part) {
    FlatBuilder builder(1024);
    const TextOffset metadata = write_text(builder, part.metadata, json_text_bytes_max);
    const TextOffset description = write_text(builder, part.description, limits::text_bytes_max);
    const TextOffset reason = write_text(builder, part.reason, limits::text_bytes_max);
    const TextOffset resource = write_text(builder, part.resource, limits::text_bytes_max);
    const TextOffset name = write_text(builder, part.name, limits::text_bytes_max);
    const TextOffset labels = write_text(builder, part.labels, json_text_bytes_max);
    CREDITD_ASSERT(part.received.size() <= limits::notification_bytes_max);
    const auto received =
        part.received.empty()
            ? ListOffset<std::uint8_t>{}
            : builder.CreateVector(reinterpret_cast<const std::uint8_t*>(part.received.data()),
                                   part.received.size());
    fbs::FinishPersonalPartBuffer(
        builder, fbs::CreatePersonalPart(builder, metadata, description, reason, resource, name,
                                         labels, received));
    std::string bytes(reinterpret_cast<const char*>(salt.data()), salt.size());
    bytes.append(reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize());
    return bytes;
}

std::expected<void, CodecError> decode_personal(std::string_view bytes, PersonalPart& out) {
    FieldReader reader;
    if (bytes.size() > salt_bytes + personal_bytes_max) {
        reader.fail(CodecFault::too_large, "personal");
        return reader.result();
    }
    const AlignedBytes aligned(bytes.substr(std::min(bytes.size(), salt_bytes)));
    if (!is_verified(aligned)) {
        reader.fail(CodecFault::damaged, "personal");
        return reader.result();
    }
    const fbs::PersonalPart& stored = *fbs::GetPersonalPart(aligned.data());
    reader.require_known(stored, fbs::PersonalPart::VT_RECEIVED, "personal");
    reader.text(stored.name(), limits::text_bytes_max, out.name, "name");
    reader.text(stored.metadata(), json_text_bytes_max, out.metadata, "metadata");
    reader.text(stored.description(), limits::text_bytes_max, out.description, "description");
    reader.text(stored.reason(), limits::text_bytes_max, out.reason, "reason");
    reader.text(stored.labels(), json_text_bytes_max, out.labels, "labels");
    reader.text(stored.resource(), limits::text_bytes_max, out.resource, "resource");
    const std::size_t received =
        reader.count(stored.received(), limits::notification_bytes_max, "received");
    out.received.clear();
    if (received > 0) {
        out.received.assign(reinterpret_cast<const char*>(stored.received()->Data()), received);
    }
    return reader.result();
}

}  // namespace creditd::schemas
