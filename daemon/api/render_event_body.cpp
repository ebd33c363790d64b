#include "catalog/price_json.hpp"
#include "daemon/api/arrangement_json.hpp"
#include "daemon/api/event_renderer.hpp"
#include "daemon/api/render_event.hpp"

namespace creditd::daemon {
namespace {

/// The same fields whether a feature was priced or an amount was named: no client has to ask which
/// of them are there.
void render_usage(Renderer& out, const Usage& usage) {
    const bool is_priced = !usage.feature.empty();
    out.json.text_or_null("feature", usage.feature);
    is_priced ? out.json.integer("quantity", usage.quantity) : out.json.null("quantity");
    render_units(out.json, usage.units);
    // Only where there are some: answers from before there were any stay the same bytes.
    if (!usage.options.empty()) {
        out.json.begin_array("options");
        for (const std::string& option : usage.options) out.json.text(option);
        out.json.end_array();
    }
    out.json.begin_array("lines");
    for (const PriceLine& line : usage.lines) {
        out.json.begin_object();
        out.json.text("rule", line.rule);
        out.credits("amount", line.amount);
        out.json.end_object();
    }
    out.json.end_array();
    is_priced ? out.json.integer("price_book", usage.price_book) : out.json.null("price_book");
}

void render_user_and_model(Renderer& out, const Usage& usage) {
    out.json.text_or_null("user", usage.user);
    out.json.text_or_null("model", usage.model);
}

void render_hold_fields(Renderer& out, const HoldSummary& hold) {
    out.credits("captured", hold.captured);
    out.credits("remaining", hold.remaining);
    out.json.text("status", name_of(hold.status));
    out.json.timestamp("expires_at", hold.expires_at);
    out.json.text("on_expiry", hold.on_expiry == OnExpiry::capture ? "capture" : "release");
}

void render_hold_object(Renderer& out, const HoldSummary& hold) {
    out.json.begin_object("hold");
    out.json.numbered("id", "hold_", hold.id.value);
    out.credits("amount", hold.amount);
    render_hold_fields(out, hold);
    out.json.end_object();
}

void render_terms(Renderer& out, const GrantTerms& terms) {
    out.json.text("kind", name_of(terms.kind));
    out.json.integer("priority", terms.priority);
    out.json.timestamp("effective_at", terms.effective_at);
    out.json.timestamp("expires_at", terms.expires_at);
    out.json.begin_array("features");
    for (const std::string& feature : terms.features) out.json.text(feature);
    out.json.end_array();
    if (terms.cost.minor > 0) {
        out.json.begin_object("cost");
        out.money(terms.cost);
        out.json.end_object();
    } else {
        out.json.null("cost");
    }
}

void render_payment(Renderer& out, const PaymentStanding& standing) {
    out.json.begin_object("payment");
    out.json.text("provider", standing.provider);
    out.json.text("id", standing.payment_id);
    out.money(standing.amount);
    out.json.integer("refunded", refunded_minor(standing));
    out.json.boolean("disputed", is_disputed(standing));
    out.json.end_object();
}

void render_restored(Renderer& out, const std::vector<RestoredPart>& parts) {
    out.json.begin_array("restored");
    for (const RestoredPart& part : parts) {
        out.json.begin_object();
        out.grant_id("grant", part.grant);
        out.credits("amount", part.amount);
        if (part.into == RestoredInto::revoked_grant) out.json.boolean("revoked", true);
        out.json.end_object();
    }
    out.json.end_array();
}

// --- what is special to each kind ----------------------------------------------------------------
// `own_amount` is the positive amount of the transaction.

void render_body(Renderer& out, const Event& event, const CreditsGranted& body) {
    out.json.text("transaction", transaction_text(event.seq));
    out.credits("remaining", body.amount - body.debt_repaid);
    render_terms(out, body.terms);
}
void render_body(Renderer& out, const Event& event, const CreditsPurchased& body) {
    out.grant_id("grant", GrantId::of(event.seq, 0));
    out.json.timestamp("expires_at", body.terms.expires_at);
    out.json.begin_object("payment");
    out.json.text("provider", body.provider);
    out.json.text("id", body.payment_id);
    out.money(body.payment);
    out.json.end_object();
}
void render_body(Renderer& out, const Event&, const GrantActivated& body) {
    out.grant_id("grant", body.grant);
}
void render_body(Renderer& out, const Event&, const GrantExpired& body) {
    out.grant_id("grant", body.grant);
}
void render_body(Renderer& out, const Event&, const GrantRevoked& body) {
    out.grant_id("grant", body.grant);
}
void render_body(Renderer& out, const Event&, const CreditsDeducted& body) {
    render_usage(out, body.usage);
    out.parts("burned", body.burned);
    if (body.debt.is_positive()) out.credits("debt", body.debt);
    if (body.waived.is_positive()) out.credits("waived", body.waived);
    if (body.partial_allowed) {
        out.credits("required", body.required);
        out.credits("shortfall", body.required - body.amount - body.waived);
    }
    render_user_and_model(out, body.usage);
}
void render_body(Renderer& out, const Event&, const CreditsRefunded& body) {
    out.json.text("deduction", transaction_text(body.deduction.seq()));
    out.credits("refunded_total", body.refunded_total);
    render_restored(out, body.restored);
}
void render_body(Renderer& out, const Event&, const PaymentReversed& body) {
    render_payment(out, body.standing);
    out.json.begin_array("reversed");
    for (const LotReversal& part : body.reversed) {
        out.json.begin_object();
        out.grant_id("grant", part.grant);
        out.credits("taken", part.taken);
        out.credits("owed", part.owed);
        out.credits("written_off", part.written_off);
        out.json.end_object();
    }
    out.json.end_array();
}
void render_body(Renderer& out, const Event&, const PaymentRestored& body) {
    render_payment(out, body.standing);
    out.credits("debt_reversed", body.debt_reversed);
    render_restored(out, body.restored);
}
void render_body(Renderer& out, const Event& event, const HoldPlaced& body) {
    out.json.text("transaction", transaction_text(event.seq));
    render_hold_fields(out, body.hold);
    render_usage(out, body.usage);
    render_user_and_model(out, body.usage);
    if (body.waived.is_positive()) out.credits("waived", body.waived);
}
void render_body(Renderer& out, const Event&, const HoldExtended& body) {
    render_hold_object(out, body.hold);
}
void render_body(Renderer& out, const Event&, const HoldCaptured& body) {
    render_hold_object(out, body.hold);
    render_usage(out, body.usage);
    out.parts("burned", body.burned);
    if (body.debt.is_positive()) out.credits("debt", body.debt);
    render_user_and_model(out, body.usage);
    if (body.waived.is_positive()) out.credits("waived", body.waived);
}
void render_body(Renderer& out, const Event&, const HoldReleased& body) {
    render_hold_object(out, body.hold);
    out.parts("expired", body.expired);
}
void render_body(Renderer& out, const Event&, const TransferredOut& body) {
    out.json.text("to", body.to);
    out.parts("burned", body.burned);
}
void render_body(Renderer& out, const Event&, const TransferredIn& body) {
    out.json.text("from", body.from);
}
void render_body(Renderer& out, const Event&, const CommandRefused& body) {
    out.json.text("code", creditd::name_of(body.refusal.code));
    out.credits("required", body.refusal.required);
    out.credits("shortfall", body.refusal.shortfall);
    out.json.text_or_null("feature", body.feature);
    if (body.refusal.code != RefusalCode::budget_exceeded) return;
    out.json.text("budget", body.refusal.details().budget);
    out.json.text("window", body.refusal.details().window);
    out.json.timestamp("resets_at", body.refusal.details().resets_at);
}
void render_body(Renderer& out, const Event& event, const SubscriptionMoved& body) {
    out.json.text("step", name_of(body.step));
    out.json.begin_object("subscription");
    render_subscription_fields(out.json, body.subscription, out.decimals);
    out.json.end_object();
    out.json.text_or_null("previous_plan", body.previous_plan);
    if (body.granted.is_positive()) {
        out.grant_id("grant", GrantId::of(event.seq, 0));
        out.json.timestamp("expires_at", body.terms.expires_at);
    } else {
        out.json.null("grant");
        out.json.null("expires_at");
    }
    out.parts("expired", body.expired);
}
void render_body(Renderer& out, const Event& event, const PromotionRedeemed& body) {
    out.json.text("transaction", transaction_text(event.seq));
    out.credits("remaining", body.amount - body.debt_repaid);
    render_terms(out, body.terms);
    out.json.text("promotion", body.code);
}
void render_body(Renderer& out, const Event& event, const ReferralRewarded& body) {
    out.json.text("transaction", transaction_text(event.seq));
    out.credits("remaining", body.amount - body.debt_repaid);
    render_terms(out, body.terms);
    out.json.text(body.is_referrer ? "referred" : "referrer", body.partner);
}
template <class Body>
void render_body(Renderer&, const Event&, const Body&) {}

}  // namespace

void render_event_body(Renderer& out, const Event& event) {
    std::visit([&](const auto& body) { render_body(out, event, body); }, event.body);
}

}  // namespace creditd::daemon
