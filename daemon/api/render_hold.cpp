#include "daemon/api/render_hold.hpp"

#include "daemon/api/render_event.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {

HoldSummary summary_of(const Hold& hold) {
    return {hold.id,          hold.amount,     hold.captured, hold.remaining(),
            HoldStatus::open, hold.expires_at, hold.on_expiry};
}

void render_hold(std::string& out, const HoldView& view, unsigned decimals) {
    JsonWriter json(out);
    json.begin_object();
    json.numbered("id", "hold_", view.hold.id.value);
    json.text("account", view.account);
    json.credits("amount", view.hold.amount, decimals);
    json.credits("captured", view.hold.captured, decimals);
    json.credits("remaining", view.hold.remaining, decimals);
    json.text("status", name_of(view.hold.status));
    json.timestamp("expires_at", view.hold.expires_at);
    json.text("on_expiry", view.hold.on_expiry == OnExpiry::capture ? "capture" : "release");
    json.integer("seq", view.seq.value);
    json.end_object();
}

}  // namespace creditd::daemon
