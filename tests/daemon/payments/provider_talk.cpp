// Makes one call to a provider as the daemon would, over HTTP to this machine, and says in a line
// what was read in the answer: for tests against the local servers of tests/e2e.
#include <cstdio>
#include <future>
#include <span>
#include <string>
#include <vector>

#include "daemon/payments/midtrans_calls.hpp"
#include "daemon/payments/stripe_calls.hpp"

namespace creditd::daemon {
namespace {

using Words = std::span<const std::string>;

HttpResult send(HttpRequest request) {
    HttpClient::Options options;
    options.allowed = *Subnets::parse("127.0.0.0/8");
    options.https_only = false;
    HttpClient client(options);
    std::promise<HttpResult> done;
    client.send(std::move(request), [&](HttpResult result) { done.set_value(std::move(result)); });
    return done.get_future().get();
}

std::string words_of(const CallError& error) {
    return "error " + std::to_string(error.status) + (error.may_retry ? " again " : " never ") +
           error.code + ": " + error.message;
}

template <class T, class Print>
std::string said(const CallResult<T>& result, const Print& print) {
    return result ? print(*result) : words_of(result.error());
}

std::string words_of(const CheckoutSession& session) {
    return session.id + ' ' + session.status + ' ' + session.payment_status + ' ' +
           session.payment_intent + session.subscription + ' ' + session.url;
}

std::string words_of(const StripeSubscription& subscription) {
    return subscription.id + ' ' + subscription.status + ' ' +
           std::to_string(subscription.price.minor) + subscription.price.currency.text() +
           (subscription.cancel_at_period_end ? " ends" : " goes on") + ' ' + subscription.customer;
}

std::string words_of(const StripePage<StripeListedEvent>& page) {
    std::string words = page.has_more ? "more" : "all";
    for (const StripeListedEvent& event : page.entries) {
        words +=
            ' ' + event.id + '=' + (event.news ? event.news->type : event.news.error().pointer);
    }
    return words;
}

CheckoutAsk checkout(std::string order, std::optional<Interval> interval) {
    CheckoutAsk ask;
    ask.name = "credits";
    ask.price = {1999, Currency::of("USD")};
    ask.interval = interval;
    ask.goods.account = "ada";
    ask.goods.order = std::move(order);
    ask.success_url = "https://shop.example/ok";
    return ask;
}

std::string change_plan(const StripeCalls& calls, const std::string& id) {
    const auto now = read_subscription(send(calls.get_subscription(id)));
    if (!now) return words_of(now.error());
    const PlanChangeAsk ask{"team", Interval::month, {4900, Currency::of("USD")}};
    return said(read_subscription(send(calls.change_plan(*now, ask, "change-" + id))),
                [](const auto& subscription) { return words_of(subscription); });
}

std::string invoice_of(const StripeCalls& calls, const std::string& intent) {
    return said(read_invoice_payments(send(calls.list_invoices_of_payment(intent))),
                [](const auto& page) {
                    return page.entries.empty() ? std::string("none") : page.entries[0].invoice;
                });
}

std::string ask_stripe(const StripeCalls& calls, const std::string& what, const std::string& id) {
    const auto session = [](const HttpResult& result) {
        return said(read_checkout_session(result), [](const auto& s) { return words_of(s); });
    };
    const auto subscription = [](const HttpResult& result) {
        return said(read_subscription(result), [](const auto& s) { return words_of(s); });
    };
    if (what == "buy") return session(send(calls.create_checkout_session(checkout(id, {}), id)));
    if (what == "subscribe") {
        return session(send(calls.create_checkout_session(checkout(id, Interval::month), id)));
    }
    if (what == "session") return session(send(calls.get_checkout_session(id)));
    if (what == "expire") return session(send(calls.expire_checkout_session(id, "expire-" + id)));
    if (what == "subscription") return subscription(send(calls.get_subscription(id)));
    if (what == "later") return subscription(send(calls.cancel_at_period_end(id, true, id + "-l")));
    if (what == "now") return subscription(send(calls.cancel_now(id)));
    if (what == "change") return change_plan(calls, id);
    if (what == "invoice_of") return invoice_of(calls, id);
    if (what == "events") {
        return said(read_events(send(calls.list_events({}, id))),
                    [](const auto& page) { return words_of(page); });
    }
    if (what == "refund") {
        const auto request = calls.create_refund({id, 500}, "refund-" + id);
        return said(read_refund(send(*request)),
                    [](const auto& refund) { return refund.id + ' ' + refund.status; });
    }
    return "stripe: what is " + what + "?";
}

std::string words_of(const std::optional<ProviderNews>& news) {
    if (!news) return "unknown";
    const auto* payment = std::get_if<PaymentTold>(&news->told);
    return news->type + (payment != nullptr && payment->payment.paid ? " paid" : " unpaid");
}

std::string ask_midtrans(const MidtransCalls& calls, const std::string& what,
                         const std::string& id) {
    const auto status = [](const HttpResult& result) {
        return said(read_midtrans_status(result), [](const auto& news) { return words_of(news); });
    };
    if (what == "charge") {
        const auto request = calls.charge_qris({id, {1'000'000, Currency::of("IDR")}, "credits"});
        return said(read_qris_charge(send(*request)), [](const QrisCharge& charge) {
            return charge.order + ' ' + charge.qr_string + ' ' + charge.qr_url;
        });
    }
    if (what == "status") return status(send(calls.get_status(id)));
    if (what == "expire") return status(send(calls.expire(id)));
    return "midtrans: what is " + what + "?";
}

int run(Words words) {
    if (words.size() != 5) {
        std::fputs("provider_talk stripe|midtrans URL KEY WHAT ID\n", stderr);
        return 2;
    }
    const std::string answer =
        words[0] == "stripe"
            ? ask_stripe(StripeCalls({words[1], Secret(words[2])}), words[3], words[4])
            : ask_midtrans(MidtransCalls({words[1], Secret(words[2]), ""}), words[3], words[4]);
    std::puts(answer.c_str());
    return 0;
}

}  // namespace
}  // namespace creditd::daemon

int main(int count, char** words) {
    const std::vector<std::string> arguments(words + 1, words + count);
    return creditd::daemon::run(arguments);
}
