#include "tests/sim/reading.hpp"

#include "tests/sim/reading_payments.hpp"
#include "tests/sim/reading_values.hpp"
#include "tests/sim/workload_arrangements.hpp"

namespace creditd::sim {

namespace {

// --- requests ------------------------------------------------------------------------------------

void set_usage(Wish& wish, std::string_view name, const Json& value) {
    if (name == "feature") wish.feature = value.text;
    else if (name == "quantity") wish.quantity = whole(value.text);
    else if (name == "user") wish.user = value.text;
    else if (name == "model") wish.model = value.text;
    else if (name == "allow_partial") wish.allow_partial = value.text == "true";
    else if (name == "on_expiry") wish.on_expiry = value.text;
    else if (name == "final") wish.final_capture = value.text == "true";
    else if (name == "active") wish.active = value.text == "true";
    else if (name == "package") wish.package = value.text;
    else if (name == "units") {
        for (const auto& [unit, measure] : value.items)
            wish.units[unit] = minor_units(measure.text);
    } else if (name == "options") {
        for (const auto& [unnamed, option] : value.items) wish.options.push_back(option.text);
    }
}

void set_grant(Wish& wish, std::string_view name, const Json& value) {
    if (name == "kind") wish.grant_kind = value.text;
    else if (name == "priority") wish.priority = static_cast<int>(whole(value.text));
    else if (name == "effective_at") wish.effective_at = microseconds_of(value.text);
    else if (name == "expires_at") wish.expires_at = microseconds_of(value.text);
    else if (name == "cost") wish.cost = money_of(value);
    else if (name == "payment")
        wish.payment = {value.at("provider").text, value.at("id").text, money_of(value)};
    else if (name == "features") {
        wish.features.emplace();
        for (const auto& [unnamed, feature] : value.items) wish.features->push_back(feature.text);
    }
}

void set_field(Wish& wish, std::string_view name, const Json& value) {
    if (name == "account" || name == "from") wish.account = value.text;
    else if (name == "id") wish.id = value.text;
    else if (name == "to") wish.to = value.text;
    else if (name == "amount" || name == "credits") wish.amount = minor_units(value.text);
    else if (name == "credit_limit") wish.credit_limit = minor_units(value.text);
    else if (name == "name") wish.name = value.text;
    else if (name == "description") wish.description = value.text;
    else if (name == "expires_in") wish.expires_in_s = seconds_of(value.text);
    else if (name == "dry_run") wish.dry_run = value.text == "true";
    set_usage(wish, name, value);
    set_grant(wish, name, value);
}

void set_fields(Wish& wish, const Json& body) {
    for (const auto& [name, value] : body.items) set_field(wish, name, value);
}

void set_operations(Wish& wish, const Request& request, const Json& body) {
    wish.atomic = body.at("mode").text == "atomic";
    for (const auto& [unnamed, operation] : body.at("operations").items) {
        Wish& one = wish.operations.emplace_back();
        one.kind = wish_kind_of(operation.at("op").text).value();
        set_fields(one, operation);
        if (!wish.atomic) one.key = request.key + '/' + std::to_string(wish.operations.size() - 1);
    }
}

bool is_offer(WishKind kind) {
    return kind == WishKind::put_feature || kind == WishKind::put_package ||
           kind == WishKind::put_promotion || kind == WishKind::put_plan;
}

/// The first segment after /v1.
std::string kind_of(const Request& request) {
    constexpr std::string_view start = "/v1/";
    const std::size_t slash = request.path.find('/', start.size());
    return request.path.substr(start.size(), slash - start.size());
}

/// The second segment after /v1: an account, or the id of an object.
std::string target_of(std::string_view path) {
    constexpr std::string_view start = "/v1/";
    const std::size_t slash = path.find('/', start.size());
    if (slash == std::string_view::npos) return {};
    const std::string_view rest = path.substr(slash + 1);
    return std::string(rest.substr(0, rest.find('/')));
}

}  // namespace

std::optional<Wish> wish_of(const Request& request) {
    const bool is_listed = request.name == "transaction" || request.name == "transactions";
    if (request.is_malformed || is_listed || request.name.ends_with(" key")) return {};
    if (request.is_news) return {};
    if (is_of_order(request)) return order_wish_of(request);
    if (is_of_arrangement(request)) return arrangement_wish_of(request);
    Wish wish;
    wish.key = request.key;
    const std::string target = target_of(request.path);
    (request.path.starts_with("/v1/accounts/") ? wish.account : wish.id) = target;
    if (request.method == "GET") {
        wish.kind = request.name == "hold" ? WishKind::read_hold : WishKind::read_balance;
        return wish;
    }
    wish.kind = wish_kind_of(request.name).value();
    const Json body = request.body.empty() ? Json{} : Json::parse(request.body);
    if (wish.kind == WishKind::batch) set_operations(wish, request, body);
    else if (wish.kind == WishKind::put_catalog) wish.catalog.push_back(catalog_of(body));
    else if (is_offer(wish.kind)) wish.catalog.push_back(one_offer(kind_of(request), target, body));
    else set_fields(wish, body);
    return wish;
}

// --- answers -------------------------------------------------------------------------------------

namespace {

const Json* present(const Json& body, std::string_view name) {
    const Json& value = body.at(name);
    return value.kind == Json::Kind::null ? nullptr : &value;
}

void set(std::optional<std::string>& field, const Json& body, std::string_view name) {
    if (const Json* const value = present(body, name)) field = value->text;
}

void set_amount(std::optional<std::int64_t>& field, const Json& body, std::string_view name) {
    if (const Json* const value = present(body, name)) field = minor_units(value->text);
}

void set_time(std::optional<std::int64_t>& field, const Json& body, std::string_view name) {
    if (const Json* const value = present(body, name)) field = microseconds_of(value->text);
}

void set_number(std::optional<std::int64_t>& field, const Json& body, std::string_view name) {
    if (const Json* const value = present(body, name)) field = whole(value->text);
}

void set_flag(std::optional<bool>& field, const Json& body, std::string_view name) {
    if (const Json* const value = present(body, name)) field = value->text == "true";
}

HoldState hold_of(const Json& body) {
    return {body.at("id").text,
            minor_units(body.at("amount").text),
            minor_units(body.at("captured").text),
            minor_units(body.at("remaining").text),
            body.at("status").text,
            microseconds_of(body.at("expires_at").text),
            body.at("on_expiry").text};
}

void set_parts(std::vector<Part>& parts, const Json& list) {
    for (const auto& [unnamed, part] : list.items) {
        parts.push_back({part.at("grant").text, minor_units(part.at("amount").text),
                         part.at("revoked").text == "true"});
    }
}

void set_moved(std::vector<Moved>& moved, const Json& list) {
    for (const auto& [unnamed, part] : list.items) {
        moved.push_back({part.at("from_grant").text, part.at("grant").text,
                         minor_units(part.at("amount").text)});
    }
}

void set_side(std::optional<Side>& side, const Json& body, std::string_view name) {
    const Json& value = body.at(name);
    if (value.kind != Json::Kind::object) return;
    side = Side{value.at("account").text, minor_units(value.at("balance").text),
                minor_units(value.at("available").text)};
}

/// What prices and the catalog have to do with it.
void set_offers(Outcome& outcome, const Json& body) {
    for (const auto& [unnamed, line] : body.at("lines").items) {
        const std::int64_t amount = minor_units(line.at("amount").text);
        if (amount != 0) outcome.lines.push_back(amount);
    }
    set_flag(outcome.sufficient, body, "sufficient");
    set(outcome.package, body, "package");
    set(outcome.promotion, body, "promotion");
    if (!body.has("bonus.grant")) return;
    outcome.bonus = Part{body.at("bonus.grant").text, minor_units(body.at("bonus.amount").text)};
    set_time(outcome.bonus_until, body, "bonus.expires_at");
}

/// Not one that a client chose.
bool is_ours(std::string_view id) {
    return id.starts_with("grt_") || id.starts_with("txn_") || id.starts_with("hold_");
}

void set_texts(Outcome& outcome, const Json& body) {
    set(outcome.type, body, "type");
    if (is_ours(body.at("id").text)) set(outcome.id, body, "id");
    set(outcome.transaction, body, "transaction");
    set(outcome.account, body, "account");
    set(outcome.grant, body, "grant");
    set(outcome.deduction, body, "deduction");
    set(outcome.grant_kind, body, "kind");
    set_flag(outcome.duplicate, body, "duplicate");
    set_flag(outcome.active, body, "active");
    if (const Json* const value = present(body, "priority")) {
        outcome.priority = static_cast<int>(whole(value->text));
    }
}

void set_figures(Outcome& outcome, const Json& body) {
    set_amount(outcome.amount, body, "amount");
    set_amount(outcome.delta, body, "delta");
    set_amount(outcome.held, body, "held");
    set_amount(outcome.available, body, "available");
    set_amount(outcome.required, body, "required");
    set_amount(outcome.shortfall, body, "shortfall");
    set_amount(outcome.debt, body, "debt");
    set_amount(outcome.refunded_total, body, "refunded_total");
    set_amount(outcome.credit_limit, body, "credit_limit");
    set_amount(outcome.credits, body, "credits");
    set_number(outcome.price_book, body, "price_book");
    set_number(outcome.changes, body, "changes");
    set_time(outcome.created_at, body, "created_at");
    set_time(outcome.effective_at, body, "effective_at");
    if (body.at("balance").kind == Json::Kind::object) {
        set_amount(outcome.balance_before, body, "balance.before");
        set_amount(outcome.balance_after, body, "balance.after");
    } else {
        set_amount(outcome.balance_after, body, "balance");
    }
}

void set_refusal(Outcome& outcome, const Json& body) {
    outcome.code = body.at("code").text;
    set_amount(outcome.required, body, "required");
    set_amount(outcome.available, body, "available");
    set_amount(outcome.shortfall, body, "shortfall");
    if (const Json* const value = present(body, "index")) outcome.index = whole(value->text);
}

}  // namespace

Outcome outcome_of(unsigned status, const Json& body) {
    Outcome outcome;
    outcome.status = static_cast<int>(status);
    if (const Json* const seq = present(body, "seq")) outcome.seq = whole(seq->text);
    if (body.has("results")) {
        for (const auto& [unnamed, result] : body.at("results").items) {
            const auto its_status = static_cast<unsigned>(result.at("status").number());
            outcome.results.push_back(outcome_of(its_status, result.at("body")));
        }
        return outcome;
    }
    if (status >= 400) {
        set_refusal(outcome, body);
        return outcome;
    }
    set_texts(outcome, body);
    set_figures(outcome, body);
    set_offers(outcome, body);
    set_parts(outcome.burned, body.at("burned"));
    set_parts(outcome.restored, body.at("restored"));
    set_parts(outcome.expired, body.at("expired"));
    set_moved(outcome.moved, body.at("moved"));
    set_side(outcome.from, body, "from");
    set_side(outcome.to, body, "to");
    const bool is_hold = body.has("captured");
    if (is_hold) outcome.hold = hold_of(body);
    else if (body.has("hold")) outcome.hold = hold_of(body.at("hold"));
    if (!is_hold) {
        set(outcome.account_status, body, "status");
        set_amount(outcome.remaining, body, "remaining");
        set_time(outcome.expires_at, body, "expires_at");
    }
    return outcome;
}

}  // namespace creditd::sim
