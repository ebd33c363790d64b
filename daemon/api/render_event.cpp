#include "daemon/api/render_event.hpp"

#include <array>

#include "daemon/api/ids.hpp"
#include "daemon/basics/json_writer.hpp"

namespace creditd::daemon {
namespace {

/// What every function here writes with.
struct Renderer {
    JsonWriter json;
    unsigned decimals;

    void credits(std::string_view name, Credits value) { json.credits(name, value, decimals); }
    void grant_id(std::string_view name, GrantId id) { json.text(name, grant_text(id)); }
    void raw_or_null(std::string_view name, std::string_view value) {
        value.empty() ? json.null(name) : json.raw(name, value);
    }
    void parts(std::string_view name, const std::vector<GrantPart>& list) {
        json.begin_array(name);
        for (const GrantPart& part : list) {
            json.begin_object();
            grant_id("grant", part.grant);
            credits("amount", part.amount);
            json.end_object();
        }
        json.end_array();
    }
    void money(const Money& value) {
        json.integer("amount", value.minor);
        json.text("currency", value.currency.text());
    }
};

/// The same fields whether a feature was priced or an amount was named: no client has to ask which
/// of them are there.
void render_usage(Renderer& out, const Usage& usage) {
    const bool is_priced = !usage.feature.empty();
    out.json.text_or_null("feature", usage.feature);
    is_priced ? out.json.integer("quantity", usage.quantity) : out.json.null("quantity");
    out.json.null("units");
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
    if (body.partial_allowed) {
        out.credits("required", body.required);
        out.credits("shortfall", body.required - body.amount);
    }
    render_user_and_model(out, body.usage);
}
void render_body(Renderer& out, const Event&, const CreditsRefunded& body) {
    out.json.text("deduction", transaction_text(body.deduction.seq()));
    out.credits("refunded_total", body.refunded_total);
    out.json.begin_array("restored");
    for (const RestoredPart& part : body.restored) {
        out.json.begin_object();
        out.grant_id("grant", part.grant);
        out.credits("amount", part.amount);
        if (part.into == RestoredInto::revoked_grant) out.json.boolean("revoked", true);
        out.json.end_object();
    }
    out.json.end_array();
}
void render_body(Renderer& out, const Event& event, const HoldPlaced& body) {
    out.json.text("transaction", transaction_text(event.seq));
    render_hold_fields(out, body.hold);
    render_usage(out, body.usage);
    render_user_and_model(out, body.usage);
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
}
template <class Body>
void render_body(Renderer&, const Event&, const Body&) {}

/// The positive amount that the transaction is about.
Credits amount_of(const EventBody& body) {
    return std::visit(
        [](const auto& kind) {
            using Kind = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<Kind, HoldPlaced>) return kind.hold.amount;
            else if constexpr (std::is_same_v<Kind, HoldReleased>) return kind.released;
            else if constexpr (std::is_same_v<Kind, CommandRefused>) return kind.refusal.required;
            else if constexpr (requires { kind.amount; }) return kind.amount;
            else return Credits{};
        },
        body);
}

void render_id(Renderer& out, const Event& event) {
    if (std::holds_alternative<CreditsGranted>(event.body)) {
        out.grant_id("id", GrantId::of(event.seq, 0));
    } else if (std::holds_alternative<HoldPlaced>(event.body)) {
        out.json.numbered("id", "hold_", event.seq.value);
    } else {
        out.json.numbered("id", "txn_", event.seq.value);
    }
}

void render_balances(Renderer& out, const Balances& balances) {
    out.json.begin_object("balance");
    out.credits("before", balances.before);
    out.credits("after", balances.after);
    out.json.end_object();
    out.credits("available", balances.available);
}

void render_account_answer(Renderer& out, const EventRecord& record, Seq last_seq) {
    const Event& event = record.event();
    out.json.begin_object();
    out.json.text("account", event.account);
    out.json.integer("seq", last_seq.value);
    if (const auto* created = std::get_if<AccountCreated>(&event.body)) {
        out.json.text_or_null("parent", created->parent);
        out.credits("credit_limit", created->credit_limit);
    } else if (const auto* updated = std::get_if<AccountUpdated>(&event.body)) {
        out.json.text_or_null("parent", updated->parent);
        out.credits("credit_limit", updated->credit_limit);
    }
    if (event.personal_hash) {
        out.json.text_or_null("name", record.personal().name);
        out.raw_or_null("metadata", record.personal().metadata);
        out.raw_or_null("labels", record.personal().labels);
    }
    out.json.text("status", std::holds_alternative<AccountClosed>(event.body) ? "closed" : "open");
    render_balances(out, event.balances);
    out.json.timestamp(
        std::holds_alternative<AccountCreated>(event.body) ? "created_at" : "updated_at",
        event.time);
    out.json.end_object();
}

bool is_account_event(const EventBody& body) {
    return std::holds_alternative<AccountCreated>(body) ||
           std::holds_alternative<AccountUpdated>(body) ||
           std::holds_alternative<AccountClosed>(body) ||
           std::holds_alternative<AccountReopened>(body);
}

void render_side(Renderer& out, std::string_view name, const std::string& account,
                 const Balances& balances) {
    out.json.begin_object(name);
    out.json.text("account", account);
    out.credits("balance", balances.after);
    out.credits("available", balances.available);
    out.json.end_object();
}

/// Both sides of a transfer stand in its second event; the id is the sender's transaction.
void render_transfer_answer(Renderer& out, const EventRecord& record) {
    const Event& event = record.event();
    const auto& body = std::get<TransferredIn>(event.body);
    out.json.begin_object();
    out.json.numbered("id", "txn_", event.seq.value - 1);
    out.json.integer("seq", event.seq.value);
    out.json.text("type", "transfer_out");
    out.json.text("account", body.from);
    out.credits("amount", body.amount);
    out.credits("delta", -body.amount);
    render_balances(out, body.sender);
    render_side(out, "from", body.from, body.sender);
    render_side(out, "to", event.account, event.balances);
    out.json.begin_array("moved");
    for (std::size_t i = 0; i < body.moved.size(); ++i) {
        out.json.begin_object();
        out.grant_id("from_grant", body.moved[i].from);
        out.grant_id("grant", GrantId::of(event.seq, static_cast<std::uint16_t>(i)));
        out.credits("amount", body.moved[i].amount);
        out.json.end_object();
    }
    out.json.end_array();
    out.raw_or_null("metadata", record.personal().metadata);
    out.json.text_or_null("description", record.personal().description);
    out.json.timestamp("created_at", event.time);
    out.json.end_object();
}

void render_fields(Renderer& out, const EventRecord& record, Seq last_seq, bool duplicate) {
    const Event& event = record.event();
    out.json.begin_object();
    render_id(out, event);
    out.json.integer("seq", last_seq.value);
    out.json.text("type", transaction_type(event));
    out.json.text("account", event.account);
    out.credits("amount", amount_of(event.body));
    out.credits("delta", event.balances.after - event.balances.before);
    render_balances(out, event.balances);
    std::visit([&](const auto& body) { render_body(out, event, body); }, event.body);
    if (std::holds_alternative<CreditsDeducted>(event.body)) {
        out.json.text_or_null("resource", record.personal().resource);
    }
    out.raw_or_null("metadata", record.personal().metadata);
    out.json.text_or_null("description", record.personal().description);
    if (!record.personal().reason.empty()) out.json.text("reason", record.personal().reason);
    out.json.timestamp("created_at", event.time);
    if (duplicate) out.json.boolean("duplicate", true);
    out.json.end_object();
}

}  // namespace

std::string_view transaction_type(const Event& event) {
    return transaction_type_of_kind(event.body.index());
}

std::string_view transaction_type_of_kind(std::size_t kind) {
    // In the order of EventBody; account, catalog and key events are no transactions.
    static constexpr std::array<std::string_view, 25> types{"",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "grant",
                                                            "purchase",
                                                            "",
                                                            "grant",
                                                            "expiry",
                                                            "revocation",
                                                            "deduction",
                                                            "refund",
                                                            "hold",
                                                            "hold",
                                                            "capture",
                                                            "release",
                                                            "transfer_out",
                                                            "transfer_in",
                                                            "refusal",
                                                            "",
                                                            "",
                                                            "",
                                                            ""};
    static_assert(types.size() == std::variant_size_v<EventBody>);
    return types[kind];
}

void render_transaction(std::string& out, const EventRecord& record, unsigned decimals,
                        Seq last_seq) {
    Renderer renderer{JsonWriter(out), decimals};
    render_fields(renderer, record, last_seq, false);
}

void render_answer(std::string& out, std::span<const EventRecord> records, unsigned decimals,
                   bool duplicate) {
    CREDITD_ASSERT(!records.empty());
    const EventRecord& last = records.back();
    Renderer renderer{JsonWriter(out), decimals};
    if (is_account_event(last.event().body)) {
        render_account_answer(renderer, last, last.event().seq);
    } else if (std::holds_alternative<TransferredIn>(last.event().body)) {
        render_transfer_answer(renderer, last);
    } else {
        render_fields(renderer, last, last.event().seq, duplicate);
    }
}

unsigned status_of_answer(std::span<const EventRecord> records) {
    const EventBody& body = records.back().event().body;
    const bool changes_only = std::holds_alternative<AccountUpdated>(body) ||
                              std::holds_alternative<AccountClosed>(body) ||
                              std::holds_alternative<AccountReopened>(body) ||
                              std::holds_alternative<HoldExtended>(body) ||
                              std::holds_alternative<HoldReleased>(body) ||
                              std::holds_alternative<PurchaseRepeated>(body);
    return changes_only ? 200 : 201;
}

std::vector<std::span<const EventRecord>> split_operations(std::span<const EventRecord> records) {
    std::vector<std::span<const EventRecord>> operations;
    for (std::size_t i = 0; i < records.size();) {
        const bool transfer = std::holds_alternative<TransferredOut>(records[i].event().body);
        const std::size_t count = transfer ? 2 : 1;
        operations.push_back(records.subspan(i, count));
        i += count;
    }
    return operations;
}

std::string_view name_of(GrantKind kind) {
    static constexpr std::array<std::string_view, 8> names{
        "signup", "plan", "purchase", "bonus", "promo", "referral", "admin", "refund"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(HoldStatus status) {
    static constexpr std::array<std::string_view, 4> names{"open", "captured", "released",
                                                           "expired"};
    return names[static_cast<std::size_t>(status)];
}

}  // namespace creditd::daemon
