#include "daemon/api/explain.hpp"

#include "daemon/api/event_renderer.hpp"
#include "daemon/api/render_event.hpp"
#include "replay/explain/explain.hpp"

namespace creditd::daemon {
namespace {

Credits debt_of(const EventBody& body) {
    if (const auto* deducted = std::get_if<CreditsDeducted>(&body)) return deducted->debt;
    if (const auto* captured = std::get_if<HoldCaptured>(&body)) return captured->debt;
    return {};
}

void render_paid(Renderer& out, const replay::Explanation& explanation) {
    out.json.begin_array("burned");
    for (const GrantPart& part : replay::burned_parts(explanation.event.body)) {
        out.json.begin_object();
        out.grant_id("grant", part.grant);
        out.credits("amount", part.amount);
        if (const GrantFact* const fact = explanation.grant(part.grant)) {
            out.json.text("kind", name_of(fact->terms.kind));
            out.json.integer("priority", fact->terms.priority);
            out.json.timestamp("expires_at", fact->terms.expires_at);
            out.json.boolean("paid", fact->terms.cost.minor > 0);
        }
        out.json.end_object();
    }
    out.json.end_array();
}

void render_origin(Renderer& out, const Event& event) {
    if (!event.origin) {
        out.json.null("request");
        return;
    }
    out.json.begin_object("request");
    out.json.text_or_null("idempotency_key", event.origin->key);
    out.json.text_or_null("actor", event.origin->actor);
    out.json.text_or_null("trace_id", event.origin->trace_id);
    out.json.end_object();
}

}  // namespace

void render_explanation(std::string& out, const replay::Explanation& explanation) {
    const Event& event = explanation.event;
    Renderer renderer{JsonWriter(out), explanation.decimals};
    renderer.json.begin_object();
    renderer.json.text("text", replay::explanation_text(explanation));
    renderer.json.key("transaction");
    renderer.json.raw([&] {
        std::string transaction;
        render_transaction(transaction, {event, explanation.personal}, explanation.decimals,
                           event.seq);
        return transaction;
    }());
    render_paid(renderer, explanation);
    renderer.credits("debt", debt_of(event.body));
    renderer.credits("refunded", explanation.refunded);
    render_origin(renderer, event);
    renderer.json.integer("seq", event.seq.value);
    renderer.json.end_object();
}

}  // namespace creditd::daemon
