// Features, changes of them, and whole catalogs as JSON. A catalog file in TOML comes through here
// too: it is turned into JSON first (text/toml_json.hpp).
#pragma once

#include "catalog/offer_json.hpp"
#include "core/command.hpp"

namespace creditd {

/// All fields of a feature; the caller finishes the reader. With `context.id` empty, `key` must be
/// given.
SetFeature read_feature(ObjectReader& reader, const OfferContext& context);
/// The fields that are to change.
ChangeFeature read_feature_change(ObjectReader& reader, const OfferContext& context);

/// `settings`, `features`, `plans`, `packages`, `promotions`; `price_book` and `seq` as GET gives
/// them. What is absent is removed. Two of a kind with one id are an error.
ReplaceCatalog read_catalog(ObjectReader& reader, const OfferContext& context);

}  // namespace creditd
