#include "schemas/arrangement_parts.hpp"

namespace creditd::schemas {

// --- subscriptions -------------------------------------------------------------------------------

flatbuffers::Offset<fbs::Subscription> write_subscription(FlatBuilder& builder,
                                                          const Subscription& subscription) {
    const TextOffset plan = write_id(builder, subscription.plan);
    const TextOffset next_plan = write_id(builder, subscription.next_plan);
    const TextListOffset features = write_texts(builder, subscription.features);
    const auto alerts = write_percents(builder, subscription.alerts);
    const TextOffset heard_of =
        write_text(builder, subscription.heard.subscription, limits::foreign_id_bytes_max);
    fbs::SubscriptionBuilder table(builder);
    table.add_credits(subscription.credits.value);
    table.add_started_at(subscription.started_at.value);
    table.add_anchor(subscription.anchor.value);
    table.add_period_start(subscription.period_start.value);
    table.add_period_end(subscription.period_end.value);
    table.add_grace_until(subscription.grace_until.value);
    table.add_heard_whole_at(subscription.heard.whole_at.value);
    table.add_heard_cycle_at(subscription.heard.cycle_at.value);
    table.add_heard_of(heard_of);
    table.add_plan(plan);
    table.add_next_plan(next_plan);
    table.add_features(features);
    table.add_alerts(alerts);
    table.add_cycle(subscription.cycle);
    table.add_status(static_cast<fbs::SubscriptionStatus>(subscription.status));
    table.add_interval(static_cast<fbs::Interval>(subscription.interval));
    table.add_next_interval(static_cast<fbs::Interval>(subscription.next_interval));
    table.add_source(static_cast<fbs::SubscriptionSource>(subscription.source));
    table.add_unlimited(subscription.unlimited);
    table.add_cancel_at_period_end(subscription.cancel_at_period_end);
    return table.Finish();
}

void read_subscription(FieldReader& reader, const fbs::Subscription& stored, Subscription& out) {
    reader.require_known(stored, fbs::Subscription::VT_HEARD_CYCLE_AT, "subscription");
    reader.text(stored.plan(), limits::id_bytes_max, out.plan, "subscription.plan");
    out.interval = reader.value(stored.interval(), Interval::year, "subscription.interval");
    out.source = reader.value(stored.source(), SubscriptionSource::provider, "subscription.source");
    out.status = reader.value(stored.status(), SubscriptionStatus::ended, "subscription.status");
    out.unlimited = stored.unlimited();
    out.credits = reader.amount(stored.credits(), "subscription.credits");
    read_texts(reader, stored.features(), limits::grant_features_max, out.features,
               "subscription.features");
    read_percents(reader, stored.alerts(), out.alerts, "subscription.alerts");
    out.started_at = reader.time(stored.started_at(), "subscription.started_at");
    out.anchor = reader.time(stored.anchor(), "subscription.anchor");
    out.cycle = stored.cycle();
    out.period_start = reader.time(stored.period_start(), "subscription.period_start");
    out.period_end = reader.time(stored.period_end(), "subscription.period_end");
    out.cancel_at_period_end = stored.cancel_at_period_end();
    reader.text(stored.next_plan(), limits::id_bytes_max, out.next_plan, "subscription.next_plan");
    out.next_interval =
        reader.value(stored.next_interval(), Interval::year, "subscription.next_interval");
    out.grace_until = reader.time(stored.grace_until(), "subscription.grace_until");
    reader.text(stored.heard_of(), limits::foreign_id_bytes_max, out.heard.subscription,
                "subscription.heard_of");
    out.heard.whole_at = reader.time(stored.heard_whole_at(), "subscription.heard_whole_at");
    out.heard.cycle_at = reader.time(stored.heard_cycle_at(), "subscription.heard_cycle_at");
}

// --- budgets -------------------------------------------------------------------------------------

namespace {

bool is_in_use(std::int8_t utc_offset) {
    return utc_offset >= limits::utc_offset_min && utc_offset <= limits::utc_offset_max;
}

}  // namespace

flatbuffers::Offset<fbs::BudgetTerms> write_budget_terms(FlatBuilder& builder,
                                                         const BudgetTerms& terms) {
    CREDITD_ASSERT(terms.hours <= limits::budget_hours_max);
    CREDITD_ASSERT((terms.window == BudgetWindow::rolling) == (terms.hours > 0));
    CREDITD_ASSERT(is_in_use(terms.utc_offset));
    const TextOffset id = write_id(builder, terms.id);
    const TextOffset user = write_text(builder, terms.user, limits::text_bytes_max);
    const TextOffset feature = write_id(builder, terms.feature);
    return fbs::CreateBudgetTerms(builder, id, terms.limit.value, user, feature,
                                  static_cast<fbs::BudgetWindow>(terms.window), terms.hours,
                                  terms.utc_offset);
}

void read_budget_terms(FieldReader& reader, const fbs::BudgetTerms& stored, BudgetTerms& out) {
    reader.require_known(stored, fbs::BudgetTerms::VT_UTC_OFFSET, "budget");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "budget.id");
    out.limit = reader.amount(stored.limit(), "budget.limit");
    reader.text(stored.user(), limits::text_bytes_max, out.user, "budget.user");
    reader.text(stored.feature(), limits::id_bytes_max, out.feature, "budget.feature");
    out.window = reader.value(stored.window(), BudgetWindow::rolling, "budget.window");
    out.hours = stored.hours();
    reader.require(out.hours <= limits::budget_hours_max, CodecFault::out_of_range, "budget.hours");
    reader.require((out.window == BudgetWindow::rolling) == (out.hours > 0),
                   CodecFault::inconsistent, "budget.hours");
    out.utc_offset = stored.utc_offset();
    reader.require(is_in_use(out.utc_offset), CodecFault::out_of_range, "budget.utc_offset");
}

// --- alerts --------------------------------------------------------------------------------------

flatbuffers::Offset<fbs::AlertTerms> write_alert_terms(FlatBuilder& builder,
                                                       const AlertTerms& terms) {
    CREDITD_ASSERT(terms.percent <= limits::percent_max);
    const TextOffset id = write_id(builder, terms.id);
    return fbs::CreateAlertTerms(builder, id, terms.below.value, terms.recovered_at.value,
                                 terms.percent);
}

void read_alert_terms(FieldReader& reader, const fbs::AlertTerms& stored, AlertTerms& out) {
    reader.require_known(stored, fbs::AlertTerms::VT_PERCENT, "alert");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "alert.id");
    out.below = reader.amount(stored.below(), "alert.below");
    out.recovered_at = reader.amount(stored.recovered_at(), "alert.recovered_at");
    out.percent = stored.percent();
    reader.require(out.percent <= limits::percent_max, CodecFault::out_of_range, "alert.percent");
}

// --- auto top-ups --------------------------------------------------------------------------------

flatbuffers::Offset<fbs::AutoTopUpTerms> write_top_up_terms(FlatBuilder& builder,
                                                            const AutoTopUpTerms& terms) {
    const TextOffset package = write_id(builder, terms.package);
    return fbs::CreateAutoTopUpTerms(builder, package, terms.threshold.value, terms.cool_down.value,
                                     terms.monthly_max);
}

void read_top_up_terms(FieldReader& reader, const fbs::AutoTopUpTerms& stored,
                       AutoTopUpTerms& out) {
    reader.require_known(stored, fbs::AutoTopUpTerms::VT_MONTHLY_MAX, "auto_top_up");
    reader.text(stored.package(), limits::id_bytes_max, out.package, "auto_top_up.package");
    out.threshold = reader.amount(stored.threshold(), "auto_top_up.threshold");
    out.cool_down = reader.duration(stored.cool_down(), "auto_top_up.cool_down");
    out.monthly_max = stored.monthly_max();
}

}  // namespace creditd::schemas
