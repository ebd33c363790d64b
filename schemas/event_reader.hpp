// What decoding and viewing an event share: the verification, and the readers of bodies.
// Inside schemas only.
#pragma once

#include "core/event.hpp"
#include "schemas/aligned_bytes.hpp"
#include "schemas/event_generated.h"
#include "schemas/field_reader.hpp"

namespace creditd::schemas {

/// The event in these bytes, every offset and size checked, its kind and its own fields known.
/// Nothing may be read of bytes that have not passed here.
std::expected<const fbs::Event*, CodecError> verify_event(const AlignedBytes& bytes);

/// Reads the body of its kind into `out`, keeping the alternative that is there if it is the same.
void read_event_body(FieldReader& reader, const fbs::Event& event, EventBody& out);

/// The balances of the event; `available` is stored as a difference.
Balances read_balances(FieldReader& reader, const fbs::Event& event);

}  // namespace creditd::schemas
