// Endpoints of webhooks as events store them, and snapshots with them: writer and reader side by
// side. Inside schemas only.
#pragma once

#include "schemas/event_parts.hpp"

namespace creditd::schemas {

flatbuffers::Offset<fbs::EndpointSet> write_endpoint(FlatBuilder& builder,
                                                     const Endpoint& endpoint);
void read_endpoint(FieldReader& reader, const fbs::EndpointSet& stored, Endpoint& out);

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const EndpointSet& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const EndpointRemoved& body);
void read_body(FieldReader& reader, const fbs::EndpointSet& stored, EndpointSet& out);
void read_body(FieldReader& reader, const fbs::EndpointRemoved& stored, EndpointRemoved& out);

}  // namespace creditd::schemas
