#include "daemon/api/billing.hpp"

#include "daemon/api/body.hpp"

#include "daemon/api/loaded_event.hpp"
#include "daemon/api/orders.hpp"
#include "daemon/api/payments.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/stripe_subscription.hpp"
#include "daemon/api/writes.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

void respond_failed(Call& call, const CallError& error) {
    call.respond_problem(ProblemCode::provider_failed, error.message);
}

void with_session(Call& call, const std::string& session,
                  std::function<void(const std::string&)> then) {
    if (session.empty()) return then({});
    call.fetch(call.payments().stripe.calls.get_checkout_session(session),
               [&call, then = std::move(then)](const HttpResult& answer) {
                   const auto read = read_checkout_session(answer);
                   if (read) then(read->customer);
                   else respond_failed(call, read.error());
               });
}

/// Stripe's id of the customer behind the account of the path; empty: it knows none.
void with_customer(Call& call, std::function<void(const std::string&)> then) {
    if (!call.payments().stripe.can_call) {
        return call.respond_problem(ProblemCode::invalid_request, "Stripe is not configured here.");
    }
    auto no = std::make_shared<std::optional<AccountNo>>();
    inspect(
        call,
        [no, id = call.parameter(), prefix = call.caller.account_prefix](const LedgerTurn& turn) {
            if (id.starts_with(prefix)) *no = turn.state.accounts.find(id);
        },
        [&call, no, then = std::move(then)]() mutable {
            if (!*no) return call.respond_problem(ProblemCode::account_not_found);
            auto session = std::make_shared<std::optional<std::string>>();
            call.read([&api = call.api(), session,
                       account = **no] { *session = latest_session(api, account, false); },
                      [&call, session, then = std::move(then)]() mutable {
                          if (*session) with_session(call, **session, std::move(then));
                          else call.respond_unavailable(Unavailable::overloaded);
                      });
        });
}

void respond_with_url(Call& call, const std::string& url) {
    JsonWriter json(call.begin_json(201));
    json.begin_object();
    json.text("url", url);
    json.end_object();
    call.finish();
}

void write_method(JsonWriter& json, const StripePaymentMethod& method) {
    json.begin_object();
    json.text("id", method.id);
    json.text("type", method.type);
    json.text_or_null("brand", method.brand);
    json.text_or_null("last4", method.last4);
    if (method.exp_month == 0) json.null("exp_month");
    else json.integer("exp_month", method.exp_month);
    if (method.exp_year == 0) json.null("exp_year");
    else json.integer("exp_year", method.exp_year);
    json.end_object();
}

void write_invoice(JsonWriter& json, const StripeInvoice& invoice) {
    json.begin_object();
    json.text("id", invoice.id);
    json.text_or_null("number", invoice.number);
    json.text("status", invoice.status);
    json.begin_object("total");
    json.integer("amount", invoice.total.minor);
    json.text("currency", invoice.total.currency.text());
    json.end_object();
    json.integer("paid", invoice.paid_minor);
    if (invoice.created) json.timestamp("created_at", *invoice.created);
    else json.null("created_at");
    json.text_or_null("url", invoice.hosted_url);
    json.text_or_null("pdf_url", invoice.pdf_url);
    json.end_object();
}

/// `{"data":[…],"has_more":…}` of what the provider listed.
template <class Entry, class Write>
void respond_with_page(Call& call, const StripePage<Entry>& page, Write write) {
    JsonWriter json(call.begin_json(200));
    json.begin_object();
    json.begin_array("data");
    for (const Entry& entry : page.entries) write(json, entry);
    json.end_array();
    json.boolean("has_more", page.has_more);
    json.end_object();
    call.finish();
}

}  // namespace

void handle_payments_config(Call& call) {
    const Payments& payments = call.payments();
    JsonWriter json(call.begin_json(200));
    json.begin_object();
    json.begin_object("stripe");
    json.boolean("enabled", payments.stripe.can_call);
    json.text_or_null("publishable_key", payments.stripe.publishable_key);
    json.end_object();
    json.begin_object("midtrans");
    json.boolean("enabled", payments.midtrans.can_call());
    json.text_or_null("client_key", payments.midtrans.client_key);
    json.end_object();
    json.end_object();
    call.finish();
}

void handle_billing_portal(Call& call) {
    auto asked = read_body(call, [](ObjectReader& reader, const ParseContext&) {
        const auto url = reader.text("return_url", {.min_bytes = 8});
        return url ? std::string(*url) : std::string();
    });
    if (!asked) return;
    with_customer(call, [&call, asked = *asked](const std::string& customer) {
        if (customer.empty()) {
            return call.respond_problem(ProblemCode::order_not_found,
                                        "The account has paid no order at Stripe.");
        }
        const StripeSide& stripe = call.payments().stripe;
        const std::string& url = asked.empty() ? stripe.portal_return_url : asked;
        call.fetch(stripe.calls.create_portal_session(customer, url, key_at_stripe(call)),
                   [&call](const HttpResult& answer) {
                       const auto made = read_portal_session(answer);
                       if (made) respond_with_url(call, *made);
                       else respond_failed(call, made.error());
                   });
    });
}

void handle_payment_methods(Call& call) {
    with_customer(call, [&call](const std::string& customer) {
        if (customer.empty()) {
            return respond_with_page(call, StripePage<StripePaymentMethod>{}, write_method);
        }
        call.fetch(call.payments().stripe.calls.list_payment_methods(customer),
                   [&call](const HttpResult& answer) {
                       const auto page = read_payment_methods(answer);
                       if (page) respond_with_page(call, *page, write_method);
                       else respond_failed(call, page.error());
                   });
    });
}

void handle_invoices(Call& call) {
    with_customer(call, [&call](const std::string& customer) {
        if (customer.empty()) {
            return respond_with_page(call, StripePage<StripeInvoice>{}, write_invoice);
        }
        call.fetch(call.payments().stripe.calls.list_invoices(customer, {}),
                   [&call](const HttpResult& answer) {
                       const auto page = read_invoices(answer);
                       if (page) respond_with_page(call, *page, write_invoice);
                       else respond_failed(call, page.error());
                   });
    });
}

}  // namespace creditd::daemon
