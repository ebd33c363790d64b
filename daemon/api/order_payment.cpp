#include "daemon/api/order_payment.hpp"

#include <charconv>

#include "daemon/api/loaded_event.hpp"
#include "daemon/api/orders.hpp"
#include "daemon/api/payments.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/writes.hpp"

namespace creditd::daemon {
namespace {

void respond_placed(Call& call, const Event& event, bool replayed) {
    render_order(call.begin_json(201, replayed), event, call.decimals(), event.seq);
    call.finish();
}

void respond_failed(Call& call, const CallError& error) {
    call.respond_problem(ProblemCode::provider_failed, error.message);
}

std::string name_for(const OrderAsk& ask, const Order& order, unsigned decimals) {
    if (!ask.name.empty()) return ask.name;
    if (!order.plan.empty()) return order.plan;
    if (!order.package.empty()) return order.package;
    std::string name;
    append_decimal(name, order.credits.value, decimals);
    return name + " credits";
}

/// What was made at the provider belongs to the order from now on.
void keep_payable(Call& call, ChangeOrder change, bool replayed) {
    CommandOperation& operation = call.new_command();
    // A command of its own, without the call's key: that is the order's.
    operation.is_keyless = true;
    // The same call at the same time has brought the same from the provider.
    operation.answer_unchanged = [&call, replayed, id = change.id] {
        with_order(call, id, [&call, replayed](const LoadedOrder& found) {
            respond_placed(call, found.event, replayed);
        });
    };
    operation.command.body = std::move(change);
    operation.answer = [&call, replayed](const Event& event) {
        respond_placed(call, event, replayed);
    };
    operation.start();
}

/// A change of this order that says nothing yet.
ChangeOrder change_of(const Order& order) {
    ChangeOrder change;
    change.id = order.id;
    change.digest = order.digest;
    return change;
}

void make_session(Call& call, const OrderAsk& ask, const Event& event, bool replayed) {
    const Order& order = std::get<OrderSet>(event.body).order;
    const StripeSide& stripe = call.payments().stripe;
    CheckoutAsk session;
    session.name = name_for(ask, order, call.decimals());
    session.price = order.price;
    session.goods.account = event.account;
    session.goods.order = order.id;
    session.goods.plan = order.plan;
    if (!order.plan.empty()) session.goods.interval = session.interval = order.interval;
    session.success_url = ask.success_url.empty() ? stripe.success_url : ask.success_url;
    session.cancel_url = ask.cancel_url.empty() ? stripe.cancel_url : ask.cancel_url;
    call.fetch(stripe.calls.create_checkout_session(session, "creditd-" + order.id),
               [&call, replayed, change = change_of(order)](const HttpResult& answer) mutable {
                   const auto made = read_checkout_session(answer);
                   if (!made) return respond_failed(call, made.error());
                   change.reference = made->id;
                   change.pay_url = made->url;
                   change.pay_until = made->expires_at.value_or(Timestamp{});
                   keep_payable(call, std::move(change), replayed);
               });
}

void make_charge(Call& call, const OrderAsk& ask, const Event& event, bool replayed) {
    const Order& order = std::get<OrderSet>(event.body).order;
    QrisAsk charge;
    charge.order = order.id;
    charge.price = order.price;
    charge.name = name_for(ask, order, call.decimals());
    auto request = call.payments().midtrans.calls.charge_qris(charge);
    if (!request) return call.respond_problem(ProblemCode::provider_failed, request.error());
    call.fetch(std::move(*request),
               [&call, replayed, change = change_of(order)](const HttpResult& answer) mutable {
                   const auto made = read_qris_charge(answer);
                   if (!made) return respond_failed(call, made.error());
                   change.reference = made->transaction;
                   change.qr_url = made->qr_url;
                   change.pay_until = made->expires_at.value_or(Timestamp{});
                   keep_payable(call, std::move(change), replayed);
               });
}

struct OrderList {
    ListQuery query;
    replay::followers::PaymentFilter filter;
    ListPage page;
    std::string prefix;
    bool is_readable = false;
};

/// The account that is asked for, by its number; false: there is none.
bool resolve_account(OrderList& list, const LedgerTurn& turn) {
    const auto account = list.query.filter("account");
    if (!account) return true;
    const auto no = turn.state.accounts.find(*account);
    if (!no || !account->starts_with(list.prefix)) return false;
    list.filter.account = *no;
    return true;
}

void read_page(const Api& api, OrderList& list) {
    list.page.seq = api.engine.durable();
    if (!catch_up(api, list.page.seq)) return;
    std::uint64_t before = 0;
    const std::string& after = list.query.after;
    std::from_chars(after.data(), after.data() + after.size(), before);
    const auto found = api.payments->index.orders(list.filter, Seq{before}, list.query.limit);
    list.is_readable = found.has_value();
    if (!found) return;
    list.page.has_more = found->has_more;
    list.page.last = std::to_string(found->last.value);
    for (const auto& listed : found->listed) {
        const auto loaded = load_event(api, listed.latest);
        list.is_readable = list.is_readable && loaded;
        if (!loaded) return;
        if (!loaded->event.account.starts_with(list.prefix)) continue;
        list.page.add([&](std::string& out) {
            render_order(out, loaded->event, api.engine.decimals(), std::nullopt);
        });
    }
}

}  // namespace

void make_payable(Call& call, const OrderAsk& ask, const Event& event, bool replayed) {
    const Order& order = std::get<OrderSet>(event.body).order;
    const bool is_asked_for =
        order.status == OrderStatus::pending && order.pay_url.empty() && order.qr_url.empty();
    if (is_asked_for && order.provider == "stripe") make_session(call, ask, event, replayed);
    else if (is_asked_for && order.provider == "midtrans") make_charge(call, ask, event, replayed);
    else respond_placed(call, event, replayed);
}

void end_at_provider(Call& call, const Order& order) {
    const Payments& payments = call.payments();
    const auto forget = [](const HttpResult&) {};
    if (order.reference.empty()) return;
    if (order.provider == "stripe" && payments.stripe.can_call) {
        payments.send(payments.stripe.calls.expire_checkout_session(order.reference,
                                                                    "creditd-expire-" + order.id),
                      forget);
    } else if (order.provider == "midtrans" && payments.midtrans.can_call()) {
        payments.send(payments.midtrans.calls.expire(order.id), forget);
    }
}

void list_orders(Call& call, const ListQuery& query, replay::followers::PaymentFilter filter) {
    auto list = std::make_shared<OrderList>();
    list->query = query;
    list->filter = filter;
    list->prefix = call.caller.account_prefix;
    auto is_found = std::make_shared<bool>(false);
    inspect(
        call,
        [list, is_found](const LedgerTurn& turn) { *is_found = resolve_account(*list, turn); },
        [&call, list, is_found] {
            if (!*is_found) return call.respond_problem(ProblemCode::account_not_found);
            call.read([list, &api = call.api()] { read_page(api, *list); },
                      [&call, list] {
                          if (list->is_readable) respond_with_list(call, list->page);
                          else call.respond_unavailable(Unavailable::overloaded);
                      });
        });
}

}  // namespace creditd::daemon
