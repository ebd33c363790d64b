#include "daemon/api/render_event.hpp"

#include <array>

#include "daemon/api/event_renderer.hpp"
#include "daemon/api/render_arrangement.hpp"

namespace creditd::daemon {
namespace {

/// The positive amount that the transaction is about.
Credits amount_of(const EventBody& body) {
    return std::visit(
        [](const auto& kind) {
            using Kind = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<Kind, HoldPlaced>) return kind.hold.amount;
            else if constexpr (std::is_same_v<Kind, HoldReleased>) return kind.released;
            else if constexpr (std::is_same_v<Kind, CommandRefused>) return kind.refusal.required;
            else if constexpr (std::is_same_v<Kind, SubscriptionMoved>) return kind.granted;
            else if constexpr (requires { kind.amount; }) return kind.amount;
            else return Credits{};
        },
        body);
}

void render_id(Renderer& out, const Event& event) {
    const bool is_grant = transaction_type(event) == "grant" &&
                          !std::holds_alternative<GrantActivated>(event.body) &&
                          !std::holds_alternative<PaymentRestored>(event.body);
    if (is_grant) {
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

bool is_closed_after(const EventBody& body) {
    const auto* const forgotten = std::get_if<AccountForgotten>(&body);
    return forgotten != nullptr ? forgotten->closed : std::holds_alternative<AccountClosed>(body);
}

/// `last`: the operation's last event, where the account stands as it is after it.
void render_account_answer(Renderer& out, const EventRecord& record, const Event& last) {
    const Event& event = record.event();
    out.json.begin_object();
    out.json.text("account", event.account);
    out.json.integer("seq", last.seq.value);
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
    out.json.text("status", is_closed_after(event.body) ? "closed" : "open");
    Balances balances = last.balances;
    balances.before = event.balances.before;
    render_balances(out, balances);
    out.json.timestamp(
        std::holds_alternative<AccountCreated>(event.body) ? "created_at" : "updated_at",
        event.time);
    out.json.end_object();
}

bool is_account_event(const EventBody& body) {
    return std::holds_alternative<AccountCreated>(body) ||
           std::holds_alternative<AccountUpdated>(body) ||
           std::holds_alternative<AccountClosed>(body) ||
           std::holds_alternative<AccountReopened>(body) ||
           std::holds_alternative<AccountForgotten>(body);
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

void render_package(Renderer& out, Seq seq, const CreditsPurchased& body) {
    out.json.text_or_null("package", body.package);
    if (body.bonus.is_zero()) {
        out.json.null("bonus");
        return;
    }
    out.json.begin_object("bonus");
    out.grant_id("grant", GrantId::of(seq, 1));
    out.credits("amount", body.bonus);
    out.json.timestamp("expires_at", body.bonus_terms.expires_at);
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
    render_event_body(out, event);
    if (std::holds_alternative<CreditsDeducted>(event.body)) {
        out.json.text_or_null("resource", record.personal().resource);
    }
    out.raw_or_null("metadata", record.personal().metadata);
    out.json.text_or_null("description", record.personal().description);
    if (!record.personal().reason.empty()) out.json.text("reason", record.personal().reason);
    out.json.timestamp("created_at", event.time);
    if (const auto* bought = std::get_if<CreditsPurchased>(&event.body)) {
        render_package(out, event.seq, *bought);
    }
    if (duplicate) out.json.boolean("duplicate", true);
    out.json.end_object();
}

}  // namespace

void render_transaction(std::string& out, const EventRecord& record, unsigned decimals,
                        Seq last_seq) {
    Renderer renderer{JsonWriter(out), decimals};
    render_fields(renderer, record, last_seq, false);
}

void render_answer(std::string& out, std::span<const EventRecord> records, unsigned decimals,
                   bool duplicate) {
    CREDITD_ASSERT(!records.empty());
    const bool is_purchase = std::holds_alternative<CreditsPurchased>(records.front().event().body);
    const EventRecord& last = is_purchase ? records.front() : records.back();
    Renderer renderer{JsonWriter(out), decimals};
    if (is_account_event(records.front().event().body)) {
        render_account_answer(renderer, records.front(), last.event());
    } else if (std::holds_alternative<TransferredIn>(last.event().body)) {
        render_transfer_answer(renderer, last);
    } else if (is_arrangement_event(last.event().body)) {
        render_arrangement_answer(out, last.event(), decimals);
    } else {
        render_fields(renderer, last, records.back().event().seq, duplicate);
    }
}

AnswerRecords::AnswerRecords(const std::vector<DecidedEvent>& events, std::size_t first,
                             std::size_t end, const PersonalFields& personal)
    : records_{EventRecord(events[first].event, personal),
               EventRecord(events[end - 1].event, personal)} {
    const EventBody& made = events[first].event.body;
    const bool counts = std::holds_alternative<AccountCreated>(made) ||
                        std::holds_alternative<CreditsPurchased>(made);
    if (counts && end - first > 1) count_ = 2;
}

namespace {

/// Of a subscription that had been made before.
bool is_later_step(const EventBody& body) {
    const auto* const moved = std::get_if<SubscriptionMoved>(&body);
    return moved != nullptr && moved->step != SubscriptionStep::started;
}

/// Nothing is made by it.
bool changes_only(const EventBody& body) {
    return std::holds_alternative<AccountUpdated>(body) ||
           std::holds_alternative<AccountClosed>(body) ||
           std::holds_alternative<AccountReopened>(body) ||
           std::holds_alternative<AccountForgotten>(body) ||
           std::holds_alternative<HoldExtended>(body) ||
           std::holds_alternative<HoldReleased>(body) ||
           std::holds_alternative<PurchaseRepeated>(body) ||
           std::holds_alternative<BudgetSet>(body) || std::holds_alternative<AlertSet>(body) ||
           std::holds_alternative<AutoTopUpSet>(body) ||
           std::holds_alternative<ClockAdvanced>(body) || is_later_step(body);
}

}  // namespace

unsigned status_of_answer(std::span<const EventRecord> records) {
    return changes_only(records.back().event().body) ? 200 : 201;
}

std::size_t count_of_operation(const EventBody& first) {
    if (std::holds_alternative<TransferredOut>(first)) return 2;
    const auto* const made = std::get_if<AccountCreated>(&first);
    return made == nullptr ? 1 : 1U + made->followed_by;
}

bool follows_purchase(const EventBody& first, const EventBody& next) {
    return std::holds_alternative<CreditsPurchased>(first) &&
           (std::holds_alternative<PaymentNoted>(next) ||
            std::holds_alternative<PaymentReversed>(next) ||
            std::holds_alternative<OrderSet>(next));
}

std::vector<std::span<const EventRecord>> split_operations(std::span<const EventRecord> records) {
    std::vector<std::span<const EventRecord>> operations;
    for (std::size_t i = 0; i < records.size();) {
        const EventBody& first = records[i].event().body;
        std::size_t count = count_of_operation(first);
        while (i + count < records.size() &&
               follows_purchase(first, records[i + count].event().body)) {
            ++count;
        }
        CREDITD_ASSERT(i + count <= records.size());
        operations.push_back(records.subspan(i, count));
        i += count;
    }
    return operations;
}

std::string_view name_of(HoldStatus status) {
    static constexpr std::array<std::string_view, 4> names{"open", "captured", "released",
                                                           "expired"};
    return names[static_cast<std::size_t>(status)];
}

}  // namespace creditd::daemon
