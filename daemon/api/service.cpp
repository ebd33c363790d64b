#include "daemon/api/service.hpp"

#include "core/canary.hpp"
#include "daemon/api/batch.hpp"
#include "daemon/api/billing.hpp"
#include "daemon/api/cors.hpp"
#include "daemon/api/end_user.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/api/feed_reads.hpp"
#include "daemon/api/forget.hpp"
#include "daemon/api/inbox.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/orders.hpp"
#include "daemon/api/proof_reads.hpp"
#include "daemon/api/provider_webhooks.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/writes.hpp"
#include "daemon/basics/http_text.hpp"
#include "daemon/basics/log.hpp"

namespace creditd::daemon {
namespace {

/// What is arranged with an account; false: the call is about something else.
bool dispatch_arrangement(Call& call) {
    switch (call.match.route->id) {
        case RouteId::get_subscription: handle_get_subscription(call); return true;
        case RouteId::put_subscription: handle_subscribe(call); return true;
        case RouteId::change_subscription:
            handle_subscription_command(call, CommandKind::change_subscription);
            return true;
        case RouteId::cancel_subscription:
            handle_subscription_command(call, CommandKind::cancel_subscription);
            return true;
        case RouteId::resume_subscription:
            handle_subscription_command(call, CommandKind::resume_subscription);
            return true;
        case RouteId::renew_subscription:
            handle_subscription_command(call, CommandKind::renew_subscription);
            return true;
        case RouteId::suspend_subscription:
            handle_subscription_command(call, CommandKind::suspend_subscription);
            return true;
        case RouteId::redeem: handle_command(call, CommandKind::redeem); return true;
        case RouteId::refer: handle_command(call, CommandKind::refer); return true;
        case RouteId::get_usage: handle_get_usage(call); return true;
        case RouteId::list_resources: handle_list_resources(call); return true;
        case RouteId::list_events: handle_list_events(call); return true;
        case RouteId::account_stream: handle_account_stream(call); return true;
        case RouteId::explain: handle_explain(call); return true;
        case RouteId::list_members: handle_list_members(call); return true;
        case RouteId::list_budgets: handle_list_budgets(call); return true;
        case RouteId::put_budget: handle_put_named(call, CommandKind::set_budget); return true;
        case RouteId::get_budget: handle_get_budget(call); return true;
        case RouteId::delete_budget:
            handle_removal(call, RemoveBudget{call.parameter(), call.second_parameter()});
            return true;
        case RouteId::list_alerts: handle_list_alerts(call); return true;
        case RouteId::put_alert: handle_put_named(call, CommandKind::set_alert); return true;
        case RouteId::get_alert: handle_get_alert(call); return true;
        case RouteId::delete_alert:
            handle_removal(call, RemoveAlert{call.parameter(), call.second_parameter()});
            return true;
        case RouteId::put_auto_top_up:
            handle_command(call, CommandKind::set_auto_top_up);
            return true;
        case RouteId::get_auto_top_up: handle_get_auto_top_up(call); return true;
        case RouteId::delete_auto_top_up:
            handle_removal(call, RemoveAutoTopUp{call.parameter()});
            return true;
        case RouteId::advance_clock: handle_advance_clock(call); return true;
        default: return false;
    }
}

/// Proofs; false: the call is about something else.
bool dispatch_proof(Call& call) {
    switch (call.match.route->id) {
        case RouteId::receipt: handle_receipt(call); return true;
        case RouteId::checkpoint: handle_checkpoint(call); return true;
        case RouteId::tile: handle_tile(call); return true;
        case RouteId::tile_entries: handle_entries(call); return true;
        case RouteId::log_key: handle_log_key(call); return true;
        case RouteId::log_consistency: handle_consistency(call); return true;
        default: return false;
    }
}

/// Webhooks; false: the call is about something else.
bool dispatch_webhooks(Call& call) {
    switch (call.match.route->id) {
        case RouteId::list_endpoints: handle_list_endpoints(call); return true;
        case RouteId::create_endpoint: handle_create_endpoint(call); return true;
        case RouteId::get_endpoint: handle_get_endpoint(call); return true;
        case RouteId::patch_endpoint: handle_patch_endpoint(call); return true;
        case RouteId::delete_endpoint: handle_delete_endpoint(call); return true;
        case RouteId::rotate_secret: handle_rotate_secret(call); return true;
        case RouteId::test_endpoint: handle_test_endpoint(call); return true;
        case RouteId::replay_endpoint: handle_replay_endpoint(call); return true;
        case RouteId::list_attempts: handle_list_attempts(call); return true;
        default: return false;
    }
}

/// Payments; false: the call is about something else.
bool dispatch_payment(Call& call) {
    switch (call.match.route->id) {
        case RouteId::place_order: handle_place_order(call); return true;
        case RouteId::list_orders: handle_list_orders(call); return true;
        case RouteId::get_order: handle_get_order(call); return true;
        case RouteId::settle_order: handle_settle_order(call); return true;
        case RouteId::cancel_order: handle_cancel_order(call); return true;
        case RouteId::stripe_webhook: handle_stripe_webhook(call); return true;
        case RouteId::midtrans_webhook: handle_midtrans_webhook(call); return true;
        case RouteId::list_inbox: handle_list_inbox(call); return true;
        case RouteId::get_notification: handle_get_notification(call); return true;
        case RouteId::patch_notification: handle_patch_notification(call); return true;
        case RouteId::redrive: handle_redrive(call); return true;
        case RouteId::reconcile: handle_reconcile(call); return true;
        case RouteId::payments_config: handle_payments_config(call); return true;
        case RouteId::billing_portal: handle_billing_portal(call); return true;
        case RouteId::payment_methods: handle_payment_methods(call); return true;
        case RouteId::invoices: handle_invoices(call); return true;
        default: return false;
    }
}

void dispatch(Call& call) {
    switch (call.match.route->id) {
        case RouteId::deduct: return handle_command(call, CommandKind::deduct);
        case RouteId::get_balance: return handle_get_balance(call);
        case RouteId::put_account: return handle_command(call, CommandKind::account);
        case RouteId::get_account: return handle_get_account(call);
        case RouteId::list_accounts: return handle_list_accounts(call);
        case RouteId::close_account: return handle_command(call, CommandKind::close);
        case RouteId::reopen_account: return handle_command(call, CommandKind::reopen);
        case RouteId::forget_account: return handle_forget(call);
        case RouteId::grant: return handle_command(call, CommandKind::grant);
        case RouteId::list_grants: return handle_list_grants(call);
        case RouteId::revoke: return handle_command(call, CommandKind::revoke);
        case RouteId::purchase: return handle_command(call, CommandKind::purchase);
        case RouteId::quote: return handle_quote(call);
        case RouteId::refund: return handle_command(call, CommandKind::refund);
        case RouteId::place_hold: return handle_command(call, CommandKind::hold);
        case RouteId::get_hold: return handle_get_hold(call);
        case RouteId::capture: return handle_command(call, CommandKind::capture);
        case RouteId::extend: return handle_command(call, CommandKind::extend);
        case RouteId::release: return handle_command(call, CommandKind::release);
        case RouteId::transfer: return handle_command(call, CommandKind::transfer);
        case RouteId::batch: return handle_batch(call);
        case RouteId::get_transaction: return handle_get_transaction(call);
        case RouteId::list_transactions: return handle_list_transactions(call);
        case RouteId::put_feature: return handle_put_feature(call);
        case RouteId::get_feature: return handle_get_feature(call);
        case RouteId::delete_feature: return handle_delete_feature(call);
        case RouteId::list_features: return handle_list_features(call);
        case RouteId::patch_feature: return handle_patch_feature(call);
        case RouteId::pricing: return handle_pricing(call);
        case RouteId::put_plan: return handle_put_offer(call, OfferKind::plan);
        case RouteId::get_plan: return handle_get_offer(call, OfferKind::plan);
        case RouteId::delete_plan: return handle_delete_offer(call, OfferKind::plan);
        case RouteId::list_plans: return handle_list_offers(call, OfferKind::plan);
        case RouteId::put_package: return handle_put_offer(call, OfferKind::package);
        case RouteId::get_package: return handle_get_offer(call, OfferKind::package);
        case RouteId::delete_package: return handle_delete_offer(call, OfferKind::package);
        case RouteId::list_packages: return handle_list_offers(call, OfferKind::package);
        case RouteId::put_promotion: return handle_put_offer(call, OfferKind::promotion);
        case RouteId::get_promotion: return handle_get_offer(call, OfferKind::promotion);
        case RouteId::delete_promotion: return handle_delete_offer(call, OfferKind::promotion);
        case RouteId::list_promotions: return handle_list_offers(call, OfferKind::promotion);
        case RouteId::put_catalog: return handle_put_catalog(call);
        case RouteId::get_catalog: return handle_get_catalog(call);
        case RouteId::create_api_key: return handle_create_api_key(call);
        case RouteId::get_api_key: return handle_get_api_key(call);
        case RouteId::list_api_keys: return handle_list_api_keys(call);
        case RouteId::delete_api_key: return handle_delete_api_key(call);
        case RouteId::accept_clock: return handle_accept_clock(call);
        case RouteId::create_token: return handle_create_token(call);
        case RouteId::livez: return handle_livez(call);
        case RouteId::readyz: return handle_readyz(call);
        case RouteId::metrics: return handle_metrics(call);
        case RouteId::version: return handle_version(call);
        case RouteId::openapi: return handle_openapi(call);
        case RouteId::widget: return handle_widget(call);
        case RouteId::problem_page: return handle_problem_page(call);
        default: break;
    }
    const bool is_known = dispatch_arrangement(call) || dispatch_proof(call) ||
                          dispatch_webhooks(call) || dispatch_payment(call);
    CREDITD_ASSERT(is_known);
}

std::size_t body_bytes_max(BodyKind kind) {
    switch (kind) {
        case BodyKind::none: break;
        case BodyKind::json: return limits::http_body_bytes_max;
        case BodyKind::bulk:
        case BodyKind::catalog: return limits::http_bulk_body_bytes_max;
    }
    return limits::http_body_bytes_max;  // a body that nobody reads is not worth an error
}

/// A body, if there is one, must be JSON; a batch may also be NDJSON, a catalog TOML.
bool has_accepted_type(const Call& call) {
    const http::Request& request = call.request();
    const BodyKind kind = call.match.route->body;
    if (kind == BodyKind::none || request.content_length == 0) return true;
    const std::string_view type = request.header(http::Header::content_type);
    return is_content_type(type, "application/json") ||
           (kind == BodyKind::bulk && is_content_type(type, "application/x-ndjson")) ||
           (kind == BodyKind::catalog && is_content_type(type, "application/toml"));
}

ProblemCode problem_of(IdempotencyKeyFault fault) {
    return fault == IdempotencyKeyFault::missing ? ProblemCode::idempotency_key_missing
                                                 : ProblemCode::invalid_request;
}

/// What providers tell is of every account: nobody who may see only some of them gets any of it.
bool is_permitted(const Call& call, Access access) {
    if (access == Access::payments && !call.caller.account_prefix.empty()) return false;
    return is_allowed(access, call.caller.scopes);
}

bool takes_open_route(const Call& call) {
    return call.match.route != nullptr && call.match.route->access == Access::open;
}

}  // namespace

const Caller* find_caller(const Call& call) {
    std::string scratch;
    const auto secret = api_key_of(call.request().header(http::Header::authorization), scratch);
    return secret ? call.api().keys.find(*secret, call.api().clock.wall()) : nullptr;
}

ApiService::ApiService(const Api& api, unsigned io_threads, bool turn_engine)
    : api_(api), gates_(io_threads), turn_engine_(turn_engine) {}

bool ApiService::authenticate(Call& call) {
    if (const Caller* const caller = find_caller(call)) {
        call.caller = *caller;
        return true;
    }
    if (auto user = find_end_user(call)) {
        call.caller = std::move(*user);
        return true;
    }
    std::string scratch;
    const auto secret = api_key_of(call.request().header(http::Header::authorization), scratch);
    if (canary(Canary::secret_in_log) && secret) log_warning("unknown_key", {{"key", *secret}});
    call.respond_problem(ProblemCode::unauthorized);
    return false;
}

// In the contract's order: 401, 403, 404 of the path, 405, 415, 413.
bool ApiService::check_head(Call& call) {
    if (takes_open_route(call)) return true;
    if (answer_preflight(call)) return false;
    if (!authenticate(call)) return false;
    if (call.match.route != nullptr && !is_permitted(call, call.match.route->access)) {
        call.respond_problem(ProblemCode::insufficient_scope);
    } else if (!call.match.path_exists) {
        call.respond_problem(ProblemCode::route_not_found);
    } else if (call.match.route == nullptr) {
        call.header_lines += "Allow: " + call.match.allowed + "\r\n";
        call.respond_problem(ProblemCode::method_not_allowed);
    } else if (!may_see_account(call)) {
        call.respond_problem(ProblemCode::account_not_found);
    } else if (!has_accepted_type(call)) {
        call.respond_problem(ProblemCode::unsupported_media_type);
    } else if (call.match.route->body != BodyKind::none && api_.engine.is_overloaded()) {
        call.respond_unavailable(Unavailable::overloaded);
    } else {
        return true;
    }
    return false;
}

http::HeadVerdict ApiService::on_head(http::Exchange& exchange) {
    Call& call = exchange.user_state<Call>();
    call.begin(api_, gates_[exchange.io_thread().index()], exchange);
    call.match = match_route(exchange.request().method, exchange.request().path);
    if (!check_head(call)) return http::HeadVerdict::answered();
    return http::HeadVerdict::accept(body_bytes_max(call.match.route->body));
}

void ApiService::on_request(http::Exchange& exchange) {
    Call& call = exchange.user_state<Call>();
    const http::Request& request = exchange.request();
    if (const auto trace = valid_traceparent(request.header(http::Header::traceparent))) {
        call.trace_id = trace->substr(3, 32);  // behind the version
    }
    if (call.match.route->needs_key || request.has(http::Header::idempotency_key)) {
        std::string scratch;
        const auto key =
            normalize_idempotency_key(request.header(http::Header::idempotency_key), scratch);
        if (!key) {
            call.respond_problem(problem_of(key.error()), sentence_of(key.error()));
            return;
        }
        call.key = *key;
    }
    dispatch(call);
}

void ApiService::on_idle(http::IoThread& thread) {
    Gate& gate = gates_[thread.index()];
    gate.bury_retired();
    gate.hand_over(api_.engine);
    if (!turn_engine_) return;
    // What remains to be done waits for no request: come back at once. An answer may have begun
    // the next request of its connection, whose bytes had come already.
    const bool is_more = api_.engine.turn();
    if (is_more || !gate.is_empty()) thread.post([] {});
}

void ApiService::on_wire_error(http::WireError error, http::Exchange& exchange) {
    Call& call = exchange.user_state<Call>();
    call.begin(api_, gates_[exchange.io_thread().index()], exchange);
    static constexpr auto code_of_error = [](http::WireError wire) {
        switch (wire) {
            case http::WireError::length_required: return ProblemCode::length_required;
            case http::WireError::body_too_large: return ProblemCode::content_too_large;
            case http::WireError::target_too_long: return ProblemCode::uri_too_long;
            case http::WireError::head_too_large: return ProblemCode::header_fields_too_large;
            case http::WireError::overloaded: return ProblemCode::overloaded;
            case http::WireError::malformed:
            case http::WireError::version_unsupported: break;
        }
        return ProblemCode::invalid_request;
    };
    call.respond_problem(code_of_error(error), http::sentence_of(error));
}

void ApiService::on_exception(std::string_view what) noexcept {
    log_error("io_exception", {{"what", what}});
}

}  // namespace creditd::daemon
