// The one table of routes: method, path, who may call it, and what bounds its body. A pattern's
// `{}` takes one segment, `{...}` at its end all that are left. No handlers here, so that the table
// can be read and tested alone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/command.hpp"
#include "daemon/http/request.hpp"

namespace creditd::daemon {

enum class RouteId : std::uint8_t {
    put_account,
    get_account,
    list_accounts,
    get_balance,
    close_account,
    reopen_account,
    grant,
    list_grants,
    revoke,
    purchase,
    deduct,
    quote,
    refund,
    place_hold,
    get_hold,
    capture,
    extend,
    release,
    transfer,
    batch,
    get_transaction,
    list_transactions,
    put_feature,
    get_feature,
    delete_feature,
    list_features,
    patch_feature,
    pricing,
    put_plan,
    get_plan,
    delete_plan,
    list_plans,
    put_package,
    get_package,
    delete_package,
    list_packages,
    put_promotion,
    get_promotion,
    delete_promotion,
    list_promotions,
    put_catalog,
    get_catalog,
    create_api_key,
    get_api_key,
    list_api_keys,
    delete_api_key,
    accept_clock,
    get_subscription,
    put_subscription,
    cancel_subscription,
    change_subscription,
    resume_subscription,
    renew_subscription,
    suspend_subscription,
    redeem,
    refer,
    get_usage,
    list_members,
    list_resources,
    explain,
    list_events,
    account_stream,
    receipt,
    list_budgets,
    put_budget,
    get_budget,
    delete_budget,
    list_alerts,
    put_alert,
    get_alert,
    delete_alert,
    put_auto_top_up,
    get_auto_top_up,
    delete_auto_top_up,
    advance_clock,
    checkpoint,
    tile,
    tile_entries,
    log_key,
    log_consistency,
    livez,
    readyz,
    metrics,
    version,
    openapi,
    problem_page,
    // further ones at the end: a list's place here is part of its cursors
    create_token,
    widget,
    list_endpoints,
    create_endpoint,
    get_endpoint,
    patch_endpoint,
    delete_endpoint,
    rotate_secret,
    test_endpoint,
    replay_endpoint,
    list_attempts,
    place_order,
    list_orders,
    get_order,
    settle_order,
    cancel_order,
    stripe_webhook,
    midtrans_webhook,
    list_inbox,
    get_notification,
    patch_notification,
    redrive,
    reconcile,
    payments_config,
    billing_portal,
    payment_methods,
    invoices,
    forget_account
};

/// Who may call a route.
enum class Access : std::uint8_t {
    open,
    account_read,  // like ledger_read, and end users read it of their own account
    ledger_read,
    ledger_write,
    catalog_write,
    audit,
    webhooks,
    orders,       // of whoever writes to the ledger, or only takes payments
    orders_read,  // … or reads
    payments,
    admin
};

enum class BodyKind : std::uint8_t { none, json, bulk, catalog };  // the last two: up to 4 MB

struct Route {
    RouteId id;
    http::Method method;
    std::string_view pattern;
    Access access;
    BodyKind body;
    bool needs_key;  // Idempotency-Key
};

std::span<const Route> all_routes();

inline constexpr std::size_t path_parameters_max = 2;

/// What a path matches: the route, or that only the method is wrong, or nothing.
struct RouteMatch {
    const Route* route = nullptr;
    bool path_exists = false;
    std::array<std::string, path_parameters_max> parameters;  // decoded
    std::string allowed;                                      // for 405: the methods that fit
};

/// `path` as sent. Only what the match needs is decoded, segment by segment, so that an escaped
/// slash never becomes a separator.
RouteMatch match_route(http::Method method, std::string_view path);

/// May a key with these scopes call a route of this access?
bool is_allowed(Access access, std::uint32_t scopes);

std::string_view name_of(Scope scope);
std::optional<Scope> scope_of(std::string_view name);
constexpr std::uint32_t bit_of(Scope scope) { return 1U << static_cast<unsigned>(scope); }
inline constexpr std::size_t scopes_count = 7;
/// What an end user has instead of scopes: no API key has this bit.
inline constexpr std::uint32_t end_user_bit = 1U << 31;

}  // namespace creditd::daemon
