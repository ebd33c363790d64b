#include "tests/sim/auditor/lines.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace creditd::sim {

namespace {

std::vector<std::string> split(std::string_view text, char divider) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(divider), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

WishKind kind_of(const std::string& name) {
    const auto kind = wish_kind_of(name);
    if (!kind) throw std::invalid_argument("unknown kind " + name);
    return *kind;
}

Money money_of(const std::string& text) {
    Money money;
    std::istringstream(text) >> money.amount >> money.currency;
    return money;
}

Payment payment_of(const std::string& text) {
    Payment payment;
    std::istringstream(text) >> payment.provider >> payment.id >> payment.money.amount >>
        payment.money.currency;
    return payment;
}

void set_field(Wish& wish, const std::string& name, const std::string& value) {
    using Setter = std::function<void(Wish&, const std::string&)>;
    static const std::map<std::string, Setter> setters{
        {"key", [](Wish& w, const std::string& v) { w.key = v; }},
        {"account", [](Wish& w, const std::string& v) { w.account = v; }},
        {"id", [](Wish& w, const std::string& v) { w.id = v; }},
        {"to", [](Wish& w, const std::string& v) { w.to = v; }},
        {"amount", [](Wish& w, const std::string& v) { w.amount = std::stoll(v); }},
        {"description", [](Wish& w, const std::string& v) { w.description = v; }},
        {"dry_run", [](Wish& w, const std::string& v) { w.dry_run = v == "1"; }},
        {"credit_limit", [](Wish& w, const std::string& v) { w.credit_limit = std::stoll(v); }},
        {"name", [](Wish& w, const std::string& v) { w.name = v; }},
        {"grant_kind", [](Wish& w, const std::string& v) { w.grant_kind = v; }},
        {"priority", [](Wish& w, const std::string& v) { w.priority = std::stoi(v); }},
        {"effective_at", [](Wish& w, const std::string& v) { w.effective_at = std::stoll(v); }},
        {"expires_at", [](Wish& w, const std::string& v) { w.expires_at = std::stoll(v); }},
        {"expires_in_s", [](Wish& w, const std::string& v) { w.expires_in_s = std::stoll(v); }},
        {"features", [](Wish& w, const std::string& v) { w.features = split(v, ','); }},
        {"cost", [](Wish& w, const std::string& v) { w.cost = money_of(v); }},
        {"payment", [](Wish& w, const std::string& v) { w.payment = payment_of(v); }},
        {"feature", [](Wish& w, const std::string& v) { w.feature = v; }},
        {"quantity", [](Wish& w, const std::string& v) { w.quantity = std::stoll(v); }},
        {"user", [](Wish& w, const std::string& v) { w.user = v; }},
        {"model", [](Wish& w, const std::string& v) { w.model = v; }},
        {"allow_partial", [](Wish& w, const std::string& v) { w.allow_partial = v == "1"; }},
        {"on_expiry", [](Wish& w, const std::string& v) { w.on_expiry = v; }},
        {"final", [](Wish& w, const std::string& v) { w.final_capture = v == "1"; }},
        {"active", [](Wish& w, const std::string& v) { w.active = v == "1"; }},
        {"atomic", [](Wish& w, const std::string& v) { w.atomic = v == "1"; }},
    };
    const auto found = setters.find(name);
    if (found == setters.end()) throw std::invalid_argument("unknown field " + name);
    found->second(wish, value);
}

/// Collects the members of one JSON object.
class Object {
public:
    void add(const std::string& name, const std::string& json) {
        text_ += (text_.empty() ? "\"" : ",\"") + name + "\":" + json;
    }
    void add(const std::string& name, std::int64_t value) { add(name, std::to_string(value)); }
    void add_text(const std::string& name, const std::string& value) {
        add(name, '"' + value + '"');
    }
    template <class Value>
    void add(const std::string& name, const std::optional<Value>& value) {
        if (!value) return;
        if constexpr (std::is_same_v<Value, std::string>) {
            add_text(name, *value);
        } else if constexpr (std::is_same_v<Value, bool>) {
            add(name, std::string(*value ? "true" : "false"));
        } else {
            add(name, std::int64_t{*value});
        }
    }
    std::string text() const { return '{' + text_ + '}'; }

private:
    std::string text_;
};

template <class List, class Write>
std::string list(const List& items, const Write& write) {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ",") + write(item);
    return '[' + text + ']';
}

std::string write_part(const Part& part) {
    Object object;
    object.add_text("grant", part.grant);
    object.add("amount", part.amount);
    if (part.revoked) object.add("revoked", std::string("true"));
    return object.text();
}

std::string write_moved(const Moved& moved) {
    Object object;
    object.add_text("from_grant", moved.from_grant);
    object.add_text("grant", moved.grant);
    object.add("amount", moved.amount);
    return object.text();
}

std::string write_hold(const HoldState& hold) {
    Object object;
    object.add_text("id", hold.id);
    object.add("amount", hold.amount);
    object.add("captured", hold.captured);
    object.add("remaining", hold.remaining);
    object.add_text("status", hold.status);
    object.add("expires_at", hold.expires_at);
    object.add_text("on_expiry", hold.on_expiry);
    return object.text();
}

std::string write_side(const Side& side) {
    Object object;
    object.add_text("account", side.account);
    object.add("balance", side.balance);
    object.add("available", side.available);
    return object.text();
}

void add_figures(Object& object, const Outcome& outcome) {
    object.add("amount", outcome.amount);
    object.add("delta", outcome.delta);
    object.add("balance_before", outcome.balance_before);
    object.add("balance_after", outcome.balance_after);
    object.add("held", outcome.held);
    object.add("available", outcome.available);
    object.add("required", outcome.required);
    object.add("shortfall", outcome.shortfall);
    object.add("debt", outcome.debt);
    object.add("remaining", outcome.remaining);
    object.add("refunded_total", outcome.refunded_total);
    object.add("credit_limit", outcome.credit_limit);
    object.add("credits", outcome.credits);
}

void add_facts(Object& object, const Outcome& outcome) {
    object.add("type", outcome.type);
    object.add("account", outcome.account);
    object.add("id", outcome.id);
    object.add("transaction", outcome.transaction);
    object.add("grant", outcome.grant);
    object.add("deduction", outcome.deduction);
    object.add("kind", outcome.grant_kind);
    object.add("priority", outcome.priority);
    object.add("created_at", outcome.created_at);
    object.add("expires_at", outcome.expires_at);
    object.add("effective_at", outcome.effective_at);
    object.add("duplicate", outcome.duplicate);
    object.add("account_status", outcome.account_status);
    object.add("active", outcome.active);
    object.add("index", outcome.index);
}

std::string write_number(std::int64_t number) { return std::to_string(number); }

/// Apart from the rest: who asks with another program does not know of it.
std::string write_offers(const Outcome& outcome) {
    Object object;
    if (!outcome.lines.empty()) object.add("lines", list(outcome.lines, write_number));
    object.add("price_book", outcome.price_book);
    object.add("sufficient", outcome.sufficient);
    object.add("package", outcome.package);
    if (outcome.bonus) object.add("bonus", write_part(*outcome.bonus));
    object.add("bonus_until", outcome.bonus_until);
    object.add("promotion", outcome.promotion);
    object.add("changes", outcome.changes);
    return object.text();
}

}  // namespace

Wish read_wish(std::string_view line) {
    const std::vector<std::string> fields = split(line, '\t');
    if (fields.empty()) throw std::invalid_argument("an empty wish");
    Wish wish;
    wish.kind = kind_of(fields.front());
    bool is_operation = false;  // The field names the kind of the next operation.
    for (std::size_t i = 1; i < fields.size(); ++i) {
        const std::string& field = fields[i];
        if (field == "--") {
            is_operation = true;
        } else if (std::exchange(is_operation, false)) {
            wish.operations.emplace_back().kind = kind_of(field);
        } else {
            const std::size_t middle = std::min(field.find('='), field.size() - 1);
            Wish& target = wish.operations.empty() ? wish : wish.operations.back();
            set_field(target, field.substr(0, middle), field.substr(middle + 1));
        }
    }
    return wish;
}

std::string write_outcome(const Outcome& outcome) {
    Object object;
    object.add("status", std::int64_t{outcome.status});
    if (!outcome.code.empty()) object.add_text("code", outcome.code);
    if (outcome.replayed) object.add("replayed", std::string("true"));
    add_facts(object, outcome);
    add_figures(object, outcome);
    if (outcome.hold) object.add("hold", write_hold(*outcome.hold));
    if (outcome.from) object.add("from", write_side(*outcome.from));
    if (outcome.to) object.add("to", write_side(*outcome.to));
    if (!outcome.burned.empty()) object.add("burned", list(outcome.burned, write_part));
    if (!outcome.restored.empty()) object.add("restored", list(outcome.restored, write_part));
    if (!outcome.expired.empty()) object.add("expired", list(outcome.expired, write_part));
    if (!outcome.moved.empty()) object.add("moved", list(outcome.moved, write_moved));
    if (const std::string offers = write_offers(outcome); offers != "{}") {
        object.add("offers", offers);
    }
    if (!outcome.results.empty()) object.add("results", list(outcome.results, write_outcome));
    return object.text();
}

}  // namespace creditd::sim
