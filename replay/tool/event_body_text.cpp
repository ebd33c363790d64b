#include "replay/tool/event_body_text.hpp"

#include <array>

#include "core/price.hpp"
#include "replay/sha256.hpp"
#include "replay/tool/event_arrangement_text.hpp"
#include "replay/tool/event_parts_text.hpp"
#include "replay/tool/event_payment_text.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::array<std::string_view, 2> expiries{"release", "capture"};
constexpr std::array<std::string_view, 4> hold_statuses{"open", "captured", "released", "expired"};

void append_usage(JsonText& json, const Usage& usage) {
    if (usage.feature.empty() && usage.user.empty() && usage.model.empty()) return;
    json.open("usage");
    json.text("feature", usage.feature);
    json.number("quantity", usage.quantity);
    json.number("price_book", usage.price_book);
    json.open_list("lines");
    for (const PriceLine& line : usage.lines) {
        json.open();
        json.text("rule", line.rule);
        json.amount("amount", line.amount);
        json.close();
    }
    json.close_list();
    if (!usage.units.empty()) {
        json.open("units");
        for (const MeasuredUnit& unit : usage.units) {
            std::string measure;
            append_decimal(measure, unit.measure.value, 6);
            json.raw(unit.unit, measure);
        }
        json.close();
    }
    if (!usage.options.empty()) {
        json.open_list("options");
        for (const std::string& option : usage.options) json.text({}, option);
        json.close_list();
    }
    json.text("user", usage.user);
    json.text("model", usage.model);
    json.close();
}

void append_waived(JsonText& json, Credits waived) {
    if (!waived.is_zero()) json.amount("waived", waived);
}

void append_hold(JsonText& json, const HoldSummary& hold) {
    json.open("hold");
    json.text("id", event_text("hold_", hold.id.seq()));
    json.amount("amount", hold.amount);
    json.amount("captured", hold.captured);
    json.amount("remaining", hold.remaining);
    json.text("status", name_in(hold_statuses, hold.status));
    json.time("expires_at", hold.expires_at);
    json.text("on_expiry", name_in(expiries, hold.on_expiry));
    json.close();
}

// --- one function for each kind ------------------------------------------------------------------

void append(JsonText& json, const LedgerOpened& body) {
    json.text("ledger", to_hex(body.ledger_id));
    json.number("decimals", std::uint32_t{body.decimals});
    if (body.test_clock) json.flag("test_clock", true);
}
void append(JsonText& json, const EpochClaimed& body) { json.number("epoch", body.epoch.value); }
void append(JsonText& json, const AccountCreated& body) {
    json.text("parent", body.parent);
    json.amount("credit_limit", body.credit_limit);
    if (body.followed_by != 0) json.number("followed_by", std::uint32_t{body.followed_by});
}
void append(JsonText& json, const AccountUpdated& body) {
    json.text("parent", body.parent);
    json.amount("credit_limit", body.credit_limit);
    json.number("profile_seq", body.profile_seq);
}
void append(JsonText&, const AccountClosed&) {}
void append(JsonText&, const AccountReopened&) {}
void append(JsonText& json, const AccountForgotten& body) { json.flag("closed", body.closed); }
void append(JsonText& json, const CreditsGranted& body) {
    append_terms(json, "terms", body.terms);
    json.amount("debt_repaid", body.debt_repaid);
}
void append(JsonText& json, const CreditsPurchased& body) {
    append_terms(json, "terms", body.terms);
    json.amount("debt_repaid", body.debt_repaid);
    json.text("provider", body.provider);
    json.text("payment_id", body.payment_id);
    json.text("payment_digest", to_hex(body.payment_digest.bytes));
    append_money(json, "payment", body.payment);
    json.optional_text("package", body.package);
    if (body.bonus.is_zero()) return;
    json.amount("bonus", body.bonus);
    append_terms(json, "bonus_terms", body.bonus_terms);
    json.amount("bonus_debt_repaid", body.bonus_debt_repaid);
}
void append(JsonText& json, const PurchaseRepeated& body) {
    json.text("original", event_text("txn_", body.original));
}
void append(JsonText& json, const GrantActivated& body) {
    json.text("grant", grant_text(body.grant));
    json.amount("debt_repaid", body.debt_repaid);
}
void append(JsonText& json, const GrantExpired& body) {
    json.text("grant", grant_text(body.grant));
}
void append(JsonText& json, const GrantRevoked& body) {
    json.text("grant", grant_text(body.grant));
    json.flag("whole", body.whole);
}
void append(JsonText& json, const CreditsDeducted& body) {
    json.amount("required", body.required);
    json.flag("partial_allowed", body.partial_allowed);
    append_usage(json, body.usage);
    append_parts(json, "burned", body.burned);
    json.amount("debt", body.debt);
    append_waived(json, body.waived);
}
void append(JsonText& json, const CreditsRefunded& body) {
    json.text("deduction", event_text("txn_", body.deduction.seq()));
    json.amount("refunded_total", body.refunded_total);
    json.amount("debt_reversed", body.debt_reversed);
    append_restored(json, body.restored);
    json.optional_text("user", body.user);
    json.optional_text("feature", body.feature);
    if (body.deducted_at != Timestamp{}) json.time("deducted_at", body.deducted_at);
}
void append(JsonText& json, const HoldPlaced& body) {
    append_hold(json, body.hold);
    append_usage(json, body.usage);
    append_parts(json, "reserved", body.reserved);
    json.amount("on_credit", body.on_credit);
    append_waived(json, body.waived);
}
void append(JsonText& json, const HoldExtended& body) {
    append_hold(json, body.hold);
    append_parts(json, "reserved", body.reserved);
    json.amount("on_credit", body.on_credit);
}
void append(JsonText& json, const HoldCaptured& body) {
    append_hold(json, body.hold);
    append_usage(json, body.usage);
    append_parts(json, "burned", body.burned);
    json.amount("debt", body.debt);
    json.amount("released", body.released);
    append_parts(json, "expired", body.expired);
    append_waived(json, body.waived);
}
void append(JsonText& json, const HoldReleased& body) {
    append_hold(json, body.hold);
    json.amount("released", body.released);
    append_parts(json, "expired", body.expired);
}
void append(JsonText& json, const TransferredOut& body) {
    json.text("to", body.to);
    append_parts(json, "burned", body.burned);
}
void append(JsonText& json, const TransferredIn& body) {
    json.text("from", body.from);
    json.open_list("moved");
    for (const MovedPart& part : body.moved) {
        json.open();
        json.text("from", grant_text(part.from));
        json.amount("amount", part.amount);
        json.amount("debt_repaid", part.debt_repaid);
        append_terms(json, "terms", part.terms);
        json.close();
    }
    json.close_list();
    json.open("sender");
    json.amount("before", body.sender.before);
    json.amount("after", body.sender.after);
    json.amount("available", body.sender.available);
    json.amount("held", body.sender.held);
    json.close();
}
void append(JsonText& json, const CommandRefused& body) {
    json.text("operation", operation_name(body.operation));
    json.text("code", name_of(body.refusal.code));
    json.amount("required", body.refusal.required);
    json.amount("refusal_available", body.refusal.available);
    json.amount("shortfall", body.refusal.shortfall);
    json.optional_text("feature", body.feature);
    json.number("index", body.index);
    if (body.refusal.details().budget.empty()) return;
    json.text("budget", body.refusal.details().budget);
    json.text("window", body.refusal.details().window);
    json.time("resets_at", body.refusal.details().resets_at);
}
void append(JsonText& json, const FeatureSet& body) {
    json.text("key", body.key);
    json.text("name", body.name);
    json.text("category", body.category);
    json.text("description", body.description);
    json.amount("price", body.price);
    json.flag("active", body.active);
    json.number("price_book", body.price_book);
    if (!body.rules.is_flat()) {
        json.text("price_text", describe(body.price, body.rules, json.decimals()));
    }
    if (!body.resource_template.empty()) json.text("resource_template", body.resource_template);
}
void append(JsonText& json, const FeatureRemoved& body) {
    json.text("key", body.key);
    json.number("price_book", body.price_book);
}
void append(JsonText& json, const ApiKeyCreated& body) {
    json.text("id", body.id);
    json.text("name", body.name);
    json.number("scopes", body.scopes);
    json.text("account_prefix", body.account_prefix);
    json.optional_time("expires_at", body.expires_at);
    json.text("secret_hash", to_hex(body.secret_hash.bytes));
}
void append(JsonText& json, const ApiKeyRevoked& body) { json.text("id", body.id); }

}  // namespace

void append_body(JsonText& json, const EventBody& body) {
    std::visit(
        [&](const auto& kind) {
            if constexpr (is_arrangement<std::decay_t<decltype(kind)>>) {
                append_arrangement(json, kind);
            } else if constexpr (requires { append_payment(json, kind); }) {
                append_payment(json, kind);
            } else {
                append(json, kind);
            }
        },
        body);
}

std::optional<Credits> amount_of(const EventBody& body) {
    return std::visit(
        [](const auto& kind) -> std::optional<Credits> {
            using Kind = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<Kind, HoldPlaced>) {
                return kind.hold.amount;
            } else if constexpr (std::is_same_v<Kind, HoldReleased>) {
                return kind.released;
            } else if constexpr (std::is_same_v<Kind, SubscriptionMoved>) {
                return kind.granted.is_zero() ? std::nullopt : std::optional(kind.granted);
            } else if constexpr (requires { kind.amount; }) {
                return kind.amount;
            } else {
                return std::nullopt;
            }
        },
        body);
}

}  // namespace creditd::replay::tool
