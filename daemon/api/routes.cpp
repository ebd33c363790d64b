#include "daemon/api/routes.hpp"

#include <algorithm>

#include "daemon/api/path_pattern.hpp"
#include "daemon/http/uri.hpp"

namespace creditd::daemon {
namespace {

using http::Method;

constexpr std::array routes{
    // the frequent ones first: the table is searched from its top
    Route{RouteId::deduct, Method::post, "/v1/accounts/{}/deductions", Access::ledger_write,
          BodyKind::json, true},
    Route{RouteId::get_balance, Method::get, "/v1/accounts/{}/balance", Access::account_read,
          BodyKind::none, false},
    Route{RouteId::batch, Method::post, "/v1/batches", Access::ledger_write, BodyKind::bulk, true},
    Route{RouteId::grant, Method::post, "/v1/accounts/{}/grants", Access::ledger_write,
          BodyKind::json, true},
    Route{RouteId::place_hold, Method::post, "/v1/accounts/{}/holds", Access::ledger_write,
          BodyKind::json, true},
    Route{RouteId::capture, Method::post, "/v1/holds/{}/captures", Access::ledger_write,
          BodyKind::json, true},
    // accounts
    Route{RouteId::list_accounts, Method::get, "/v1/accounts", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::put_account, Method::put, "/v1/accounts/{}", Access::ledger_write,
          BodyKind::json, false},
    Route{RouteId::get_account, Method::get, "/v1/accounts/{}", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::close_account, Method::post, "/v1/accounts/{}/close", Access::ledger_write,
          BodyKind::json, false},
    Route{RouteId::reopen_account, Method::post, "/v1/accounts/{}/reopen", Access::ledger_write,
          BodyKind::json, false},
    Route{RouteId::forget_account, Method::post, "/v1/accounts/{}/forget", Access::admin,
          BodyKind::json, false},
    Route{RouteId::create_token, Method::post, "/v1/accounts/{}/tokens", Access::ledger_read,
          BodyKind::json, false},
    // moving credits
    Route{RouteId::list_grants, Method::get, "/v1/accounts/{}/grants", Access::account_read,
          BodyKind::none, false},
    Route{RouteId::revoke, Method::post, "/v1/grants/{}/revoke", Access::ledger_write,
          BodyKind::json, true},
    Route{RouteId::purchase, Method::post, "/v1/accounts/{}/purchases", Access::ledger_write,
          BodyKind::json, true},
    Route{RouteId::quote, Method::post, "/v1/accounts/{}/quotes", Access::ledger_read,
          BodyKind::json, false},
    Route{RouteId::refund, Method::post, "/v1/deductions/{}/refunds", Access::ledger_write,
          BodyKind::json, true},
    Route{RouteId::get_hold, Method::get, "/v1/holds/{}", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::extend, Method::post, "/v1/holds/{}/extend", Access::ledger_write,
          BodyKind::json, true},
    Route{RouteId::release, Method::post, "/v1/holds/{}/release", Access::ledger_write,
          BodyKind::json, true},
    Route{RouteId::transfer, Method::post, "/v1/transfers", Access::ledger_write, BodyKind::json,
          true},
    // transactions
    Route{RouteId::get_transaction, Method::get, "/v1/transactions/{}", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::list_transactions, Method::get, "/v1/accounts/{}/transactions",
          Access::account_read, BodyKind::none, false},
    // catalog
    Route{RouteId::list_features, Method::get, "/v1/features", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::put_feature, Method::put, "/v1/features/{}", Access::catalog_write,
          BodyKind::json, false},
    Route{RouteId::get_feature, Method::get, "/v1/features/{}", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::delete_feature, Method::delete_, "/v1/features/{}", Access::catalog_write,
          BodyKind::none, false},
    Route{RouteId::patch_feature, Method::patch, "/v1/features/{}", Access::catalog_write,
          BodyKind::json, false},
    Route{RouteId::pricing, Method::get, "/v1/pricing", Access::open, BodyKind::none, false},
    Route{RouteId::get_catalog, Method::get, "/v1/catalog", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::put_catalog, Method::put, "/v1/catalog", Access::catalog_write,
          BodyKind::catalog, false},
    Route{RouteId::list_plans, Method::get, "/v1/plans", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::put_plan, Method::put, "/v1/plans/{}", Access::catalog_write, BodyKind::json,
          false},
    Route{RouteId::get_plan, Method::get, "/v1/plans/{}", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::delete_plan, Method::delete_, "/v1/plans/{}", Access::catalog_write,
          BodyKind::none, false},
    Route{RouteId::list_packages, Method::get, "/v1/packages", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::put_package, Method::put, "/v1/packages/{}", Access::catalog_write,
          BodyKind::json, false},
    Route{RouteId::get_package, Method::get, "/v1/packages/{}", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::delete_package, Method::delete_, "/v1/packages/{}", Access::catalog_write,
          BodyKind::none, false},
    Route{RouteId::list_promotions, Method::get, "/v1/promotions", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::put_promotion, Method::put, "/v1/promotions/{}", Access::catalog_write,
          BodyKind::json, false},
    Route{RouteId::get_promotion, Method::get, "/v1/promotions/{}", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::delete_promotion, Method::delete_, "/v1/promotions/{}", Access::catalog_write,
          BodyKind::none, false},
    // what is arranged with an account
    Route{RouteId::get_subscription, Method::get, "/v1/accounts/{}/subscription",
          Access::ledger_read, BodyKind::none, false},
    Route{RouteId::put_subscription, Method::put, "/v1/accounts/{}/subscription",
          Access::ledger_write, BodyKind::json, false},
    Route{RouteId::cancel_subscription, Method::post, "/v1/accounts/{}/subscription/cancel",
          Access::ledger_write, BodyKind::json, false},
    Route{RouteId::change_subscription, Method::post, "/v1/accounts/{}/subscription/change",
          Access::ledger_write, BodyKind::json, true},
    Route{RouteId::resume_subscription, Method::post, "/v1/accounts/{}/subscription/resume",
          Access::ledger_write, BodyKind::json, false},
    Route{RouteId::renew_subscription, Method::post, "/v1/accounts/{}/subscription/renew",
          Access::ledger_write, BodyKind::json, true},
    Route{RouteId::suspend_subscription, Method::post, "/v1/accounts/{}/subscription/past-due",
          Access::ledger_write, BodyKind::json, false},
    Route{RouteId::redeem, Method::post, "/v1/promotions/{}/redeem", Access::ledger_write,
          BodyKind::json, true},
    Route{RouteId::refer, Method::post, "/v1/referrals", Access::ledger_write, BodyKind::json,
          true},
    Route{RouteId::get_usage, Method::get, "/v1/accounts/{}/usage", Access::account_read,
          BodyKind::none, false},
    Route{RouteId::list_resources, Method::get, "/v1/accounts/{}/resources", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::list_events, Method::get, "/v1/events", Access::ledger_read, BodyKind::none,
          false},
    Route{RouteId::account_stream, Method::get, "/v1/accounts/{}/stream", Access::account_read,
          BodyKind::none, false},
    Route{RouteId::explain, Method::get, "/v1/transactions/{}/explain", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::list_members, Method::get, "/v1/accounts/{}/members", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::list_budgets, Method::get, "/v1/accounts/{}/budgets", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::put_budget, Method::put, "/v1/accounts/{}/budgets/{}", Access::ledger_write,
          BodyKind::json, false},
    Route{RouteId::get_budget, Method::get, "/v1/accounts/{}/budgets/{}", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::delete_budget, Method::delete_, "/v1/accounts/{}/budgets/{}",
          Access::ledger_write, BodyKind::none, false},
    Route{RouteId::list_alerts, Method::get, "/v1/accounts/{}/alerts", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::put_alert, Method::put, "/v1/accounts/{}/alerts/{}", Access::ledger_write,
          BodyKind::json, false},
    Route{RouteId::get_alert, Method::get, "/v1/accounts/{}/alerts/{}", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::delete_alert, Method::delete_, "/v1/accounts/{}/alerts/{}", Access::ledger_write,
          BodyKind::none, false},
    Route{RouteId::put_auto_top_up, Method::put, "/v1/accounts/{}/auto-top-up",
          Access::ledger_write, BodyKind::json, false},
    Route{RouteId::get_auto_top_up, Method::get, "/v1/accounts/{}/auto-top-up", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::delete_auto_top_up, Method::delete_, "/v1/accounts/{}/auto-top-up",
          Access::ledger_write, BodyKind::none, false},
    Route{RouteId::advance_clock, Method::post, "/v1/test-clock", Access::admin, BodyKind::json,
          false},
    // proofs
    Route{RouteId::receipt, Method::get, "/v1/transactions/{}/receipt", Access::ledger_read,
          BodyKind::none, false},
    Route{RouteId::checkpoint, Method::get, "/checkpoint", Access::open, BodyKind::none, false},
    Route{RouteId::tile_entries, Method::get, "/tile/entries/{...}", Access::audit, BodyKind::none,
          false},
    Route{RouteId::tile, Method::get, "/tile/{}/{...}", Access::open, BodyKind::none, false},
    Route{RouteId::log_key, Method::get, "/v1/log/key", Access::open, BodyKind::none, false},
    Route{RouteId::log_consistency, Method::get, "/v1/log/consistency", Access::ledger_read,
          BodyKind::none, false},
    // webhooks
    Route{RouteId::list_endpoints, Method::get, "/v1/webhook-endpoints", Access::webhooks,
          BodyKind::none, false},
    Route{RouteId::create_endpoint, Method::post, "/v1/webhook-endpoints", Access::webhooks,
          BodyKind::json, true},
    Route{RouteId::get_endpoint, Method::get, "/v1/webhook-endpoints/{}", Access::webhooks,
          BodyKind::none, false},
    Route{RouteId::patch_endpoint, Method::patch, "/v1/webhook-endpoints/{}", Access::webhooks,
          BodyKind::json, false},
    Route{RouteId::delete_endpoint, Method::delete_, "/v1/webhook-endpoints/{}", Access::webhooks,
          BodyKind::none, false},
    Route{RouteId::rotate_secret, Method::post, "/v1/webhook-endpoints/{}/rotate-secret",
          Access::webhooks, BodyKind::json, true},
    Route{RouteId::test_endpoint, Method::post, "/v1/webhook-endpoints/{}/test", Access::webhooks,
          BodyKind::json, false},
    Route{RouteId::replay_endpoint, Method::post, "/v1/webhook-endpoints/{}/replay",
          Access::webhooks, BodyKind::json, false},
    Route{RouteId::list_attempts, Method::get, "/v1/webhook-endpoints/{}/attempts",
          Access::webhooks, BodyKind::none, false},
    // payments
    Route{RouteId::place_order, Method::post, "/v1/orders", Access::orders, BodyKind::json, true},
    Route{RouteId::list_orders, Method::get, "/v1/orders", Access::orders_read, BodyKind::none,
          false},
    Route{RouteId::get_order, Method::get, "/v1/orders/{}", Access::orders_read, BodyKind::none,
          false},
    Route{RouteId::settle_order, Method::post, "/v1/orders/{}/settle", Access::admin,
          BodyKind::json, true},
    Route{RouteId::cancel_order, Method::post, "/v1/orders/{}/cancel", Access::admin,
          BodyKind::json, true},
    Route{RouteId::stripe_webhook, Method::post, "/webhooks/stripe", Access::open, BodyKind::json,
          false},
    Route{RouteId::midtrans_webhook, Method::post, "/webhooks/midtrans", Access::open,
          BodyKind::json, false},
    Route{RouteId::list_inbox, Method::get, "/v1/inbox", Access::payments, BodyKind::none, false},
    Route{RouteId::get_notification, Method::get, "/v1/inbox/{}", Access::payments, BodyKind::none,
          false},
    Route{RouteId::patch_notification, Method::patch, "/v1/inbox/{}", Access::payments,
          BodyKind::json, false},
    Route{RouteId::redrive, Method::post, "/v1/inbox/{}/redrive", Access::payments, BodyKind::json,
          false},
    Route{RouteId::reconcile, Method::post, "/v1/payments/reconcile", Access::payments,
          BodyKind::json, false},
    Route{RouteId::payments_config, Method::get, "/v1/payments/config", Access::open,
          BodyKind::none, false},
    Route{RouteId::billing_portal, Method::post, "/v1/accounts/{}/billing-portal", Access::orders,
          BodyKind::json, true},
    Route{RouteId::payment_methods, Method::get, "/v1/accounts/{}/payment-methods",
          Access::orders_read, BodyKind::none, false},
    Route{RouteId::invoices, Method::get, "/v1/accounts/{}/invoices", Access::orders_read,
          BodyKind::none, false},
    // administration
    Route{RouteId::list_api_keys, Method::get, "/v1/api-keys", Access::admin, BodyKind::none,
          false},
    Route{RouteId::create_api_key, Method::post, "/v1/api-keys", Access::admin, BodyKind::json,
          true},
    Route{RouteId::get_api_key, Method::get, "/v1/api-keys/{}", Access::admin, BodyKind::none,
          false},
    Route{RouteId::delete_api_key, Method::delete_, "/v1/api-keys/{}", Access::admin,
          BodyKind::none, false},
    Route{RouteId::accept_clock, Method::post, "/v1/clock/accept", Access::admin, BodyKind::json,
          false},
    // operations
    Route{RouteId::livez, Method::get, "/livez", Access::open, BodyKind::none, false},
    Route{RouteId::readyz, Method::get, "/readyz", Access::open, BodyKind::none, false},
    Route{RouteId::metrics, Method::get, "/metrics", Access::open, BodyKind::none, false},
    Route{RouteId::version, Method::get, "/version", Access::open, BodyKind::none, false},
    Route{RouteId::openapi, Method::get, "/openapi.json", Access::open, BodyKind::none, false},
    Route{RouteId::widget, Method::get, "/widget.js", Access::open, BodyKind::none, false},
    Route{RouteId::problem_page, Method::get, "/problems/{}", Access::open, BodyKind::none, false},
};

constexpr std::array<std::string_view, scopes_count> scope_names{
    "admin",      "ledger:write",   "ledger:read",   "catalog:write",
    "audit:read", "webhooks:write", "payments:write"};

constexpr auto patterns = [] {
    std::array<PathPattern, routes.size()> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = PathPattern::of(routes[i].pattern);
    return all;
}();
static_assert(std::ranges::all_of(patterns, [](const PathPattern& pattern) {
    const std::size_t least = pattern.takes_rest ? 1 : 0;
    return pattern.parts.count >= least && pattern.parts.count <= PathParts::max;
}));

/// A HEAD is answered wherever a GET is.
bool has_method(const Route& route, Method method) {
    return route.method == method || (route.method == Method::get && method == Method::head);
}

std::string_view method_text(Method method) {
    switch (method) {
        case Method::get: return "GET, HEAD";
        case Method::put: return "PUT";
        case Method::post: return "POST";
        case Method::patch: return "PATCH";
        case Method::delete_: return "DELETE";
        default: return "";
    }
}

/// An escape that cannot be decoded leaves the parameter as sent: no id has a '%', so it is simply
/// not found or not valid.
void decode_parameters(RouteMatch& match, std::string_view path, const PathParts& parts,
                       const PathPattern& pattern) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < pattern.parts.count; ++i) {
        if (pattern.parts.at[i] != "{}") continue;
        const std::string_view part = parts.at[i];
        CREDITD_ASSERT(next < match.parameters.size());
        std::string& parameter = match.parameters[next++];
        if (part.find('%') == std::string_view::npos) {
            parameter = part;
        } else {
            parameter = http::percent_decode(part).value_or(std::string(part));
        }
    }
    if (!pattern.takes_rest) return;
    CREDITD_ASSERT(next < match.parameters.size());
    // As sent: an escape in it means nothing.
    match.parameters[next] = pattern.rest_of(path, parts);
}

}  // namespace

std::span<const Route> all_routes() { return routes; }

RouteMatch match_route(http::Method method, std::string_view path) {
    RouteMatch match;
    if (!path.starts_with('/')) return match;
    const PathParts parts = PathParts::of(path);
    for (std::size_t i = 0; i < routes.size(); ++i) {
        if (!patterns[i].fits(path, parts)) continue;
        const Route& route = routes[i];
        match.path_exists = true;
        if (has_method(route, method)) {
            match.route = &route;
            decode_parameters(match, path, parts, patterns[i]);
            return match;
        }
        if (!match.allowed.empty()) match.allowed += ", ";
        match.allowed += method_text(route.method);
    }
    return match;
}

bool is_allowed(Access access, std::uint32_t scopes) {
    const auto has = [scopes](Scope scope) { return (scopes & bit_of(scope)) != 0; };
    if (access == Access::open || has(Scope::admin)) return true;
    switch (access) {
        case Access::account_read:
            return scopes == end_user_bit || is_allowed(Access::ledger_read, scopes);
        case Access::ledger_read:
            return has(Scope::ledger_read) || has(Scope::ledger_write) || has(Scope::audit_read);
        case Access::ledger_write: return has(Scope::ledger_write);
        case Access::catalog_write: return has(Scope::catalog_write);
        case Access::audit: return has(Scope::audit_read);
        case Access::webhooks: return has(Scope::webhooks_write);
        case Access::orders: return has(Scope::payments_write) || has(Scope::ledger_write);
        case Access::orders_read:
            return has(Scope::payments_write) || is_allowed(Access::ledger_read, scopes);
        case Access::payments: return has(Scope::payments_write);
        default: return false;
    }
}

std::string_view name_of(Scope scope) { return scope_names[static_cast<std::size_t>(scope)]; }

std::optional<Scope> scope_of(std::string_view name) {
    for (std::size_t i = 0; i < scope_names.size(); ++i) {
        if (scope_names[i] == name) return static_cast<Scope>(i);
    }
    return std::nullopt;
}

}  // namespace creditd::daemon
