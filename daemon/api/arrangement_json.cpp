#include "daemon/api/arrangement_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/budgets.hpp"
#include "text/time_text.hpp"

namespace creditd::daemon {
namespace {

template <class Enum, std::size_t count>
using Names = std::array<std::pair<std::string_view, Enum>, count>;

constexpr Names<Interval, 4> intervals{{{"month", Interval::month},
                                        {"year", Interval::year},
                                        {"monthly", Interval::month},
                                        {"yearly", Interval::year}}};
constexpr Names<SubscriptionSource, 2> sources{
    {{"calendar", SubscriptionSource::calendar}, {"provider", SubscriptionSource::provider}}};

std::string text_of(std::optional<std::string_view> value) {
    return value ? std::string(*value) : std::string{};
}

std::string_view interval_name(Interval interval) {
    return interval == Interval::year ? "year" : "month";
}
std::string_view source_name(SubscriptionSource source) {
    return source == SubscriptionSource::provider ? "provider" : "calendar";
}
std::string_view status_name(SubscriptionStatus status) {
    static constexpr std::array<std::string_view, 4> names{"trialing", "active", "past_due",
                                                           "canceled"};
    return names[static_cast<std::size_t>(status)];
}

/// `day`, `month` or `<n>h`.
void read_window(ObjectReader& reader, BudgetTerms& terms) {
    const auto text = reader.text("window", {.required = true, .max_bytes = 8});
    if (!text) return;
    terms.window = BudgetWindow::rolling;
    if (*text == "day") {
        terms.window = BudgetWindow::day;
    } else if (*text == "month") {
        terms.window = BudgetWindow::month;
    } else {
        const char* const end = text->data() + text->size();
        const auto read = std::from_chars(text->data(), end, terms.hours);
        const bool is_whole = read.ec == std::errc{} && read.ptr + 1 == end && *read.ptr == 'h';
        if (!is_whole || terms.hours == 0 || terms.hours > limits::budget_hours_max) {
            reader.fail("window", "must be day, month, or 1h to 744h");
        }
    }
}

std::int8_t read_offset(ObjectReader& reader) {
    const auto text = reader.text("tz");
    if (!text) return 0;
    const auto offset = parse_utc_offset(*text);
    if (!offset) reader.fail("tz", "must be whole hours from UTC, like +07:00");
    return offset.value_or(0);
}

/// An amount that may be zero.
Credits read_amount_or_zero(ObjectReader& reader, std::string_view name, unsigned decimals) {
    const auto value = reader.raw(name, required_field);
    if (value && value->text() == "0") return {};
    return reader.amount(name, decimals, required_field).value_or(Credits{});
}

}  // namespace

Subscribe read_subscribe(ObjectReader& reader, std::string account) {
    Subscribe body;
    body.account = std::move(account);
    body.plan = text_of(reader.id("plan", required_field));
    body.interval = reader.enumeration<Interval>("interval", intervals).value_or(Interval::month);
    body.source = reader.enumeration<SubscriptionSource>("source", sources)
                      .value_or(SubscriptionSource::calendar);
    body.period_end = reader.timestamp("period_end");
    if (body.period_end && body.source == SubscriptionSource::calendar) {
        reader.fail("period_end", "belongs to the source provider; the calendar knows its own");
    }
    return body;
}

ChangeSubscription read_subscription_change(ObjectReader& reader, std::string account) {
    ChangeSubscription body;
    body.account = std::move(account);
    body.plan = text_of(reader.id("plan", required_field));
    body.interval = reader.enumeration<Interval>("interval", intervals);
    body.at_period_end = reader.boolean("at_period_end").value_or(false);
    return body;
}

CancelSubscription read_cancellation(ObjectReader& reader, std::string account) {
    return {std::move(account), reader.boolean("at_period_end").value_or(false)};
}

RenewSubscription read_renewal(ObjectReader& reader, std::string account) {
    return {std::move(account), reader.timestamp("period_end")};
}

RedeemPromotion read_redemption(ObjectReader& reader, std::string_view code) {
    return {text_of(reader.id("account", required_field)), std::string(code)};
}

ReferAccount read_referral(ObjectReader& reader) {
    ReferAccount body{text_of(reader.id("referred", required_field)),
                      text_of(reader.id("referrer", required_field))};
    if (!body.account.empty() && body.account == body.referrer) {
        reader.fail("referred", "must be another account than referrer");
    }
    return body;
}

SetBudget read_budget(ObjectReader& reader, std::string account, std::string_view id,
                      unsigned decimals) {
    SetBudget body;
    body.account = std::move(account);
    body.terms.id = id;
    body.terms.user = text_of(reader.id("user"));
    body.terms.feature = text_of(reader.id("feature"));
    body.terms.limit = read_amount_or_zero(reader, "limit", decimals);
    read_window(reader, body.terms);
    body.terms.utc_offset = read_offset(reader);
    if (body.terms.utc_offset != 0 && body.terms.window == BudgetWindow::rolling) {
        reader.fail("tz", "belongs to days and months");
    }
    return body;
}

SetAlert read_alert(ObjectReader& reader, std::string account, std::string_view id,
                    unsigned decimals) {
    SetAlert body;
    body.account = std::move(account);
    body.terms.id = id;
    body.terms.below = reader.amount("below", decimals).value_or(Credits{});
    body.terms.percent = static_cast<std::uint8_t>(reader.integer("percent", 1, 100).value_or(0));
    if (reader.has("below") == reader.has("percent")) {
        reader.fail(reader.has("below") ? "percent" : "below", "give either below or percent");
    }
    body.terms.recovered_at = reader.amount("recovered_at", decimals).value_or(Credits{});
    if (reader.has("recovered_at") && body.terms.recovered_at < body.terms.below) {
        reader.fail("recovered_at", "must not lie below the threshold");
    }
    if (id.starts_with("plan-")) {
        reader.fail("below", "an alert of one's own may not be named plan-…");
    }
    return body;
}

SetAutoTopUp read_auto_top_up(ObjectReader& reader, std::string account, unsigned decimals) {
    constexpr std::int64_t monthly_max = 10'000;
    SetAutoTopUp body;
    body.account = std::move(account);
    body.terms.package = text_of(reader.id("package", required_field));
    body.terms.threshold = reader.amount("threshold", decimals, required_field).value_or(Credits{});
    body.terms.monthly_max =
        static_cast<std::uint32_t>(reader.integer("monthly_max", 1, monthly_max).value_or(0));
    body.terms.cool_down = reader.duration("cool_down").value_or(Duration{});
    return body;
}

std::optional<std::int8_t> parse_utc_offset(std::string_view text) {
    if (text == "Z" || text == "UTC") return std::int8_t{0};
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const bool is_west = text[0] == '-';
    text.remove_prefix(1);
    if (text.ends_with(":00")) text.remove_suffix(3);
    int hours = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, hours);
    const bool is_number = read.ec == std::errc{} && read.ptr == end && text.size() <= 2;
    if (!is_number) return std::nullopt;
    if (is_west) hours = -hours;
    if (hours < limits::utc_offset_min || hours > limits::utc_offset_max) return std::nullopt;
    return static_cast<std::int8_t>(hours);
}

std::string utc_offset_text(std::int8_t hours) {
    const std::string digits = std::to_string(std::abs(hours));
    return (hours < 0 ? "-" : "+") + std::string(digits.size() == 1 ? "0" : "") + digits + ":00";
}

void render_subscription_fields(JsonWriter& json, const Subscription& subscription,
                                unsigned decimals) {
    json.text("plan", subscription.plan);
    json.text("interval", interval_name(subscription.interval));
    json.text("source", source_name(subscription.source));
    json.text("status", status_name(subscription.status));
    json.boolean("unlimited", subscription.unlimited);
    json.credits("credits", subscription.credits, decimals);
    json.timestamp("started_at", subscription.started_at);
    json.timestamp("period_start", subscription.period_start);
    json.timestamp("period_end", subscription.period_end);
    json.boolean("cancel_at_period_end", subscription.cancel_at_period_end);
    if (subscription.next_plan.empty()) {
        json.null("next");
    } else {
        json.begin_object("next");
        json.text("plan", subscription.next_plan);
        json.text("interval", interval_name(subscription.next_interval));
        json.end_object();
    }
    const bool has_grace = subscription.grace_until != Timestamp{};
    has_grace ? json.timestamp("grace_until", subscription.grace_until) : json.null("grace_until");
}

void render_budget_fields(JsonWriter& json, const BudgetTerms& terms, unsigned decimals) {
    json.text("id", terms.id);
    json.text_or_null("user", terms.user);
    json.text_or_null("feature", terms.feature);
    json.credits("limit", terms.limit, decimals);
    json.text("window", window_text(terms));
    json.text("tz", utc_offset_text(terms.utc_offset));
}

void render_alert_fields(JsonWriter& json, const AlertTerms& terms, unsigned decimals) {
    json.text("id", terms.id);
    if (terms.percent == 0) {
        json.credits("below", terms.below, decimals);
        json.null("percent");
    } else {
        json.null("below");
        json.integer("percent", static_cast<unsigned>(terms.percent));
    }
    if (terms.recovered_at.is_zero()) json.null("recovered_at");
    else json.credits("recovered_at", terms.recovered_at, decimals);
}

void render_auto_top_up_fields(JsonWriter& json, const AutoTopUpTerms& terms, unsigned decimals) {
    json.text("package", terms.package);
    json.credits("threshold", terms.threshold, decimals);
    if (terms.monthly_max == 0) json.null("monthly_max");
    else json.integer("monthly_max", terms.monthly_max);
    std::string cool_down;
    if (terms.cool_down != Duration{}) append_duration(cool_down, terms.cool_down);
    json.text_or_null("cool_down", cool_down);
}

std::string_view name_of(SubscriptionStep step) {
    static constexpr std::array<std::string_view, 9> names{
        "started",  "renewed",  "changed", "change_scheduled", "cancel_scheduled", "resumed",
        "past_due", "canceled", "heard"};
    return names[static_cast<std::size_t>(step)];
}

std::string_view name_of(AlertNews news) {
    static constexpr std::array<std::string_view, 3> names{"low", "recovered", "depleted"};
    return names[static_cast<std::size_t>(news)];
}

std::string_view name_of(AlertLevel level) {
    static constexpr std::array<std::string_view, 3> names{"normal", "low", "depleted"};
    return names[static_cast<std::size_t>(level)];
}

}  // namespace creditd::daemon
