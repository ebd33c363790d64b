// Plans, packages, promotions and the catalog's settings as JSON, both ways: in request bodies, in
// catalog files, in answers. Only names and forms: what they do is core's.
#pragma once

#include "core/offers.hpp"
#include "text/json_reader.hpp"
#include "text/json_writer.hpp"

namespace creditd {

struct OfferContext {
    unsigned decimals = limits::decimals_max;
    FieldErrors& errors;  // the same that the reader writes to
    /// The id in the path, which the body may repeat; empty: the body must have one.
    std::string_view id{};
};

/// Reads all fields of an offer of this kind; the caller finishes the reader. Contradictions are
/// errors like all others.
Offer read_offer(OfferKind kind, ObjectReader& reader, const OfferContext& context);

/// What is not there: null, as answers have it, or left out, so that it can be given again.
enum class Absent : bool { null, left_out };
/// The fields, into an open object; `id` (or `code`) comes first.
void render_offer_fields(JsonWriter& json, const Offer& offer, unsigned decimals, Absent absent);

/// `plan`, `package`, `promotion`, `settings`.
std::string_view name_of(OfferKind kind);

}  // namespace creditd
