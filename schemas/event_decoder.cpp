#include "schemas/event_codec.hpp"
#include "schemas/event_parts.hpp"
#include "schemas/event_reader.hpp"
#include "schemas/text_bytes.hpp"

namespace creditd::schemas {
namespace {

constexpr auto event_last_field = fbs::Event::VT_UNUSABLE;
/// Event, body, standing, lot, terms.
constexpr flatbuffers::uoffset_t depth_max = 5;
/// Every part with its own terms, every line of a price, what is known of a payment, the event and
/// its body.
constexpr flatbuffers::uoffset_t tables_max =
    2 * event_parts_max + price_lines_max + 2 * limits::payment_refunds_max + 8;

bool is_verified(const AlignedBytes& bytes) {
    flatbuffers::Verifier::Options options;
    options.max_depth = depth_max;
    options.max_tables = tables_max;
    flatbuffers::Verifier verifier(bytes.data(), bytes.size(), options);
    return fbs::VerifyEventBuffer(verifier);
}

constexpr bool is_known(fbs::EventBody kind) {
    return kind >= fbs::EventBody::MIN && kind <= fbs::EventBody::MAX &&
           kind != fbs::EventBody::NONE;
}

void read_key(FieldReader& reader, const fbs::Event& stored, std::string& out) {
    if (const fbs::Bytes16* const uuid = stored.key_uuid()) {
        reader.require(stored.key() == nullptr, CodecFault::inconsistent, "key");
        format_uuid(uuid->bytes()->Data(), out);
    } else {
        reader.text(stored.key(), limits::idempotency_key_bytes_max, out, "key");
    }
}

void read_origin(FieldReader& reader, const fbs::Event& stored, std::optional<Origin>& out) {
    const fbs::RequestDigests* const request = stored.request();
    if (request == nullptr) {
        const bool absent = stored.key_uuid() == nullptr && stored.key() == nullptr &&
                            stored.actor() == nullptr && stored.trace() == nullptr &&
                            stored.head()->earlier() == 0 &&
                            stored.operation() == fbs::Operation::deduct;
        reader.require(absent, CodecFault::inconsistent, "request");
        out.reset();
        return;
    }
    Origin& origin = out ? *out : out.emplace();
    read_key(reader, stored, origin.key);
    origin.key_digest = core_as<Digest>(request->key());
    origin.fingerprint = core_as<Digest>(request->fingerprint());
    reader.text(stored.actor(), limits::id_bytes_max, origin.actor, "actor");
    if (const fbs::Bytes16* const trace = stored.trace()) {
        format_hex16(trace->bytes()->Data(), origin.trace_id);
    } else {
        origin.trace_id.clear();
    }
    const fbs::Head& head = *stored.head();
    reader.require(head.earlier() <= head.seq(), CodecFault::out_of_range, "earlier");
    origin.first_seq = Seq{head.seq() - head.earlier()};
    origin.operation = reader.value(stored.operation(), operation_last, "operation");
}

void read_event(FieldReader& reader, const fbs::Event& stored, Event& out) {
    const fbs::Head& head = *stored.head();
    out.seq = Seq{head.seq()};
    out.time = reader.time(head.time(), "time");
    out.account_no = AccountNo{head.account_no()};
    reader.text(stored.account(), limits::id_bytes_max, out.account, "account");
    reader.require(out.account.empty() == out.account_no.is_none(), CodecFault::inconsistent,
                   "account");
    out.balances = read_balances(reader, stored);
    read_origin(reader, stored, out.origin);
    if (const fbs::Bytes32* const hash = stored.personal_hash()) {
        out.personal_hash = core_as<Hash256>(*hash);
    } else {
        out.personal_hash.reset();
    }
    read_event_body(reader, stored, out.body);
}

}  // namespace

std::expected<const fbs::Event*, CodecError> verify_event(const AlignedBytes& bytes) {
    if (bytes.size() > limits::event_bytes_max) {
        return std::unexpected(CodecError{CodecFault::too_large, "event"});
    }
    if (!is_verified(bytes)) return std::unexpected(CodecError{CodecFault::damaged, "event"});
    const fbs::Event* const event = fbs::GetEvent(bytes.data());
    if (!is_known(event->body_type())) {
        return std::unexpected(CodecError{CodecFault::unknown_kind, "body"});
    }
    FieldReader reader;
    reader.require_known(*event, event_last_field, "event");
    if (!reader.ok()) return std::unexpected(reader.result().error());
    return event;
}

Balances read_balances(FieldReader& reader, const fbs::Event& event) {
    Balances balances;
    balances.before = reader.balance(event.head()->before(), "before");
    balances.after = reader.balance(event.head()->after(), "after");
    balances.held = reader.amount(event.held(), "held");
    const Credits unusable = reader.difference(event.unusable(), "unusable");
    // All of them are far from the ends of their type, or reading has failed.
    if (reader.ok()) balances.available = balances.after - balances.held - unusable;
    return balances;
}

std::expected<void, CodecError> decode_event(std::string_view bytes, Event& out) {
    const AlignedBytes aligned(bytes);
    const auto stored = verify_event(aligned);
    if (!stored) return std::unexpected(stored.error());
    FieldReader reader;
    read_event(reader, **stored, out);
    return reader.result();
}

}  // namespace creditd::schemas
