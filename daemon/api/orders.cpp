#include "daemon/api/orders.hpp"

#include "daemon/api/list_query.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/order_fields.hpp"
#include "daemon/api/order_payment.hpp"
#include "daemon/api/payments.hpp"
#include "daemon/api/provider_webhooks.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/writes.hpp"
#include "daemon/payments/midtrans_news.hpp"

namespace creditd::daemon {
namespace {

void respond_with_order(Call& call, const Event& event, unsigned status = 200,
                        bool replayed = false) {
    render_order(call.begin_json(status, replayed), event, call.decimals(), event.seq);
    call.finish();
}

/// The provider must be one that can be called from here; and Stripe's page must have somewhere to
/// go when it is done.
bool can_be_paid(Call& call, const OrderAsk& ask) {
    const std::string& provider = ask.command.provider;
    const Payments& payments = call.payments();
    const bool is_missing = (provider == "stripe" && !payments.stripe.can_call) ||
                            (provider == "midtrans" && !payments.midtrans.can_call());
    FieldErrors errors;
    if (is_missing) {
        errors.add("#/provider", "is not configured here");
    } else if (provider == "stripe" && ask.success_url.empty() &&
               payments.stripe.success_url.empty()) {
        errors.add("#/success_url", "is needed where the configuration has none ([stripe])");
    }
    if (errors.empty()) return true;
    respond_field_errors(call, errors);
    return false;
}

/// What a reader thread brings back.
struct FoundOrder {
    std::optional<LoadedOrder> order;  // nothing where there is none for this caller
    bool is_readable = false;
};

FoundOrder find_order(const Api& api, const std::string& id, std::string_view account_prefix) {
    FoundOrder found;
    if (!catch_up(api, api.engine.durable())) return found;
    const auto latest = api.payments->index.find_order(order_digest_of(id));
    if (!latest) return found;
    auto loaded = *latest ? load_event(api, **latest) : std::nullopt;
    found.is_readable = !*latest || loaded;
    const bool is_order = loaded && std::holds_alternative<OrderSet>(loaded->event.body);
    if (is_order && loaded->event.account.starts_with(account_prefix)) {
        found.order = LoadedOrder{std::move(loaded->event)};
    }
    return found;
}

}  // namespace

void with_order(Call& call, const std::string& id,
                std::move_only_function<void(const LoadedOrder&)> then) {
    auto found = std::make_shared<FoundOrder>();
    const Api& api = call.api();
    call.read([&api, id, found,
               prefix = call.caller.account_prefix] { *found = find_order(api, id, prefix); },
              [&call, found, then = std::move(then)]() mutable {
                  if (!found->is_readable) call.respond_unavailable(Unavailable::overloaded);
                  else if (!found->order) call.respond_problem(ProblemCode::order_not_found);
                  else then(*found->order);
              });
}

void handle_place_order(Call& call) {
    auto ask = read_body(call, [&call](ObjectReader& reader, const ParseContext& context) {
        return read_order_ask(reader, context, call.key);
    });
    if (!ask || !can_be_paid(call, *ask)) return;
    CommandOperation& operation = new_operation(call, ask->command);
    operation.asked_beside = {ask->name, ask->success_url, ask->cancel_url};
    auto shared = std::make_shared<OrderAsk>(std::move(*ask));
    operation.answer = [&call, shared](const Event& event) {
        make_payable(call, *shared, event, false);
    };
    const auto answer_known = [&call, shared](bool replayed) {
        with_order(call, shared->command.id, [&call, shared, replayed](const LoadedOrder& found) {
            make_payable(call, *shared, found.event, replayed);
        });
    };
    operation.answer_again = [answer_known](const RecordedAnswer&) { answer_known(true); };
    operation.answer_unchanged = [answer_known] { answer_known(false); };
    operation.start();
}

// A page that waits for its payment asks again and again: Midtrans is asked every two seconds at
// most, and what it says credits once, whoever else says it.
void handle_get_order(Call& call) {
    with_order(call, call.parameter(), [&call](const LoadedOrder& found) {
        const Payments& payments = call.payments();
        const Order& order = found.order();
        const bool is_asked = order.status == OrderStatus::pending &&
                              order.provider == midtrans_provider && payments.midtrans.can_call() &&
                              !order.reference.empty() &&
                              payments.polls.admit(order.id, call.api().clock.monotonic().value);
        if (!is_asked) return respond_with_order(call, found.event);
        ask_midtrans(call, {.order = order.id}, [&call](const NoteResult*, const CallError*) {
            // Whatever the provider said, or did not: the order as it stands now.
            with_order(call, call.parameter(),
                       [&call](const LoadedOrder& now) { respond_with_order(call, now.event); });
        });
    });
}

void handle_list_orders(Call& call) {
    const auto query = read_list_query(call, {"account", "status"});
    if (!query) return;
    replay::followers::PaymentFilter filter;
    if (const auto status = query->filter("status")) {
        const auto known = order_status_of(*status);
        if (!known) {
            FieldErrors errors;
            errors.add("?status", "is no status of an order");
            return respond_field_errors(call, errors);
        }
        filter.status = static_cast<std::uint8_t>(*known);
    }
    list_orders(call, *query, filter);
}

void handle_settle_order(Call& call) {
    auto payment = read_body(call, [](ObjectReader& reader, const ParseContext&) {
        const auto id = reader.text("payment_id", {.min_bytes = 1, .max_bytes = 256});
        return id ? std::string(*id) : std::string();
    });
    if (!payment) return;
    with_order(call, call.parameter(), [&call, payment = *payment](const LoadedOrder& found) {
        const Order& order = found.order();
        NotePayment body;
        body.order = order.id;
        body.order_digest = order.digest;
        body.news.provider = "manual";
        body.news.payment_id = payment.empty() ? "order:" + order.id : payment;
        body.news.payment_digest = payment_digest_of("manual", body.news.payment_id);
        body.news.paid = true;
        body.news.amount = order.price;
        CommandOperation& operation = new_operation(call, std::move(body));
        const auto respond = [&call](bool replayed) {
            with_order(call, call.parameter(), [&call, replayed](const LoadedOrder& now) {
                respond_with_order(call, now.event, 200, replayed);
            });
        };
        operation.answer = [respond](const Event&) { respond(false); };
        operation.answer_again = [respond](const RecordedAnswer&) { respond(true); };
        operation.answer_unchanged = [respond] { respond(false); };
        operation.start();
    });
}

void handle_cancel_order(Call& call) {
    if (!read_body(call, [](ObjectReader&, const ParseContext&) { return true; })) return;
    with_order(call, call.parameter(), [&call](const LoadedOrder& found) {
        ChangeOrder body;
        body.id = found.order().id;
        body.digest = found.order().digest;
        body.status = OrderStatus::canceled;
        body.must_be_pending = true;
        CommandOperation& operation = new_operation(call, std::move(body));
        operation.answer = [&call, order = found.order()](const Event& event) {
            end_at_provider(call, order);
            respond_with_order(call, event);
        };
        const auto respond = [&call](bool replayed) {
            with_order(call, call.parameter(), [&call, replayed](const LoadedOrder& now) {
                respond_with_order(call, now.event, 200, replayed);
            });
        };
        operation.answer_again = [respond](const RecordedAnswer&) { respond(true); };
        operation.answer_unchanged = [respond] { respond(false); };
        operation.start();
    });
}

}  // namespace creditd::daemon
