#include "schemas/price_parts.hpp"

namespace creditd::schemas {
namespace {

constexpr std::int64_t no_bound = -1;

template <class T>
using Offsets = std::vector<flatbuffers::Offset<T>>;

/// One table for each rule; an empty list is left out.
template <class Stored, class Rule, class Write>
ListOffset<flatbuffers::Offset<Stored>> write_rules(FlatBuilder& builder,
                                                    const std::vector<Rule>& rules,
                                                    const Write& write) {
    CREDITD_ASSERT(rules.size() <= limits::price_rules_max);
    if (rules.empty()) return {};
    Offsets<Stored> stored;
    stored.reserve(rules.size());
    for (const Rule& rule : rules) stored.push_back(write(rule));
    return builder.CreateVector(stored);
}

fbs::Surcharge write_surcharge(const Surcharge& surcharge) {
    return {surcharge.millionths, surcharge.credits.value};
}

flatbuffers::Offset<fbs::TieredUnit> write_tiered(FlatBuilder& builder, const TieredUnit& rule) {
    CREDITD_ASSERT(rule.tiers.size() <= limits::price_tiers_max);
    const TextOffset unit = write_text(builder, rule.unit, limits::id_bytes_max);
    std::vector<fbs::Tier> tiers;
    tiers.reserve(rule.tiers.size());
    for (const Tier& tier : rule.tiers) tiers.emplace_back(tier.up_to.value, tier.credits.value);
    return fbs::CreateTieredUnit(builder, unit, builder.CreateVectorOfStructs(tiers));
}

// --- reading -------------------------------------------------------------------------------------
template <class Stored, class Rule, class Read>
void read_rules(FieldReader& reader, const flatbuffers::Vector<flatbuffers::Offset<Stored>>* stored,
                std::vector<Rule>& out, const Read& read) {
    out.resize(reader.count(stored, limits::price_rules_max, "rules"));
    for (std::size_t i = 0; i < out.size() && reader.ok(); ++i) {
        read(*stored->Get(static_cast<flatbuffers::uoffset_t>(i)), out[i]);
    }
}

Measure read_measure(FieldReader& reader, std::int64_t millionths, std::string_view detail) {
    return Measure{reader.amount(millionths, detail).value};
}

void read_surcharge(FieldReader& reader, const fbs::Surcharge& stored, Surcharge& out) {
    reader.require(stored.millionths() >= -millionths_of_one &&
                       stored.millionths() <= surcharge_millionths_max,
                   CodecFault::out_of_range, "rules.surcharge");
    out.millionths = stored.millionths();
    out.credits = reader.balance(stored.credits(), "rules.surcharge.credits");
}

void read_per(FieldReader& reader, const fbs::PerUnit& stored, PerUnit& out) {
    reader.require_known(stored, fbs::PerUnit::VT_TIMES, "rules.per");
    out.credits = reader.amount(stored.credits(), "rules.per.credits");
    reader.text(stored.unit(), limits::id_bytes_max, out.unit, "rules.per.unit");
    out.step = read_measure(reader, stored.step(), "rules.per.step");
    reader.require(out.step.value > 0, CodecFault::out_of_range, "rules.per.step");
    out.rounding = reader.value(stored.rounding(), StepRounding::nearest, "rules.per.rounding");
    reader.text(stored.times(), limits::id_bytes_max, out.times, "rules.per.times");
}

void read_tiered(FieldReader& reader, const fbs::TieredUnit& stored, TieredUnit& out) {
    reader.require_known(stored, fbs::TieredUnit::VT_TIERS, "rules.tiers");
    reader.text(stored.unit(), limits::id_bytes_max, out.unit, "rules.tiers.unit");
    out.tiers.resize(reader.count(stored.tiers(), limits::price_tiers_max, "rules.tiers"));
    for (std::size_t i = 0; i < out.tiers.size(); ++i) {
        const fbs::Tier& tier = *stored.tiers()->Get(static_cast<flatbuffers::uoffset_t>(i));
        out.tiers[i].up_to = read_measure(reader, tier.up_to(), "rules.tiers.up_to");
        out.tiers[i].credits = reader.amount(tier.credits(), "rules.tiers.credits");
    }
}

void read_option(FieldReader& reader, const fbs::PriceOption& stored, PriceOption& out) {
    reader.require_known(stored, fbs::PriceOption::VT_SURCHARGE, "rules.options");
    reader.text(stored.name(), limits::id_bytes_max, out.name, "rules.options.name");
    read_surcharge(reader, *stored.surcharge(), out.surcharge);
}

void read_condition(FieldReader& reader, const fbs::PriceCondition& stored, PriceCondition& out) {
    reader.require_known(stored, fbs::PriceCondition::VT_SURCHARGE, "rules.conditions");
    reader.text(stored.unit(), limits::id_bytes_max, out.unit, "rules.conditions.unit");
    out.above = read_measure(reader, stored.above(), "rules.conditions.above");
    read_surcharge(reader, *stored.surcharge(), out.surcharge);
}

std::optional<Credits> read_bound(FieldReader& reader, std::int64_t stored,
                                  std::string_view detail) {
    if (stored == no_bound) return std::nullopt;
    return reader.amount(stored, detail);
}

}  // namespace

flatbuffers::Offset<fbs::PriceRules> write_price_rules(FlatBuilder& builder,
                                                       const PriceRules& rules) {
    if (rules.is_flat()) return {};
    const auto text = [&](const std::string& t) {
        return write_text(builder, t, limits::id_bytes_max);
    };
    const auto per = write_rules<fbs::PerUnit>(builder, rules.per, [&](const PerUnit& rule) {
        const TextOffset unit = text(rule.unit);
        const TextOffset times = text(rule.times);
        return fbs::CreatePerUnit(builder, rule.credits.value, unit, rule.step.value,
                                  static_cast<fbs::StepRounding>(rule.rounding), times);
    });
    const auto tiers = write_rules<fbs::TieredUnit>(
        builder, rules.tiers, [&](const TieredUnit& rule) { return write_tiered(builder, rule); });
    const auto options =
        write_rules<fbs::PriceOption>(builder, rules.options, [&](const PriceOption& rule) {
            const auto surcharge = write_surcharge(rule.surcharge);
            return fbs::CreatePriceOption(builder, text(rule.name), &surcharge);
        });
    const auto conditions = write_rules<fbs::PriceCondition>(
        builder, rules.conditions, [&](const PriceCondition& rule) {
            const auto surcharge = write_surcharge(rule.surcharge);
            return fbs::CreatePriceCondition(builder, text(rule.unit), rule.above.value,
                                             &surcharge);
        });
    return fbs::CreatePriceRules(builder, per, tiers, options, conditions,
                                 rules.minimum ? rules.minimum->value : no_bound,
                                 rules.maximum ? rules.maximum->value : no_bound);
}

void read_price_rules(FieldReader& reader, const fbs::PriceRules* stored, PriceRules& out) {
    out = {};
    if (stored == nullptr) return;
    reader.require_known(*stored, fbs::PriceRules::VT_MAXIMUM, "rules");
    read_rules(reader, stored->per(), out.per,
               [&](const fbs::PerUnit& rule, PerUnit& to) { read_per(reader, rule, to); });
    read_rules(reader, stored->tiers(), out.tiers,
               [&](const fbs::TieredUnit& rule, TieredUnit& to) { read_tiered(reader, rule, to); });
    read_rules(
        reader, stored->options(), out.options,
        [&](const fbs::PriceOption& rule, PriceOption& to) { read_option(reader, rule, to); });
    read_rules(reader, stored->conditions(), out.conditions,
               [&](const fbs::PriceCondition& rule, PriceCondition& to) {
                   read_condition(reader, rule, to);
               });
    out.minimum = read_bound(reader, stored->minimum(), "rules.minimum");
    out.maximum = read_bound(reader, stored->maximum(), "rules.maximum");
}

}  // namespace creditd::schemas
