#include "daemon/payments/stripe_calls.hpp"

#include <algorithm>

#include "daemon/payments/form.hpp"
#include "daemon/payments/provider_call.hpp"
#include "daemon/payments/stripe_metadata.hpp"

namespace creditd::daemon {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

void add_price(Form& form, const std::string& prefix, Money price,
               std::optional<Interval> interval) {
    form.add(prefix + "[currency]", lower(price.currency.text()));
    form.add(prefix + "[unit_amount]", price.minor);
    if (interval) form.add(prefix + "[recurring][interval]", name_of(*interval));
}

void add_metadata(Form& form, const std::string& prefix, const NewsGoods& goods) {
    for (const auto& [name, value] : stripe_metadata(goods)) {
        form.add(prefix + '[' + std::string(name) + ']', value);
    }
}

std::string sessions_path(std::string_view session) {
    return "/v1/checkout/sessions/" + path_segment(session);
}

std::string subscriptions_path(std::string_view subscription) {
    return "/v1/subscriptions/" + path_segment(subscription);
}

std::string with_query(std::string_view path, const Form& form) {
    return std::string(path) + '?' + form.text();
}

}  // namespace

HttpRequest StripeCalls::request(std::string method, std::string_view path) const {
    HttpRequest request;
    request.method = std::move(method);
    request.url = provider_url(config_.base_url, path);
    request.headers = {"Authorization: Bearer " + std::string(config_.secret_key.reveal()),
                       "Stripe-Version: " + std::string(stripe_version)};
    request.timeout = provider_call_timeout;
    request.body_bytes_max = provider_answer_bytes_max;
    return request;
}

HttpRequest StripeCalls::get(std::string_view path) const { return request("GET", path); }

HttpRequest StripeCalls::post(std::string_view path, std::string form, std::string_view key) const {
    HttpRequest result = request("POST", path);
    result.headers.emplace_back("Content-Type: application/x-www-form-urlencoded");
    result.headers.push_back("Idempotency-Key: " + std::string(key));
    result.body = std::move(form);
    return result;
}

HttpRequest StripeCalls::create_checkout_session(const CheckoutAsk& ask,
                                                 std::string_view key) const {
    const std::string price = "line_items[0][price_data]";
    const std::string copy = ask.interval ? "subscription_data" : "payment_intent_data";
    Form form;
    form.add("mode", ask.interval ? "subscription" : "payment");
    form.add_unless_empty("client_reference_id", ask.goods.account);
    form.add_unless_empty("customer", ask.customer);
    form.add("success_url", ask.success_url).add_unless_empty("cancel_url", ask.cancel_url);
    if (ask.expires_at) form.add("expires_at", ask.expires_at->value / Duration::seconds(1).value);
    add_price(form, price, ask.price, ask.interval);
    form.add(price + "[product_data][name]", ask.name).add("line_items[0][quantity]", 1);
    add_metadata(form, "metadata", ask.goods);
    // What is told later names no session: the payment, or the subscription, carries it too.
    add_metadata(form, copy + "[metadata]", ask.goods);
    if (ask.interval && ask.trial_days > 0) form.add(copy + "[trial_period_days]", ask.trial_days);
    return post("/v1/checkout/sessions", form.text(), key);
}

HttpRequest StripeCalls::get_checkout_session(std::string_view session) const {
    return get(sessions_path(session));
}

HttpRequest StripeCalls::expire_checkout_session(std::string_view session,
                                                 std::string_view key) const {
    return post(sessions_path(session) + "/expire", "", key);
}

HttpRequest StripeCalls::create_portal_session(std::string_view customer,
                                               std::string_view return_url,
                                               std::string_view key) const {
    Form form;
    form.add("customer", customer).add_unless_empty("return_url", return_url);
    return post("/v1/billing_portal/sessions", form.text(), key);
}

HttpRequest StripeCalls::get_subscription(std::string_view subscription) const {
    return get(subscriptions_path(subscription));
}

HttpRequest StripeCalls::cancel_at_period_end(std::string_view subscription, bool cancel,
                                              std::string_view key) const {
    Form form;
    form.add("cancel_at_period_end", cancel ? "true" : "false");
    return post(subscriptions_path(subscription), form.text(), key);
}

HttpRequest StripeCalls::cancel_now(std::string_view subscription) const {
    return request("DELETE", subscriptions_path(subscription));
}

HttpRequest StripeCalls::change_plan(const StripeSubscription& now, const PlanChangeAsk& ask,
                                     std::string_view key) const {
    Form form;
    form.add("items[0][id]", now.item);
    form.add("items[0][price_data][product]", now.product);
    add_price(form, "items[0][price_data]", ask.price, ask.interval);
    form.add("proration_behavior", "create_prorations");
    NewsGoods goods;
    goods.plan = ask.plan;
    goods.interval = ask.interval;
    add_metadata(form, "metadata", goods);
    return post(subscriptions_path(now.id), form.text(), key);
}

HttpRequest StripeCalls::list_payment_methods(std::string_view customer) const {
    Form query;
    query.add("limit", stripe_page_entries);
    return get(with_query("/v1/customers/" + path_segment(customer) + "/payment_methods", query));
}

HttpRequest StripeCalls::list_invoices(std::string_view customer,
                                       std::string_view starting_after) const {
    Form query;
    query.add("customer", customer).add("limit", stripe_page_entries);
    query.add_unless_empty("starting_after", starting_after);
    HttpRequest request = get(with_query("/v1/invoices", query));
    request.body_bytes_max = provider_list_bytes_max;
    return request;
}

HttpRequest StripeCalls::list_events(Timestamp created_from,
                                     std::string_view starting_after) const {
    Form query;
    query.add("created[gte]", created_from.value / Duration::seconds(1).value)
        .add("limit", stripe_page_entries);
    query.add_unless_empty("starting_after", starting_after);
    HttpRequest request = get(with_query("/v1/events", query));
    request.body_bytes_max = provider_list_bytes_max;
    return request;
}

HttpRequest StripeCalls::list_invoices_of_payment(std::string_view payment_intent) const {
    Form query;
    query.add("payment[type]", "payment_intent").add("payment[payment_intent]", payment_intent);
    return get(with_query("/v1/invoice_payments", query));
}

HttpRequest StripeCalls::list_payments_of_invoice(std::string_view invoice) const {
    Form query;
    query.add("invoice", invoice);
    return get(with_query("/v1/invoice_payments", query));
}

std::expected<HttpRequest, std::string> StripeCalls::create_refund(const RefundAsk& ask,
                                                                   std::string_view key) const {
    const bool is_charge = ask.payment.starts_with("ch_") || ask.payment.starts_with("py_");
    if (!is_charge && !ask.payment.starts_with("pi_")) {
        return std::unexpected("Stripe refunds a payment intent or a charge, not '" + ask.payment +
                               "'.");
    }
    Form form;
    form.add(is_charge ? "charge" : "payment_intent", ask.payment);
    if (ask.minor) form.add("amount", *ask.minor);
    return post("/v1/refunds", form.text(), key);
}

}  // namespace creditd::daemon
