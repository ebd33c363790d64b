#include "schemas/arrangement_bodies.hpp"

#include "schemas/arrangement_parts.hpp"

namespace creditd::schemas {
namespace {

using Body = flatbuffers::Offset<void>;

}  // namespace

// --- subscriptions -------------------------------------------------------------------------------

Body write_body(FlatBuilder& builder, const SubscriptionMoved& body) {
    const auto subscription = write_subscription(builder, body.subscription);
    const auto terms = write_terms_if(builder, body.granted, body.terms);
    const auto expired = write_parts(builder, body.expired);
    const TextOffset previous = write_id(builder, body.previous_plan);
    return fbs::CreateSubscriptionMoved(builder, static_cast<fbs::SubscriptionStep>(body.step),
                                        subscription, body.granted.value, terms, expired,
                                        body.debt_repaid.value, previous)
        .Union();
}
void read_body(FieldReader& reader, const fbs::SubscriptionMoved& stored, SubscriptionMoved& out) {
    reader.require_known(stored, fbs::SubscriptionMoved::VT_PREVIOUS_PLAN, "subscription_moved");
    out.step = reader.value(stored.step(), SubscriptionStep::heard, "step");
    read_subscription(reader, *stored.subscription(), out.subscription);
    reader.text(stored.previous_plan(), limits::id_bytes_max, out.previous_plan, "previous_plan");
    read_parts(reader, nullptr, stored.expired(), out.expired);
    out.granted = reader.amount(stored.granted(), "granted");
    read_terms_if(reader, out.granted, stored.terms(), out.terms, "terms");
    out.debt_repaid = reader.amount(stored.debt_repaid(), "debt_repaid");
}

// --- promotions and referrals --------------------------------------------------------------------

Body write_body(FlatBuilder& builder, const PromotionRedeemed& body) {
    const TextOffset code = write_id(builder, body.code);
    const auto terms = TermsWriter(builder).write(body.terms);
    return fbs::CreatePromotionRedeemed(builder, code, body.amount.value, terms,
                                        body.debt_repaid.value)
        .Union();
}
void read_body(FieldReader& reader, const fbs::PromotionRedeemed& stored, PromotionRedeemed& out) {
    reader.require_known(stored, fbs::PromotionRedeemed::VT_DEBT_REPAID, "promotion_redeemed");
    reader.text(stored.code(), limits::id_bytes_max, out.code, "code");
    out.amount = reader.amount(stored.amount(), "amount");
    read_terms(reader, *stored.terms(), out.terms);
    out.debt_repaid = reader.amount(stored.debt_repaid(), "debt_repaid");
}

Body write_body(FlatBuilder& builder, const ReferralMade& body) {
    return fbs::CreateReferralMade(builder, write_id(builder, body.referrer)).Union();
}
void read_body(FieldReader& reader, const fbs::ReferralMade& stored, ReferralMade& out) {
    reader.require_known(stored, fbs::ReferralMade::VT_REFERRER, "referral_made");
    reader.text(stored.referrer(), limits::id_bytes_max, out.referrer, "referrer");
}

Body write_body(FlatBuilder& builder, const ReferralRewarded& body) {
    const TextOffset partner = write_id(builder, body.partner);
    const auto terms = write_terms_if(builder, body.amount, body.terms);
    return fbs::CreateReferralRewarded(builder, partner, body.is_referrer, body.amount.value, terms,
                                       body.debt_repaid.value)
        .Union();
}
void read_body(FieldReader& reader, const fbs::ReferralRewarded& stored, ReferralRewarded& out) {
    reader.require_known(stored, fbs::ReferralRewarded::VT_DEBT_REPAID, "referral_rewarded");
    reader.text(stored.partner(), limits::id_bytes_max, out.partner, "partner");
    out.is_referrer = stored.is_referrer();
    out.amount = reader.amount(stored.amount(), "amount");
    read_terms_if(reader, out.amount, stored.terms(), out.terms, "terms");
    out.debt_repaid = reader.amount(stored.debt_repaid(), "debt_repaid");
}

// --- budgets -------------------------------------------------------------------------------------

Body write_body(FlatBuilder& builder, const BudgetSet& body) {
    return fbs::CreateBudgetSet(builder, write_budget_terms(builder, body.terms), body.begins)
        .Union();
}
void read_body(FieldReader& reader, const fbs::BudgetSet& stored, BudgetSet& out) {
    reader.require_known(stored, fbs::BudgetSet::VT_BEGINS, "budget_set");
    read_budget_terms(reader, *stored.terms(), out.terms);
    out.begins = stored.begins();
}

Body write_body(FlatBuilder& builder, const BudgetRemoved& body) {
    return fbs::CreateBudgetRemoved(builder, write_id(builder, body.id)).Union();
}
void read_body(FieldReader& reader, const fbs::BudgetRemoved& stored, BudgetRemoved& out) {
    reader.require_known(stored, fbs::BudgetRemoved::VT_ID, "budget_removed");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "id");
}

// --- alerts --------------------------------------------------------------------------------------

Body write_body(FlatBuilder& builder, const AlertSet& body) {
    return fbs::CreateAlertSet(builder, write_alert_terms(builder, body.terms)).Union();
}
void read_body(FieldReader& reader, const fbs::AlertSet& stored, AlertSet& out) {
    reader.require_known(stored, fbs::AlertSet::VT_TERMS, "alert_set");
    read_alert_terms(reader, *stored.terms(), out.terms);
}

Body write_body(FlatBuilder& builder, const AlertRemoved& body) {
    return fbs::CreateAlertRemoved(builder, write_id(builder, body.id)).Union();
}
void read_body(FieldReader& reader, const fbs::AlertRemoved& stored, AlertRemoved& out) {
    reader.require_known(stored, fbs::AlertRemoved::VT_ID, "alert_removed");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "id");
}

Body write_body(FlatBuilder& builder, const BalanceAlerted& body) {
    return fbs::CreateBalanceAlerted(builder, write_id(builder, body.alert),
                                     static_cast<fbs::AlertNews>(body.news), body.threshold.value)
        .Union();
}
void read_body(FieldReader& reader, const fbs::BalanceAlerted& stored, BalanceAlerted& out) {
    reader.require_known(stored, fbs::BalanceAlerted::VT_THRESHOLD, "balance_alerted");
    reader.text(stored.alert(), limits::id_bytes_max, out.alert, "alert");
    out.news = reader.value(stored.news(), AlertNews::depleted, "news");
    out.threshold = reader.amount(stored.threshold(), "threshold");
}

// --- auto top-ups --------------------------------------------------------------------------------

Body write_body(FlatBuilder& builder, const AutoTopUpSet& body) {
    return fbs::CreateAutoTopUpSet(builder, write_top_up_terms(builder, body.terms)).Union();
}
void read_body(FieldReader& reader, const fbs::AutoTopUpSet& stored, AutoTopUpSet& out) {
    reader.require_known(stored, fbs::AutoTopUpSet::VT_TERMS, "auto_top_up_set");
    read_top_up_terms(reader, *stored.terms(), out.terms);
}

Body write_body(FlatBuilder& builder, const AutoTopUpRemoved&) {
    return fbs::CreateAutoTopUpRemoved(builder).Union();
}
void read_body(FieldReader& reader, const fbs::AutoTopUpRemoved& stored, AutoTopUpRemoved&) {
    reader.require_known(stored, no_fields, "auto_top_up_removed");
}

Body write_body(FlatBuilder& builder, const TopUpAsked& body) {
    const TextOffset package = write_id(builder, body.package);
    const fbs::Money price = write_money(body.price);
    return fbs::CreateTopUpAsked(builder, package, body.credits.value,
                                 body.price == Money{} ? nullptr : &price, body.number)
        .Union();
}
void read_body(FieldReader& reader, const fbs::TopUpAsked& stored, TopUpAsked& out) {
    reader.require_known(stored, fbs::TopUpAsked::VT_NUMBER, "top_up_asked");
    reader.text(stored.package(), limits::id_bytes_max, out.package, "package");
    out.credits = reader.amount(stored.credits(), "credits");
    out.price = read_money(reader, stored.price(), "price");
    out.number = stored.number();
}

// --- the clock -----------------------------------------------------------------------------------

Body write_body(FlatBuilder& builder, const ClockAdvanced&) {
    return fbs::CreateClockAdvanced(builder).Union();
}
void read_body(FieldReader& reader, const fbs::ClockAdvanced& stored, ClockAdvanced&) {
    reader.require_known(stored, no_fields, "clock_advanced");
}

}  // namespace creditd::schemas
