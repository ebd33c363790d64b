#include "daemon/payments/stripe_answers.hpp"

#include <utility>

#include "daemon/payments/stripe_told.hpp"

namespace creditd::daemon {
namespace {

/// `{error: {type, code, message}}`, under any status but 2xx.
std::optional<CallError> refusal(const HttpResult& result, const ForeignObject& answer) {
    if (result.is_success()) return std::nullopt;
    FieldErrors ignored;
    const ForeignObject error(answer.find("error"), ignored);
    std::string code = error.text("code");
    if (code.empty()) code = error.text("type");
    std::string message = error.text("message");
    if (message.empty()) message = "Stripe answered " + std::to_string(result.status) + '.';
    return call_error(result, std::move(code), std::move(message));
}

template <class Read>
auto read_stripe(const HttpResult& result, const Read& read) {
    return read_answer(result, refusal, read);
}

/// A missing `data` is no empty list: whoever reads on would take it for the end.
template <class Read>
auto read_page(const HttpResult& result, const Read& read) {
    return read_stripe(result, [&](const ForeignObject& answer) {
        StripePage<std::invoke_result_t<Read, const ForeignObject&>> page;
        if (!answer.has("data")) answer.fail("data", "must be a list");
        page.has_more = answer.flag("has_more");
        for (const ForeignObject& entry : answer.objects("data")) {
            page.entries.push_back(read(entry));
            page.last = entry.required_id("id");
        }
        return page;
    });
}

CheckoutSession session_of(const ForeignObject& object) {
    CheckoutSession session;
    session.id = object.required_id("id");
    session.url = object.text("url");
    session.status = object.text("status");
    session.payment_status = object.text("payment_status");
    session.payment_intent = object.id("payment_intent");
    session.subscription = object.id("subscription");
    session.customer = object.id("customer");
    session.expires_at = object.moment("expires_at");
    return session;
}

StripeSubscription subscription_of(const ForeignObject& object) {
    StripeSubscription subscription;
    subscription.id = object.required_id("id");
    subscription.status = object.required_text("status");
    subscription.customer = object.id("customer");
    subscription.period_end = subscription_period_end(object);
    subscription.cancel_at_period_end = ends_with_period(object);
    const auto items = object.objects("items");
    if (items.empty()) object.fail("items", "must hold an item");
    if (items.empty()) return subscription;
    const ForeignObject price = items.front().object("price");
    subscription.item = items.front().required_id("id");
    subscription.product = price.required_id("product");
    subscription.price = {price.count("unit_amount").value_or(0),
                          price.currency("currency").value_or(Currency{})};
    return subscription;
}

StripePaymentMethod payment_method_of(const ForeignObject& object) {
    StripePaymentMethod method;
    method.id = object.required_id("id");
    method.type = object.required_text("type");
    const ForeignObject details = object.object(method.type);
    method.brand = details.text("brand");
    method.last4 = details.text("last4");
    method.exp_month = details.count("exp_month").value_or(0);
    method.exp_year = details.count("exp_year").value_or(0);
    return method;
}

/// What is owed to the customer after a change is a negative total, of which creditd shows nothing.
std::int64_t total_of(const ForeignObject& invoice) {
    const auto total = invoice.find("total");
    const bool is_negative = total && total->text().starts_with('-');
    return is_negative ? 0 : invoice.count("total").value_or(0);
}

StripeInvoice invoice_of(const ForeignObject& object) {
    StripeInvoice invoice;
    invoice.id = object.required_id("id");
    invoice.number = object.text("number");
    invoice.status = object.text("status");
    invoice.billing_reason = object.text("billing_reason");
    invoice.total = {total_of(object), object.currency("currency").value_or(Currency{})};
    invoice.paid_minor = object.count("amount_paid").value_or(0);
    invoice.created = object.moment("created");
    invoice.hosted_url = object.text("hosted_invoice_url");
    invoice.pdf_url = object.text("invoice_pdf");
    return invoice;
}

StripeInvoicePayment invoice_payment_of(const ForeignObject& object) {
    return {object.required_id("invoice"), object.object("payment").id("payment_intent"),
            object.text("status")};
}

StripeListedEvent event_of(const ForeignObject& object, StripeRules rules) {
    FieldErrors ignored;  // what is wrong with an event is its own affair
    StripeListedEvent event{"", std::string(object.written()),
                            std::unexpected(FieldError{"#", "must be an object"})};
    const auto value = object.value();
    if (!value) return event;
    event.id = ForeignObject(value, ignored).id("id");
    event.news = read_stripe_event(*value, rules);
    return event;
}

}  // namespace

CallResult<CheckoutSession> read_checkout_session(const HttpResult& result) {
    return read_stripe(result, session_of);
}

CallResult<std::string> read_portal_session(const HttpResult& result) {
    return read_stripe(result,
                       [](const ForeignObject& answer) { return answer.required_text("url"); });
}

CallResult<StripeSubscription> read_subscription(const HttpResult& result) {
    return read_stripe(result, subscription_of);
}

CallResult<StripePage<StripePaymentMethod>> read_payment_methods(const HttpResult& result) {
    return read_page(result, payment_method_of);
}

CallResult<StripePage<StripeInvoice>> read_invoices(const HttpResult& result) {
    return read_page(result, invoice_of);
}

CallResult<StripePage<StripeInvoicePayment>> read_invoice_payments(const HttpResult& result) {
    return read_page(result, invoice_payment_of);
}

CallResult<StripeRefund> read_refund(const HttpResult& result) {
    return read_stripe(result, [](const ForeignObject& answer) {
        return StripeRefund{answer.required_id("id"), answer.text("status"),
                            answer.required_count("amount")};
    });
}

CallResult<StripePage<StripeListedEvent>> read_events(const HttpResult& result, StripeRules rules) {
    return read_page(result, [&](const ForeignObject& object) { return event_of(object, rules); });
}

}  // namespace creditd::daemon
