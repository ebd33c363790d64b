#include "schemas/event_parts.hpp"

#include <algorithm>
#include <cstring>

#include "schemas/price_parts.hpp"

namespace creditd::schemas {
namespace {

constexpr std::string_view flat_rule = "flat";

bool is_capital(char letter) { return letter >= 'A' && letter <= 'Z'; }

bool is_flat(const Usage& usage, Credits price) {
    return !usage.feature.empty() && usage.lines.size() == 1 && usage.lines[0].amount == price &&
           usage.lines[0].rule == flat_rule;
}

}  // namespace

// --- money ---------------------------------------------------------------------------------------

fbs::Money write_money(const Money& money) {
    std::array<std::uint8_t, 3> currency{};
    std::memcpy(currency.data(), money.currency.code.data(), currency.size());
    return fbs::Money(money.minor, std::span<const std::uint8_t, 3>(currency));
}

Money read_money(FieldReader& reader, const fbs::Money* stored, std::string_view detail) {
    Money money;
    if (stored == nullptr) return money;
    money.minor = stored->minor();
    reader.require(money.minor >= 0 && money.minor <= limits::money_minor_max,
                   CodecFault::out_of_range, detail);
    std::memcpy(money.currency.code.data(), stored->currency()->Data(), 3);
    const auto& code = money.currency.code;
    reader.require(code == Currency{}.code || std::all_of(code.begin(), code.end(), is_capital),
                   CodecFault::unknown_value, detail);
    return money;
}

// --- parts ---------------------------------------------------------------------------------------

ListOffset<const fbs::GrantPart*> write_parts(FlatBuilder& builder,
                                              std::span<const GrantPart> parts) {
    if (parts.empty()) return {};
    return builder.CreateVectorOfStructs(reinterpret_cast<const fbs::GrantPart*>(parts.data()),
                                         parts.size());
}

Credits read_parts(FieldReader& reader, const fbs::GrantPart* first,
                   const flatbuffers::Vector<const fbs::GrantPart*>* more,
                   std::vector<GrantPart>& out) {
    const std::size_t own = first == nullptr ? 0 : 1;
    const std::size_t others = more == nullptr ? 0 : more->size();
    out.resize(own + others);
    if (own != 0) out[0] = core_as<GrantPart>(*first);
    if (others != 0) {
        reader.require_aligned(*more, "parts");
        std::memcpy(static_cast<void*>(&out[own]), more->Data(), others * sizeof(GrantPart));
    }
    std::uint64_t sum = 0;  // unsigned: bad amounts may wrap, and have failed by then
    for (const GrantPart& part : out) {
        sum += static_cast<std::uint64_t>(reader.amount(part.amount.value, "part.amount").value);
        reader.require(sum <= limits::credits_minor_max, CodecFault::out_of_range, "sum of parts");
    }
    return Credits{static_cast<std::int64_t>(sum)};
}

// --- terms ---------------------------------------------------------------------------------------

TextListOffset write_texts(FlatBuilder& builder, const std::vector<std::string>& texts) {
    constexpr std::size_t most = std::max(
        {limits::grant_features_max, limits::price_options_max, limits::endpoint_events_max});
    if (texts.empty()) return {};
    CREDITD_ASSERT(texts.size() <= most);
    std::array<TextOffset, most> stored;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        CREDITD_ASSERT(texts[i].size() <= limits::id_bytes_max);
        stored[i] = builder.CreateString(texts[i].data(), texts[i].size());
    }
    return builder.CreateVector(stored.data(), texts.size());
}

void read_texts(FieldReader& reader,
                const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* stored,
                std::size_t count_max, std::vector<std::string>& out, std::string_view detail) {
    out.resize(reader.count(stored, count_max, detail));
    for (std::size_t i = 0; i < out.size(); ++i) {
        reader.text(stored->Get(static_cast<flatbuffers::uoffset_t>(i)), limits::id_bytes_max,
                    out[i], detail);
    }
}

ListOffset<std::uint8_t> write_percents(FlatBuilder& builder,
                                        const std::vector<std::uint8_t>& percents) {
    if (percents.empty()) return {};
    CREDITD_ASSERT(percents.size() <= limits::plan_alerts_max);
    return builder.CreateVector(percents);
}

void read_percents(FieldReader& reader, const flatbuffers::Vector<std::uint8_t>* stored,
                   std::vector<std::uint8_t>& out, std::string_view detail) {
    out.resize(reader.count(stored, limits::plan_alerts_max, detail));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = stored->Get(static_cast<flatbuffers::uoffset_t>(i));
        reader.require(out[i] <= limits::percent_max, CodecFault::out_of_range, detail);
    }
}

flatbuffers::Offset<fbs::GrantTerms> TermsWriter::write(const GrantTerms& terms) {
    if (last_ != nullptr && *last_ == terms) return last_offset_;
    CREDITD_ASSERT(terms.priority <= limits::grant_priority_max);
    const TextListOffset features = write_texts(builder_, terms.features);
    const fbs::Money cost = write_money(terms.cost);
    fbs::GrantTermsBuilder table(builder_);
    if (terms.cost != Money{}) table.add_cost(&cost);
    table.add_cost_credits(terms.cost_credits.value);
    table.add_effective_at(terms.effective_at.value);
    table.add_expires_at(terms.expires_at.value);
    table.add_features(features);
    table.add_priority(terms.priority);
    table.add_kind(static_cast<fbs::GrantKind>(terms.kind));
    last_ = &terms;
    last_offset_ = table.Finish();
    return last_offset_;
}

void read_terms(FieldReader& reader, const fbs::GrantTerms& stored, GrantTerms& out) {
    reader.require_known(stored, fbs::GrantTerms::VT_COST_CREDITS, "terms");
    out.kind = reader.value(stored.kind(), GrantKind::refund, "terms.kind");
    reader.require(stored.priority() <= limits::grant_priority_max, CodecFault::out_of_range,
                   "terms.priority");
    out.priority = stored.priority();
    out.effective_at = reader.time(stored.effective_at(), "terms.effective_at");
    out.expires_at = reader.time(stored.expires_at(), "terms.expires_at");
    read_texts(reader, stored.features(), limits::grant_features_max, out.features,
               "terms.features");
    out.cost = read_money(reader, stored.cost(), "terms.cost");
    out.cost_credits = reader.amount(stored.cost_credits(), "terms.cost_credits");
}

flatbuffers::Offset<fbs::GrantTerms> write_terms_if(FlatBuilder& builder, Credits granted,
                                                    const GrantTerms& terms) {
    if (!granted.is_zero()) return TermsWriter(builder).write(terms);
    CREDITD_ASSERT(terms == GrantTerms{});
    return {};
}

void read_terms_if(FieldReader& reader, Credits granted, const fbs::GrantTerms* stored,
                   GrantTerms& out, std::string_view detail) {
    reader.require((stored != nullptr) == granted.is_positive(), CodecFault::inconsistent, detail);
    if (stored == nullptr) {
        out = {};
    } else {
        read_terms(reader, *stored, out);
    }
}

// --- usage ---------------------------------------------------------------------------------------

namespace {

ListOffset<flatbuffers::Offset<fbs::MeasuredUnit>> write_units(
    FlatBuilder& builder, const std::vector<MeasuredUnit>& units) {
    if (units.empty()) return {};
    CREDITD_ASSERT(units.size() <= limits::price_units_max);
    std::array<flatbuffers::Offset<fbs::MeasuredUnit>, limits::price_units_max> stored;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const TextOffset unit = write_text(builder, units[i].unit, limits::id_bytes_max);
        stored[i] = fbs::CreateMeasuredUnit(builder, unit, units[i].measure.value);
    }
    return builder.CreateVector(stored.data(), units.size());
}

}  // namespace

void read_units(FieldReader& reader,
                const flatbuffers::Vector<flatbuffers::Offset<fbs::MeasuredUnit>>* stored,
                std::vector<MeasuredUnit>& out) {
    out.resize(reader.count(stored, limits::price_units_max, "usage.units"));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const fbs::MeasuredUnit& unit = *stored->Get(static_cast<flatbuffers::uoffset_t>(i));
        reader.require_known(unit, fbs::MeasuredUnit::VT_MEASURE, "usage.units");
        reader.text(unit.unit(), limits::id_bytes_max, out[i].unit, "usage.units.unit");
        out[i].measure = Measure{reader.amount(unit.measure(), "usage.units.measure").value};
    }
}

UsageImage write_usage(FlatBuilder& builder, const Usage& usage, Credits price) {
    UsageImage image;
    image.no_lines = usage.lines.empty() && !usage.feature.empty();
    if (!usage.lines.empty() && !is_flat(usage, price)) {
        CREDITD_ASSERT(usage.lines.size() <= price_lines_max);
        std::vector<flatbuffers::Offset<fbs::PriceLine>> lines;
        lines.reserve(usage.lines.size());
        for (const PriceLine& line : usage.lines) {
            const TextOffset rule = write_text(builder, line.rule, limits::text_bytes_max);
            lines.push_back(fbs::CreatePriceLine(builder, rule, line.amount.value));
        }
        image.lines = builder.CreateVector(lines);
    }
    image.units = write_units(builder, usage.units);
    image.options = write_texts(builder, usage.options);
    image.feature = write_text(builder, usage.feature, limits::id_bytes_max);
    image.user = write_text(builder, usage.user, limits::text_bytes_max);
    image.model = write_text(builder, usage.model, limits::text_bytes_max);
    return image;
}

std::uint32_t stored_price_book(const Usage& usage) {
    CREDITD_ASSERT(usage.price_book <= UINT32_MAX);
    return static_cast<std::uint32_t>(usage.price_book);
}

void read_lines(FieldReader& reader,
                const flatbuffers::Vector<flatbuffers::Offset<fbs::PriceLine>>* stored, bool flat,
                Credits price, std::vector<PriceLine>& out) {
    if (flat) {
        out.resize(1);
        out[0].rule.assign(flat_rule);
        out[0].amount = price;
        return;
    }
    out.resize(reader.count(stored, price_lines_max, "usage.lines"));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const fbs::PriceLine& line = *stored->Get(static_cast<flatbuffers::uoffset_t>(i));
        reader.require_known(line, fbs::PriceLine::VT_AMOUNT, "usage.lines");
        reader.text(line.rule(), limits::text_bytes_max, out[i].rule, "usage.lines.rule");
        out[i].amount = reader.balance(line.amount(), "usage.lines.amount");
    }
}

// --- catalog -------------------------------------------------------------------------------------

flatbuffers::Offset<fbs::FeatureSet> write_feature(FlatBuilder& builder,
                                                   const FeatureSet& feature) {
    const TextOffset key = write_text(builder, feature.key, limits::id_bytes_max);
    const TextOffset name = write_text(builder, feature.name, limits::text_bytes_max);
    const TextOffset category = write_text(builder, feature.category, limits::text_bytes_max);
    const TextOffset description = write_text(builder, feature.description, limits::text_bytes_max);
    const auto rules = write_price_rules(builder, feature.rules);
    const TextOffset resource =
        write_text(builder, feature.resource_template, limits::text_bytes_max);
    return fbs::CreateFeatureSet(builder, key, name, category, description, feature.price.value,
                                 feature.active, feature.price_book, rules, resource);
}

void read_feature(FieldReader& reader, const fbs::FeatureSet& stored, FeatureSet& out) {
    reader.require_known(stored, fbs::FeatureSet::VT_RESOURCE_TEMPLATE, "feature");
    reader.text(stored.key(), limits::id_bytes_max, out.key, "feature.key");
    reader.text(stored.name(), limits::text_bytes_max, out.name, "feature.name");
    reader.text(stored.category(), limits::text_bytes_max, out.category, "feature.category");
    reader.text(stored.description(), limits::text_bytes_max, out.description,
                "feature.description");
    out.price = reader.amount(stored.price(), "feature.price");
    out.active = stored.active();
    out.price_book = stored.price_book();
    read_price_rules(reader, stored.rules(), out.rules);
    reader.text(stored.resource_template(), limits::text_bytes_max, out.resource_template,
                "feature.resource_template");
}

flatbuffers::Offset<fbs::ApiKeyCreated> write_api_key(FlatBuilder& builder,
                                                      const ApiKeyCreated& key) {
    const TextOffset id = write_text(builder, key.id, limits::id_bytes_max);
    const TextOffset name = write_text(builder, key.name, limits::text_bytes_max);
    const TextOffset prefix = write_text(builder, key.account_prefix, limits::id_bytes_max);
    const auto hash = stored_as<fbs::Bytes32>(key.secret_hash);
    return fbs::CreateApiKeyCreated(builder, id, name, key.scopes, prefix, key.expires_at.value,
                                    &hash);
}

void read_api_key(FieldReader& reader, const fbs::ApiKeyCreated& stored, ApiKeyCreated& out) {
    reader.require_known(stored, fbs::ApiKeyCreated::VT_SECRET_HASH, "api_key");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "api_key.id");
    reader.text(stored.name(), limits::text_bytes_max, out.name, "api_key.name");
    out.scopes = stored.scopes();
    reader.text(stored.account_prefix(), limits::id_bytes_max, out.account_prefix,
                "api_key.account_prefix");
    out.expires_at = reader.time(stored.expires_at(), "api_key.expires_at");
    out.secret_hash = core_as<Hash256>(*stored.secret_hash());
}

}  // namespace creditd::schemas
