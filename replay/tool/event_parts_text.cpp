#include "replay/tool/event_parts_text.hpp"

#include "replay/ids.hpp"
#include "replay/names.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::array<std::string_view, 46> operations{"account",
                                                      "close",
                                                      "reopen",
                                                      "grant",
                                                      "purchase",
                                                      "deduct",
                                                      "refund",
                                                      "revoke",
                                                      "hold",
                                                      "capture",
                                                      "extend",
                                                      "release",
                                                      "transfer",
                                                      "batch",
                                                      "feature",
                                                      "remove_feature",
                                                      "create_key",
                                                      "revoke_key",
                                                      "offer",
                                                      "remove_offer",
                                                      "change_feature",
                                                      "catalog",
                                                      "subscribe",
                                                      "change_subscription",
                                                      "cancel_subscription",
                                                      "resume_subscription",
                                                      "renew_subscription",
                                                      "suspend_subscription",
                                                      "redeem",
                                                      "refer",
                                                      "set_budget",
                                                      "remove_budget",
                                                      "set_alert",
                                                      "remove_alert",
                                                      "set_auto_top_up",
                                                      "remove_auto_top_up",
                                                      "advance_clock",
                                                      "create_endpoint",
                                                      "change_endpoint",
                                                      "remove_endpoint",
                                                      "place_order",
                                                      "change_order",
                                                      "note_payment",
                                                      "note_notification",
                                                      "follow_subscription",
                                                      "forget"};

constexpr std::array<std::string_view, 3> restored_into{"same_grant", "new_grant", "revoked_grant"};

}  // namespace

std::string_view operation_name(Operation operation) { return name_in(operations, operation); }

std::string event_text(std::string_view prefix, Seq seq) {
    return std::string(prefix) + std::to_string(seq.value);
}

std::string grant_text(GrantId id) {
    return id.value == 0 ? std::string() : replay::grant_text(id);
}

void append_money(JsonText& json, std::string_view name, const Money& money) {
    if (money.currency.is_none() && money.minor == 0) return;
    json.open(name);
    json.number("amount", money.minor);
    json.text("currency", money.currency.text());
    json.close();
}

void append_terms(JsonText& json, std::string_view name, const GrantTerms& terms) {
    json.open(name);
    json.text("kind", replay::name_of(terms.kind));
    json.number("priority", std::uint32_t{terms.priority});
    json.time("effective_at", terms.effective_at);
    json.optional_time("expires_at", terms.expires_at);
    if (!terms.features.empty()) append_texts(json, "features", terms.features);
    append_money(json, "cost", terms.cost);
    if (!terms.cost_credits.is_zero()) json.amount("cost_credits", terms.cost_credits);
    json.close();
}

void append_parts(JsonText& json, std::string_view name, const std::vector<GrantPart>& parts) {
    json.open_list(name);
    for (const GrantPart& part : parts) {
        json.open();
        json.text("grant", grant_text(part.grant));
        json.amount("amount", part.amount);
        json.close();
    }
    json.close_list();
}

void append_restored(JsonText& json, const std::vector<RestoredPart>& parts) {
    json.open_list("restored");
    for (const RestoredPart& part : parts) {
        json.open();
        json.text("burned_from", grant_text(part.burned_from));
        json.text("grant", grant_text(part.grant));
        json.amount("amount", part.amount);
        json.text("into", name_in(restored_into, part.into));
        json.amount("original_amount", part.original_amount);
        append_terms(json, "terms", part.terms);
        json.close();
    }
    json.close_list();
}

void append_texts(JsonText& json, std::string_view name, const std::vector<std::string>& texts) {
    json.open_list(name);
    for (const std::string& text : texts) json.text({}, text);
    json.close_list();
}

}  // namespace creditd::replay::tool
