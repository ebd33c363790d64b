// Arrangements of an account and numbers of redemptions in a snapshot: their writers and their
// readers. Part of the snapshot's encoder and decoder, apart for their length. Inside schemas only.
#pragma once

#include "core/state.hpp"
#include "schemas/event_parts.hpp"
#include "schemas/snapshot_generated.h"

namespace creditd::schemas {

using RedemptionListOffset = ListOffset<flatbuffers::Offset<fbs::RedemptionCount>>;
using StoredRedemptions = flatbuffers::Vector<flatbuffers::Offset<fbs::RedemptionCount>>;

/// Absent where nothing is arranged.
flatbuffers::Offset<fbs::ArrangementsImage> write_arrangements(FlatBuilder& builder,
                                                               const Arrangements& arrangements);
void read_arrangements(FieldReader& reader, const fbs::ArrangementsImage& stored,
                       Arrangements& out);

/// By everybody; absent where there are none.
RedemptionListOffset write_redemptions(FlatBuilder& builder, const Redemptions& redemptions);
/// `stored` may be null.
void read_redemptions(FieldReader& reader, const StoredRedemptions* stored, Redemptions& out);

}  // namespace creditd::schemas
