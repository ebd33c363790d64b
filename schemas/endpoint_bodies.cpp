#include "schemas/endpoint_bodies.hpp"

namespace creditd::schemas {

flatbuffers::Offset<fbs::EndpointSet> write_endpoint(FlatBuilder& builder,
                                                     const Endpoint& endpoint) {
    const TextOffset id = write_text(builder, endpoint.id, limits::id_bytes_max);
    const TextOffset url = write_text(builder, endpoint.url, limits::text_bytes_max);
    const TextOffset text = write_text(builder, endpoint.description, limits::text_bytes_max);
    const TextListOffset events = write_texts(builder, endpoint.events);
    const TextOffset prefix = write_text(builder, endpoint.account_prefix, limits::id_bytes_max);
    return fbs::CreateEndpointSet(builder, id, url, text, events, prefix,
                                  static_cast<fbs::EndpointStatus>(endpoint.status),
                                  endpoint.secret, endpoint.previous_until.value);
}

void read_endpoint(FieldReader& reader, const fbs::EndpointSet& stored, Endpoint& out) {
    reader.require_known(stored, fbs::EndpointSet::VT_PREVIOUS_UNTIL, "endpoint");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "endpoint.id");
    reader.text(stored.url(), limits::text_bytes_max, out.url, "endpoint.url");
    reader.text(stored.description(), limits::text_bytes_max, out.description,
                "endpoint.description");
    read_texts(reader, stored.events(), limits::endpoint_events_max, out.events, "endpoint.events");
    reader.text(stored.account_prefix(), limits::id_bytes_max, out.account_prefix,
                "endpoint.account_prefix");
    out.status = reader.value(stored.status(), EndpointStatus::failing, "endpoint.status");
    out.secret = stored.secret();
    reader.require(out.secret > 0, CodecFault::out_of_range, "endpoint.secret");
    out.previous_until = reader.time(stored.previous_until(), "endpoint.previous_until");
}

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const EndpointSet& body) {
    return write_endpoint(builder, body.endpoint).Union();
}
void read_body(FieldReader& reader, const fbs::EndpointSet& stored, EndpointSet& out) {
    read_endpoint(reader, stored, out.endpoint);
}

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const EndpointRemoved& body) {
    return fbs::CreateEndpointRemoved(builder, write_text(builder, body.id, limits::id_bytes_max))
        .Union();
}
void read_body(FieldReader& reader, const fbs::EndpointRemoved& stored, EndpointRemoved& out) {
    reader.require_known(stored, fbs::EndpointRemoved::VT_ID, "endpoint_removed");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "id");
}

}  // namespace creditd::schemas
