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

inline constexpr Operation operation_last = Operation::forget;

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

/// Of a grant that may be none: there are terms exactly where something is granted.
flatbuffers::Offset<fbs::GrantTerms> write_terms_if(FlatBuilder& builder, Credits granted,
                                                    const GrantTerms& terms);
void read_terms_if(FieldReader& reader, Credits granted, const fbs::GrantTerms* stored,
                   GrantTerms& out, std::string_view detail);

/// Lists of ids: features, options.
using TextListOffset = ListOffset<TextOffset>;
TextListOffset write_texts(FlatBuilder& builder, const std::vector<std::string>& texts);
void read_texts(FieldReader& reader,
                const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* stored,
                std::size_t count_max, std::vector<std::string>& out, std::string_view detail);

/// Alerts of a plan, in percent of its credits.
ListOffset<std::uint8_t> write_percents(FlatBuilder& builder,
                                        const std::vector<std::uint8_t>& percents);
void read_percents(FieldReader& reader, const flatbuffers::Vector<std::uint8_t>* stored,
                   std::vector<std::uint8_t>& out, std::string_view detail);

// --- usage ---------------------------------------------------------------------------------------
struct UsageImage {
    TextOffset feature, user, model;
    ListOffset<flatbuffers::Offset<fbs::PriceLine>> lines;
    ListOffset<flatbuffers::Offset<fbs::MeasuredUnit>> units;
    TextListOffset options;
    bool no_lines = false;
};
inline TextOffset write_id(FlatBuilder& builder, const std::string& id) {
    return write_text(builder, id, limits::id_bytes_max);
}

/// What a use cost, charged or waived.
inline Credits price_of(Credits charged, Credits waived) {
    return waived.is_zero() ? charged : waived;
}
template <class HoldBody>
Credits price_of(const HoldBody& body) {
    return price_of(body.hold.amount, body.waived);
}
/// `price`: what the feature cost, were it one flat line.
UsageImage write_usage(FlatBuilder& builder, const Usage& usage, Credits price);
void read_lines(FieldReader& reader,
                const flatbuffers::Vector<flatbuffers::Offset<fbs::PriceLine>>* stored, bool flat,
                Credits price, std::vector<PriceLine>& out);
void read_units(FieldReader& reader,
                const flatbuffers::Vector<flatbuffers::Offset<fbs::MeasuredUnit>>* stored,
                std::vector<MeasuredUnit>& out);
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
    table.add_units(image.units);
    table.add_options(image.options);
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
    read_units(reader, stored.units(), out.units);
    read_texts(reader, stored.options(), limits::price_options_max, out.options, "usage.options");
}

// --- catalog -------------------------------------------------------------------------------------
flatbuffers::Offset<fbs::FeatureSet> write_feature(FlatBuilder& builder, const FeatureSet& feature);
void read_feature(FieldReader& reader, const fbs::FeatureSet& stored, FeatureSet& out);
flatbuffers::Offset<fbs::ApiKeyCreated> write_api_key(FlatBuilder& builder,
                                                      const ApiKeyCreated& key);
void read_api_key(FieldReader& reader, const fbs::ApiKeyCreated& stored, ApiKeyCreated& out);

}  // namespace creditd::schemas
