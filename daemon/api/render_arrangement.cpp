#include "daemon/api/render_arrangement.hpp"

#include "daemon/api/arrangement_json.hpp"

namespace creditd::daemon {
namespace {

/// Fields of an answer that are special to its event.
struct Answer {
    JsonWriter json;
    unsigned decimals;

    void render(const ReferralMade& body) { json.text("referrer", body.referrer); }
    void render(const BudgetSet& body) { render_budget_fields(json, body.terms, decimals); }
    void render(const AlertSet& body) { render_alert_fields(json, body.terms, decimals); }
    void render(const AutoTopUpSet& body) { render_auto_top_up_fields(json, body.terms, decimals); }
    template <class Body>
    void render(const Body&) {}
};

}  // namespace

bool is_arrangement_event(const EventBody& body) {
    return std::holds_alternative<ReferralMade>(body) || std::holds_alternative<BudgetSet>(body) ||
           std::holds_alternative<AlertSet>(body) || std::holds_alternative<AutoTopUpSet>(body) ||
           std::holds_alternative<ClockAdvanced>(body);
}

void render_arrangement_answer(std::string& out, const Event& event, unsigned decimals) {
    Answer answer{JsonWriter(out), decimals};
    JsonWriter& json = answer.json;
    json.begin_object();
    std::visit([&](const auto& body) { answer.render(body); }, event.body);
    json.text_or_null("account", event.account);
    json.integer("seq", event.seq.value);
    if (!event.account_no.is_none()) {
        json.begin_object("balance");
        json.credits("before", event.balances.before, decimals);
        json.credits("after", event.balances.after, decimals);
        json.end_object();
        json.credits("available", event.balances.available, decimals);
    }
    json.timestamp("updated_at", event.time);
    json.end_object();
}

}  // namespace creditd::daemon
