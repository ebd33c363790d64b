#include "schemas/offer_parts.hpp"

#include <utility>

namespace creditd::schemas {
namespace {

using StoredOffer = std::pair<fbs::Offer, flatbuffers::Offset<void>>;

TextOffset write_words(FlatBuilder& builder, const std::string& text) {
    return write_text(builder, text, limits::text_bytes_max);
}

StoredOffer write(FlatBuilder& builder, const Plan& plan) {
    const TextOffset id = write_id(builder, plan.id);
    const TextOffset name = write_words(builder, plan.name);
    const TextOffset description = write_words(builder, plan.description);
    std::vector<fbs::PlanPrice> prices;
    prices.reserve(plan.prices.size());
    for (const PlanPrice& price : plan.prices) {
        prices.emplace_back(write_money(price.price), static_cast<fbs::Interval>(price.interval));
    }
    const auto stored_prices = prices.empty() ? ListOffset<const fbs::PlanPrice*>{}
                                              : builder.CreateVectorOfStructs(prices);
    const TextListOffset features = write_texts(builder, plan.features);
    const auto alerts = write_percents(builder, plan.alerts);
    const auto table = fbs::CreatePlan(
        builder, id, name, description, plan.credits.value, stored_prices, features,
        plan.rollover_max.value, plan.priority, plan.trial_days, plan.grace_days,
        static_cast<fbs::Rollover>(plan.rollover), static_cast<fbs::Leftover>(plan.on_change),
        static_cast<fbs::Leftover>(plan.on_end), plan.unlimited, !plan.active, alerts);
    return {fbs::Offer::Plan, table.Union()};
}

StoredOffer write(FlatBuilder& builder, const Package& package) {
    const TextOffset id = write_id(builder, package.id);
    const TextOffset name = write_words(builder, package.name);
    const TextOffset description = write_words(builder, package.description);
    const fbs::Money price = write_money(package.price);
    const auto table = fbs::CreatePackage(
        builder, id, name, description, package.credits.value, package.bonus.value,
        package.price == Money{} ? nullptr : &price, package.expires_in.value,
        package.bonus_expires_in.value, !package.active);
    return {fbs::Offer::Package, table.Union()};
}

StoredOffer write(FlatBuilder& builder, const Promotion& promotion) {
    const TextOffset code = write_id(builder, promotion.code);
    const TextOffset description = write_words(builder, promotion.description);
    const TextListOffset features = write_texts(builder, promotion.features);
    const auto table = fbs::CreatePromotion(
        builder, code, description, promotion.credits.value, promotion.starts_at.value,
        promotion.ends_at.value, promotion.redemptions_max, promotion.per_account_max,
        promotion.expires_in.value, features, promotion.priority, !promotion.active);
    return {fbs::Offer::Promotion, table.Union()};
}

StoredOffer write(FlatBuilder& builder, const CatalogSettings& settings) {
    const TextOffset zone = write_words(builder, settings.time_zone);
    const TextOffset plan = write_id(builder, settings.signup_plan);
    const TextOffset url = write_words(builder, settings.top_up_url);
    const fbs::CustomAmount custom(settings.custom.min.value, settings.custom.max.value,
                                   write_money(settings.custom.price), settings.custom.per.value);
    const fbs::ReferralRule referral(settings.referral.referrer.value,
                                     settings.referral.referred.value,
                                     settings.referral.expires_in.value);
    const auto table = fbs::CreateCatalogSettings(
        builder, zone, settings.signup_credits.value, settings.signup_expires_in.value, plan,
        settings.custom == CustomAmount{} ? nullptr : &custom,
        settings.referral == ReferralRule{} ? nullptr : &referral, url,
        static_cast<fbs::ClawBack>(settings.claw_back), !settings.public_pricing);
    return {fbs::Offer::CatalogSettings, table.Union()};
}

// --- reading -------------------------------------------------------------------------------------
std::uint16_t read_priority(FieldReader& reader, std::uint16_t stored) {
    reader.require(stored <= limits::grant_priority_max, CodecFault::out_of_range,
                   "offer.priority");
    return stored;
}

void read(FieldReader& reader, const fbs::Plan& stored, Plan& out) {
    reader.require_known(stored, fbs::Plan::VT_ALERTS, "plan");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "plan.id");
    reader.text(stored.name(), limits::text_bytes_max, out.name, "plan.name");
    reader.text(stored.description(), limits::text_bytes_max, out.description, "plan.description");
    out.credits = reader.amount(stored.credits(), "plan.credits");
    out.prices.resize(reader.count(stored.prices(), limits::plan_prices_max, "plan.prices"));
    for (std::size_t i = 0; i < out.prices.size(); ++i) {
        const auto& price = *stored.prices()->Get(static_cast<flatbuffers::uoffset_t>(i));
        out.prices[i].interval = reader.value(price.interval(), Interval::year, "plan.prices");
        out.prices[i].price = read_money(reader, &price.price(), "plan.prices");
    }
    read_texts(reader, stored.features(), limits::grant_features_max, out.features,
               "plan.features");
    out.rollover_max = reader.amount(stored.rollover_max(), "plan.rollover_max");
    out.priority = read_priority(reader, stored.priority());
    out.trial_days = stored.trial_days();
    out.grace_days = stored.grace_days();
    out.rollover = reader.value(stored.rollover(), Rollover::unlimited, "plan.rollover");
    out.on_change = reader.value(stored.on_change(), Leftover::expire, "plan.on_change");
    out.on_end = reader.value(stored.on_end(), Leftover::expire, "plan.on_end");
    out.unlimited = stored.unlimited();
    out.active = !stored.inactive();
    read_percents(reader, stored.alerts(), out.alerts, "plan.alerts");
}

void read(FieldReader& reader, const fbs::Package& stored, Package& out) {
    reader.require_known(stored, fbs::Package::VT_INACTIVE, "package");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "package.id");
    reader.text(stored.name(), limits::text_bytes_max, out.name, "package.name");
    reader.text(stored.description(), limits::text_bytes_max, out.description,
                "package.description");
    out.credits = reader.amount(stored.credits(), "package.credits");
    out.bonus = reader.amount(stored.bonus(), "package.bonus");
    out.price = read_money(reader, stored.price(), "package.price");
    out.expires_in = reader.duration(stored.expires_in(), "package.expires_in");
    out.bonus_expires_in = reader.duration(stored.bonus_expires_in(), "package.bonus_expires_in");
    out.active = !stored.inactive();
}

void read(FieldReader& reader, const fbs::Promotion& stored, Promotion& out) {
    reader.require_known(stored, fbs::Promotion::VT_INACTIVE, "promotion");
    reader.text(stored.code(), limits::id_bytes_max, out.code, "promotion.code");
    reader.text(stored.description(), limits::text_bytes_max, out.description,
                "promotion.description");
    out.credits = reader.amount(stored.credits(), "promotion.credits");
    out.starts_at = reader.time(stored.starts_at(), "promotion.starts_at");
    out.ends_at = reader.time(stored.ends_at(), "promotion.ends_at");
    out.redemptions_max = stored.redemptions_max();
    out.per_account_max = stored.per_account_max();
    out.expires_in = reader.duration(stored.expires_in(), "promotion.expires_in");
    read_texts(reader, stored.features(), limits::grant_features_max, out.features,
               "promotion.features");
    out.priority = read_priority(reader, stored.priority());
    out.active = !stored.inactive();
}

void read(FieldReader& reader, const fbs::CatalogSettings& stored, CatalogSettings& out) {
    reader.require_known(stored, fbs::CatalogSettings::VT_PRIVATE_PRICING, "settings");
    reader.text(stored.time_zone(), limits::text_bytes_max, out.time_zone, "settings.time_zone");
    out.signup_credits = reader.amount(stored.signup_credits(), "settings.signup_credits");
    out.signup_expires_in =
        reader.duration(stored.signup_expires_in(), "settings.signup_expires_in");
    reader.text(stored.signup_plan(), limits::id_bytes_max, out.signup_plan,
                "settings.signup_plan");
    reader.text(stored.top_up_url(), limits::text_bytes_max, out.top_up_url, "settings.top_up_url");
    if (const auto* custom = stored.custom()) {
        out.custom.min = reader.amount(custom->min(), "settings.custom.min");
        out.custom.max = reader.amount(custom->max(), "settings.custom.max");
        out.custom.price = read_money(reader, &custom->price(), "settings.custom.price");
        out.custom.per = reader.amount(custom->per(), "settings.custom.per");
    }
    if (const auto* referral = stored.referral()) {
        out.referral.referrer = reader.amount(referral->referrer(), "settings.referral.referrer");
        out.referral.referred = reader.amount(referral->referred(), "settings.referral.referred");
        out.referral.expires_in =
            reader.duration(referral->expires_in(), "settings.referral.expires_in");
    }
    out.claw_back = reader.value(stored.claw_back(), ClawBack::write_off, "settings.claw_back");
    out.public_pricing = !stored.private_pricing();
}

template <class Kind, class Stored>
void read_as(FieldReader& reader, const Stored* stored, Offer& out) {
    if (stored == nullptr) return reader.fail(CodecFault::damaged, "offer");
    out.emplace<Kind>();
    read(reader, *stored, std::get<Kind>(out));
}

}  // namespace

flatbuffers::Offset<fbs::OfferSet> write_offer(FlatBuilder& builder, const Offer& offer,
                                               std::uint64_t price_book) {
    const StoredOffer stored =
        std::visit([&](const auto& kind) { return write(builder, kind); }, offer);
    return fbs::CreateOfferSet(builder, stored.first, stored.second, price_book);
}

void read_offer(FieldReader& reader, const fbs::OfferSet& stored, Offer& out) {
    reader.require_known(stored, fbs::OfferSet::VT_PRICE_BOOK, "offer");
    switch (stored.offer_type()) {
        case fbs::Offer::Plan: return read_as<Plan>(reader, stored.offer_as_Plan(), out);
        case fbs::Offer::Package: return read_as<Package>(reader, stored.offer_as_Package(), out);
        case fbs::Offer::Promotion:
            return read_as<Promotion>(reader, stored.offer_as_Promotion(), out);
        case fbs::Offer::CatalogSettings:
            return read_as<CatalogSettings>(reader, stored.offer_as_CatalogSettings(), out);
        case fbs::Offer::NONE: break;
    }
    reader.fail(CodecFault::unknown_value, "offer");
}

}  // namespace creditd::schemas
