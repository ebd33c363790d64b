#include "catalog/price_json.hpp"

#include <algorithm>

#include "core/price.hpp"

namespace creditd {
namespace {

constexpr unsigned measure_decimals = 6;
constexpr unsigned percent_decimals = 4;  // a percent is 10 000 millionths

constexpr std::array<std::pair<std::string_view, StepRounding>, 4> roundings{{
    {"exact", StepRounding::exact},
    {"up", StepRounding::up},
    {"down", StepRounding::down},
    {"nearest", StepRounding::nearest},
}};

std::string id_of(ObjectReader& reader, std::string_view name, Presence presence = {}) {
    const auto text = reader.id(name, presence);
    return text ? std::string(*text) : std::string{};
}

/// A measure may be zero, which an amount may not.
std::optional<Measure> measure_of(ObjectReader& reader, std::string_view name,
                                  Presence presence = {}) {
    if (const auto value = reader.raw(name); value && value->text() == "0") return Measure{};
    const auto amount = reader.amount(name, measure_decimals, presence);
    return amount ? std::optional{Measure{amount->value}} : std::nullopt;
}

std::optional<Credits> credits_or_zero(ObjectReader& reader, std::string_view name,
                                       unsigned decimals) {
    if (const auto value = reader.raw(name); value && value->text() == "0") return Credits{};
    return reader.amount(name, decimals);
}

/// A percentage may be negative: a rebate.
std::int64_t percent_of(ObjectReader& reader) {
    const auto value = reader.raw("percent");
    if (!value) return 0;
    std::string_view text = value->text();
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    const auto parsed = parse_amount(text, percent_decimals);
    const bool is_number = value->kind() == JsonKind::number || value->kind() == JsonKind::string;
    if (!is_number || !parsed.credits) {
        reader.fail("percent", "must be a number with at most four decimals, and not 0");
        return 0;
    }
    return is_negative ? -parsed.credits->value : parsed.credits->value;
}

Surcharge surcharge_of(ObjectReader& reader, unsigned decimals) {
    return {percent_of(reader), reader.amount("credits", decimals).value_or(Credits{})};
}

/// Reads every object of a list with `read`.
template <class Rule, class Read>
void read_rules(ObjectReader& reader, std::string_view name, std::size_t items_max,
                FieldErrors& errors, std::vector<Rule>& out, const Read& read) {
    const auto list = reader.array(name, {.max_items = items_max});
    if (!list) return;
    out.reserve(list->size());
    for (const JsonValue value : *list) {
        ObjectReader item(value, errors);
        out.push_back(read(item));
        item.finish();
    }
}

PerUnit per_of(ObjectReader& reader, unsigned decimals) {
    PerUnit rule;
    rule.credits = reader.amount("credits", decimals, required_field).value_or(Credits{});
    rule.unit = id_of(reader, "unit", required_field);
    rule.step = measure_of(reader, "step").value_or(rule.step);
    rule.rounding =
        reader.enumeration<StepRounding>("round", roundings).value_or(StepRounding::exact);
    rule.times = id_of(reader, "times");
    return rule;
}

TieredUnit tiered_of(ObjectReader& reader, unsigned decimals, FieldErrors& errors) {
    TieredUnit rule;
    rule.unit = id_of(reader, "unit", required_field);
    read_rules(reader, "tiers", limits::price_tiers_max, errors, rule.tiers,
               [&](ObjectReader& item) {
                   Tier tier;
                   tier.up_to = measure_of(item, "up_to").value_or(Measure{});
                   tier.credits = credits_or_zero(item, "credits", decimals).value_or(Credits{});
                   return tier;
               });
    return rule;
}

PriceCondition condition_of(ObjectReader& reader, unsigned decimals) {
    PriceCondition rule;
    rule.unit = id_of(reader, "unit", required_field);
    rule.above = measure_of(reader, "above", required_field).value_or(Measure{});
    rule.surcharge = surcharge_of(reader, decimals);
    return rule;
}

void read_price_options(ObjectReader& reader, unsigned decimals, FieldErrors& errors,
                        std::vector<PriceOption>& out) {
    const auto object = reader.object("options");
    if (!object) return;
    if (object->size() > limits::price_rules_max) {
        reader.fail("options", "has too many of them");
        return;
    }
    for (const JsonValue value : *object) {
        ObjectReader item(value, errors);
        if (!is_valid_id(value.key())) reader.fail("options", "must have ids as names");
        out.push_back({std::string(value.key()), surcharge_of(item, decimals)});
        item.finish();
    }
    std::ranges::sort(out, {}, &PriceOption::name);
}

void render_measure(JsonWriter& json, std::string_view name, Measure measure) {
    json.credits(name, Credits{measure.value}, measure_decimals);
}

void render_surcharge(JsonWriter& json, const Surcharge& surcharge, unsigned decimals) {
    if (surcharge.millionths != 0) {
        json.credits("percent", Credits{surcharge.millionths}, percent_decimals);
    }
    if (!surcharge.credits.is_zero()) json.credits("credits", surcharge.credits, decimals);
}

void render_per(JsonWriter& json, const PerUnit& rule, unsigned decimals) {
    json.begin_object();
    json.credits("credits", rule.credits, decimals);
    json.text("unit", rule.unit);
    render_measure(json, "step", rule.step);
    json.text("round", roundings[static_cast<std::size_t>(rule.rounding)].first);
    if (!rule.times.empty()) json.text("times", rule.times);
    json.end_object();
}

void render_tiered(JsonWriter& json, const TieredUnit& rule, unsigned decimals) {
    json.begin_object();
    json.text("unit", rule.unit);
    json.begin_array("tiers");
    for (const Tier& tier : rule.tiers) {
        json.begin_object();
        if (tier.up_to.value != 0) render_measure(json, "up_to", tier.up_to);
        json.credits("credits", tier.credits, decimals);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

}  // namespace

GivenPrice read_given_price(ObjectReader& reader, unsigned decimals, FieldErrors& errors) {
    GivenPrice price;
    if (reader.has("credits") == reader.has("price")) {
        reader.fail(reader.has("price") ? "price" : "credits", "give either credits or a price");
    }
    price.flat = reader.amount("credits", decimals).value_or(Credits{});
    const auto object = reader.object("price");
    if (!object) return price;
    const std::size_t errors_before = errors.count();
    ObjectReader rules(*object, errors);
    price.flat = rules.amount("flat", decimals).value_or(Credits{});
    read_rules(rules, "per", limits::price_rules_max, errors, price.rules.per,
               [&](ObjectReader& item) { return per_of(item, decimals); });
    read_rules(rules, "tiers", limits::price_rules_max, errors, price.rules.tiers,
               [&](ObjectReader& item) { return tiered_of(item, decimals, errors); });
    read_price_options(rules, decimals, errors, price.rules.options);
    read_rules(rules, "conditions", limits::price_rules_max, errors, price.rules.conditions,
               [&](ObjectReader& item) { return condition_of(item, decimals); });
    price.rules.minimum = credits_or_zero(rules, "minimum", decimals);
    price.rules.maximum = rules.amount("maximum", decimals);
    rules.finish();
    if (errors.count() != errors_before) return price;
    if (const auto bad = check_rules(price.flat, price.rules)) {
        const std::string place = reader.pointer_of("price");
        errors.add(bad->field.empty() ? place : place + "/" + bad->field, bad->detail);
    }
    return price;
}

std::vector<MeasuredUnit> read_units(ObjectReader& reader, FieldErrors& errors) {
    std::vector<MeasuredUnit> units;
    const auto object = reader.object("units");
    if (!object) return units;
    if (object->size() > limits::price_units_max) {
        reader.fail("units", "has too many of them");
        return units;
    }
    ObjectReader measures(*object, errors);
    units.reserve(object->size());
    for (const JsonValue value : *object) {
        if (!is_valid_id(value.key())) measures.fail(value.key(), "is no name of a unit");
        const auto measure = measure_of(measures, value.key());
        units.push_back({std::string(value.key()), measure.value_or(Measure{})});
    }
    std::ranges::sort(units, {}, &MeasuredUnit::unit);
    return units;
}

std::vector<std::string> read_options(ObjectReader& reader) {
    std::vector<std::string> options;
    const auto list = reader.array("options", {.max_items = limits::price_options_max});
    if (!list) return options;
    for (const JsonValue value : *list) {
        if (value.kind() != JsonKind::string || !is_valid_id(value.text())) {
            reader.fail("options", "must be a list of names of options");
            break;
        }
        options.emplace_back(value.text());
    }
    std::ranges::sort(options);
    const auto rest = std::ranges::unique(options);
    options.erase(rest.begin(), rest.end());
    return options;
}

void render_units(JsonWriter& json, const std::vector<MeasuredUnit>& units) {
    if (units.empty()) {
        json.null("units");
        return;
    }
    json.begin_object("units");
    for (const MeasuredUnit& unit : units) {
        json.foreign_key(unit.unit);
        json.credits(Credits{unit.measure.value}, measure_decimals);
    }
    json.end_object();
}

void render_price(JsonWriter& json, Credits flat, const PriceRules& rules, unsigned decimals) {
    if (rules.is_flat()) {
        json.null("price");
        return;
    }
    json.begin_object("price");
    if (!flat.is_zero()) json.credits("flat", flat, decimals);
    json.begin_array("per");
    for (const PerUnit& rule : rules.per) render_per(json, rule, decimals);
    json.end_array();
    json.begin_array("tiers");
    for (const TieredUnit& rule : rules.tiers) render_tiered(json, rule, decimals);
    json.end_array();
    json.begin_object("options");
    for (const PriceOption& rule : rules.options) {
        json.foreign_key(rule.name);
        json.begin_object();
        render_surcharge(json, rule.surcharge, decimals);
        json.end_object();
    }
    json.end_object();
    json.begin_array("conditions");
    for (const PriceCondition& rule : rules.conditions) {
        json.begin_object();
        json.text("unit", rule.unit);
        render_measure(json, "above", rule.above);
        render_surcharge(json, rule.surcharge, decimals);
        json.end_object();
    }
    json.end_array();
    if (rules.minimum) json.credits("minimum", *rules.minimum, decimals);
    if (rules.maximum) json.credits("maximum", *rules.maximum, decimals);
    json.end_object();
}

}  // namespace creditd
