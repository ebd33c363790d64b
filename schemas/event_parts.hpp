// The parts that several tables have in common, each with its writer and its reader side by side:
// money, parts of grants, terms, usage, features, API keys. Inside schemas only.
#pragma once

#include <optional>
#include <span>

#include "core/event.hpp"
#include "schemas/event_generated.h"
#include "schemas/field_reader.hpp"
#include "schemas/field_writer.hpp"

namespace creditd::schemas {

/// Lists of tables are bounded by number; a list of grant parts by the event's own size.
inline constexpr std::size_t price_lines_max = 1024;
inline constexpr std::size_t event_parts_max = std::size_t{1} << GrantId::index_bits;

// --- money ---------------------------------------------------------------------------------------
static_assert(sizeof(GrantPart) == sizeof(fbs::GrantPart));

fbs::Money write_money(const Money& money);
Money read_money(FieldReader& reader, const fbs::Money* stored, std::string_view detail);

// --- parts of grants -----------------------------------------------------------------------------
/// The first part stands inline, since most lists have one; the others in a list of their own.
struct PartsImage {
    std::optional<fbs::GrantPart> first;
    ListOffset<const fbs::GrantPart*> more;

    const fbs::GrantPart* first_or_null() const { return first ? &*first : nullptr; }
};
ListOffset<const fbs::GrantPart*> write_parts(FlatBuilder& builder,
                                              std::span<const GrantPart> parts);
inline PartsImage write_parts_split(FlatBuilder& builder, const std::vector<GrantPart>& parts) {
    if (parts.empty()) return {};
    return {stored_as<fbs::GrantPart>(parts.front()),
            write_parts(builder, std::span(parts).subspan(1))};
}

/// Either may be null. Returns the sum.
Credits read_parts(FieldReader& reader, const fbs::GrantPart* first,
                   const flatbuffers::Vector<const fbs::GrantPart*>* more,
                   std::vector<GrantPart>& out);

// --- terms ---------------------------------------------------------------------------------------
/// Writes terms; equal ones that follow each other are stored once.
class TermsWriter {
public:
    explicit TermsWriter(FlatBuilder& builder) : builder_(builder) {}
    flatbuffers::Offset<fbs::GrantTerms> write(const GrantTerms& terms);

private:
    FlatBuilder& builder_;
    const GrantTerms* last_ = nullptr;
    flatbuffers::Offset<fbs::GrantTerms> last_offset_;
};
void read_terms(FieldReader& reader, const fbs::GrantTerms& stored, GrantTerms& out);

using TextListOffset = ListOffset<TextOffset>;
TextListOffset write_features(FlatBuilder& builder, const std::vector<std::string>& features);
void read_features(FieldReader& reader,
                   const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* stored,
                   std::vector<std::string>& out);

// --- usage ---------------------------------------------------------------------------------------
struct UsageImage {
    TextOffset feature, user, model;
    ListOffset<flatbuffers::Offset<fbs::PriceLine>> lines;
    bool no_lines = false;
};
/// `price`: what the feature cost, were it one flat line.
UsageImage write_usage(FlatBuilder& builder, const Usage& usage, Credits price);
void read_lines(FieldReader& reader,
                const flatbuffers::Vector<flatbuffers::Offset<fbs::PriceLine>>* stored, bool flat,
                Credits price, std::vector<PriceLine>& out);
/// Versions count changes of prices; 2^32 of them are out of reach.
std::uint32_t stored_price_book(const Usage& usage);

template <class TableBuilder>
void add_usage(TableBuilder& table, const Usage& usage, const UsageImage& image) {
    table.add_quantity(usage.quantity);
    table.add_price_book(stored_price_book(usage));
    table.add_feature(image.feature);
    table.add_user(image.user);
    table.add_model(image.model);
    table.add_lines(image.lines);
    table.add_no_lines(image.no_lines);
}

template <class Table>
void read_usage(FieldReader& reader, const Table& stored, Credits price, Usage& out) {
    reader.text(stored.feature(), limits::id_bytes_max, out.feature, "usage.feature");
    reader.text(stored.user(), limits::text_bytes_max, out.user, "usage.user");
    reader.text(stored.model(), limits::text_bytes_max, out.model, "usage.model");
    reader.require(stored.quantity() >= 0, CodecFault::out_of_range, "usage.quantity");
    out.quantity = stored.quantity();
    out.price_book = stored.price_book();
    const bool flat = stored.lines() == nullptr && !stored.no_lines() && !out.feature.empty();
    read_lines(reader, stored.lines(), flat, price, out.lines);
}

// --- catalog -------------------------------------------------------------------------------------
flatbuffers::Offset<fbs::FeatureSet> write_feature(FlatBuilder& builder, const FeatureSet& feature);
void read_feature(FieldReader& reader, const fbs::FeatureSet& stored, FeatureSet& out);
flatbuffers::Offset<fbs::ApiKeyCreated> write_api_key(FlatBuilder& builder,
                                                      const ApiKeyCreated& key);
void read_api_key(FieldReader& reader, const fbs::ApiKeyCreated& stored, ApiKeyCreated& out);

}  // namespace creditd::schemas
