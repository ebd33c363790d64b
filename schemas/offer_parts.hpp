// Plans, packages, promotions and the catalog's settings: their writer and their reader. Inside
// schemas only.
#pragma once

#include "schemas/event_parts.hpp"

namespace creditd::schemas {

flatbuffers::Offset<fbs::OfferSet> write_offer(FlatBuilder& builder, const Offer& offer,
                                               std::uint64_t price_book);
void read_offer(FieldReader& reader, const fbs::OfferSet& stored, Offer& out);

}  // namespace creditd::schemas
