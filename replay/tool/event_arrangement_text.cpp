#include "replay/tool/event_arrangement_text.hpp"

#include "replay/tool/event_parts_text.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::array<std::string_view, 4> offer_kinds{"plan", "package", "promotion", "settings"};
constexpr std::array<std::string_view, 2> sources{"calendar", "provider"};
constexpr std::array<std::string_view, 4> statuses{"trialing", "active", "past_due", "ended"};
constexpr std::array<std::string_view, 9> steps{
    "started",  "renewed", "changed", "change_scheduled", "cancel_scheduled", "resumed",
    "past_due", "ended",   "heard"};
constexpr std::array<std::string_view, 3> windows{"day", "month", "rolling"};
constexpr std::array<std::string_view, 4> endpoint_statuses{"active", "paused", "gone", "failing"};
constexpr std::array<std::string_view, 3> news{"low", "recovered", "depleted"};

void append_percents(JsonText& json, const std::vector<std::uint8_t>& percents) {
    if (percents.empty()) return;
    json.open_list("alerts");
    for (const std::uint8_t percent : percents) json.number({}, std::uint32_t{percent});
    json.close_list();
}

void append_heard(JsonText& json, const HeardNews& heard) {
    if (heard == HeardNews{}) return;
    json.open("heard");
    json.text("subscription", heard.subscription);
    if (heard.whole_at != Timestamp{}) json.time("whole_at", heard.whole_at);
    if (heard.cycle_at != Timestamp{}) json.time("cycle_at", heard.cycle_at);
    json.close();
}

void append_subscription(JsonText& json, const Subscription& subscription) {
    json.open("subscription");
    json.text("plan", subscription.plan);
    json.text("interval", name_in(interval_names, subscription.interval));
    json.text("source", name_in(sources, subscription.source));
    json.text("status", name_in(statuses, subscription.status));
    json.flag("unlimited", subscription.unlimited);
    json.amount("credits", subscription.credits);
    if (!subscription.features.empty()) append_texts(json, "features", subscription.features);
    append_percents(json, subscription.alerts);
    json.time("started_at", subscription.started_at);
    json.time("anchor", subscription.anchor);
    json.number("cycle", subscription.cycle);
    json.time("period_start", subscription.period_start);
    json.optional_time("period_end", subscription.period_end);
    json.flag("cancel_at_period_end", subscription.cancel_at_period_end);
    if (!subscription.next_plan.empty()) {
        json.text("next_plan", subscription.next_plan);
        json.text("next_interval", name_in(interval_names, subscription.next_interval));
    }
    if (subscription.grace_until != Timestamp{}) {
        json.time("grace_until", subscription.grace_until);
    }
    append_heard(json, subscription.heard);
    json.close();
}

/// What was granted, where something was.
void append_grant(JsonText& json, Credits amount, const GrantTerms& terms, Credits debt_repaid) {
    if (amount.is_zero()) return;
    append_terms(json, "terms", terms);
    json.amount("debt_repaid", debt_repaid);
}

void append(JsonText& json, const Plan& plan) {
    json.text("offer", "plan");
    json.text("id", plan.id);
    json.amount("credits", plan.credits);
    json.flag("unlimited", plan.unlimited);
    append_percents(json, plan.alerts);
    json.flag("active", plan.active);
    json.open_list("prices");
    for (const PlanPrice& price : plan.prices) {
        json.open();
        json.text("interval", name_in(interval_names, price.interval));
        append_money(json, "price", price.price);
        json.close();
    }
    json.close_list();
}
void append(JsonText& json, const Package& package) {
    json.text("offer", "package");
    json.text("id", package.id);
    json.amount("credits", package.credits);
    json.amount("bonus", package.bonus);
    append_money(json, "price", package.price);
    json.flag("active", package.active);
}
void append(JsonText& json, const Promotion& promotion) {
    json.text("offer", "promotion");
    json.text("id", promotion.code);
    json.amount("credits", promotion.credits);
    json.flag("active", promotion.active);
}
void append(JsonText& json, const CatalogSettings& settings) {
    json.text("offer", "settings");
    json.text("time_zone", settings.time_zone);
    json.amount("signup_credits", settings.signup_credits);
    json.text("signup_plan", settings.signup_plan);
}
}  // namespace

void append_arrangement(JsonText& json, const OfferSet& body) {
    std::visit([&](const auto& offer) { append(json, offer); }, body.offer);
    json.number("price_book", body.price_book);
}
void append_arrangement(JsonText& json, const OfferRemoved& body) {
    json.text("offer", name_in(offer_kinds, body.kind));
    json.text("id", body.id);
    json.number("price_book", body.price_book);
}

void append_arrangement(JsonText& json, const SubscriptionMoved& body) {
    json.text("step", name_in(steps, body.step));
    append_subscription(json, body.subscription);
    json.optional_text("previous_plan", body.previous_plan);
    append_parts(json, "expired", body.expired);
    append_grant(json, body.granted, body.terms, body.debt_repaid);
}
void append_arrangement(JsonText& json, const PromotionRedeemed& body) {
    json.text("code", body.code);
    append_grant(json, body.amount, body.terms, body.debt_repaid);
}
void append_arrangement(JsonText& json, const ReferralMade& body) {
    json.text("referrer", body.referrer);
}
void append_arrangement(JsonText& json, const ReferralRewarded& body) {
    json.text("partner", body.partner);
    json.flag("is_referrer", body.is_referrer);
    append_grant(json, body.amount, body.terms, body.debt_repaid);
}

void append_arrangement(JsonText& json, const BudgetSet& body) {
    const BudgetTerms& terms = body.terms;
    json.text("id", terms.id);
    json.optional_text("user", terms.user);
    json.optional_text("feature", terms.feature);
    json.amount("limit", terms.limit);
    json.text("window", name_in(windows, terms.window));
    if (terms.window == BudgetWindow::rolling) json.number("hours", std::uint32_t{terms.hours});
    json.number("utc_offset", std::int64_t{terms.utc_offset});
    if (body.begins) json.flag("begins", true);
}
void append_arrangement(JsonText& json, const BudgetRemoved& body) { json.text("id", body.id); }

void append_arrangement(JsonText& json, const AlertSet& body) {
    const AlertTerms& terms = body.terms;
    json.text("id", terms.id);
    if (terms.percent == 0) {
        json.amount("below", terms.below);
    } else {
        json.number("percent", std::uint32_t{terms.percent});
    }
    if (!terms.recovered_at.is_zero()) json.amount("recovered_at", terms.recovered_at);
}
void append_arrangement(JsonText& json, const AlertRemoved& body) { json.text("id", body.id); }
void append_arrangement(JsonText& json, const BalanceAlerted& body) {
    json.text("alert", body.alert);
    json.text("news", name_in(news, body.news));
    json.amount("threshold", body.threshold);
}

void append_arrangement(JsonText& json, const AutoTopUpSet& body) {
    json.text("package", body.terms.package);
    json.amount("threshold", body.terms.threshold);
    json.number("monthly_max", body.terms.monthly_max);
    json.number("cool_down_seconds", body.terms.cool_down.value / Duration::seconds(1).value);
}
void append_arrangement(JsonText&, const AutoTopUpRemoved&) {}
void append_arrangement(JsonText& json, const TopUpAsked& body) {
    json.text("package", body.package);
    json.amount("credits", body.credits);
    append_money(json, "price", body.price);
    json.number("number", body.number);
}
void append_arrangement(JsonText&, const ClockAdvanced&) {}

void append_arrangement(JsonText& json, const EndpointSet& body) {
    const Endpoint& endpoint = body.endpoint;
    json.text("id", endpoint.id);
    json.text("url", endpoint.url);
    json.text("description", endpoint.description);
    json.open_list("events");
    for (const std::string& name : endpoint.events) json.text({}, name);
    json.close_list();
    json.text("account_prefix", endpoint.account_prefix);
    json.text("status", name_in(endpoint_statuses, endpoint.status));
    json.number("secret", endpoint.secret);
    if (endpoint.previous_until != Timestamp{}) {
        json.time("previous_until", endpoint.previous_until);
    }
}
void append_arrangement(JsonText& json, const EndpointRemoved& body) { json.text("id", body.id); }

}  // namespace creditd::replay::tool
