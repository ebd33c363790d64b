// Prints what creditd would send to Stripe and to Midtrans for a few calls, one JSON object a line,
// so that a test can compare it with what their own clients send; checks or makes a Stripe
// signature over standard input; and says in a line what news creditd reads there.
#include <cstdio>
#include <iostream>
#include <iterator>
#include <span>
#include <vector>

#include "daemon/payments/midtrans_calls.hpp"
#include "daemon/payments/midtrans_news.hpp"
#include "daemon/payments/stripe_calls.hpp"
#include "daemon/payments/stripe_signature.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

void print(std::string_view name, const HttpRequest& request) {
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.text("name", name);
    json.text("method", request.method);
    json.text("url", request.url);
    json.begin_array("headers");
    for (const std::string& header : request.headers) json.text(header);
    json.end_array();
    json.text("body", request.body);
    json.end_object();
    std::puts(line.c_str());
}

CheckoutAsk checkout() {
    CheckoutAsk ask;
    ask.name = "500 credits, für Ada & Bob";
    ask.price = {1999, Currency::of("USD")};
    ask.goods = {"ada", "ord_1", "starter", "500", "", std::nullopt};
    ask.success_url = "https://shop.example/ok?session={CHECKOUT_SESSION_ID}";
    ask.cancel_url = "https://shop.example/no";
    return ask;
}

void print_stripe(const std::string& base_url, const std::string& secret_key) {
    const StripeCalls calls({base_url, Secret(secret_key)});
    print("buy", calls.create_checkout_session(checkout(), "buy-1"));
    CheckoutAsk subscribe = checkout();
    subscribe.interval = Interval::month;
    subscribe.goods = {"ada", "ord_2", "", "", "pro", Interval::month};
    subscribe.customer = "cus_1";
    subscribe.trial_days = 14;
    subscribe.expires_at = Timestamp{1'900'000'000'000'000};
    print("subscribe", calls.create_checkout_session(subscribe, "subscribe-1"));
    print("session", calls.get_checkout_session("cs_1"));
    print("expire", calls.expire_checkout_session("cs_1", "expire-1"));
    print("portal", calls.create_portal_session("cus_1", "https://shop.example/", "portal-1"));
    print("subscription", calls.get_subscription("sub_1"));
    print("cancel_later", calls.cancel_at_period_end("sub_1", true, "cancel-1"));
    print("cancel_now", calls.cancel_now("sub_1"));
    StripeSubscription now;
    now.id = "sub_1";
    now.item = "si_1";
    now.product = "prod_1";
    const PlanChangeAsk change{"team", Interval::year, {49'900, Currency::of("EUR")}};
    print("change", calls.change_plan(now, change, "change-1"));
    print("payment_methods", calls.list_payment_methods("cus_1"));
    print("invoices", calls.list_invoices("cus_1", "in_1"));
    print("events", calls.list_events(Timestamp{1'700'000'000'000'000}, "evt_1"));
    print("invoice_of", calls.list_invoices_of_payment("pi_1"));
    print("refund", *calls.create_refund({"pi_1", 500}, "refund-1"));
}

void print_midtrans(const std::string& base_url, const std::string& server_key) {
    const MidtransCalls calls({base_url, Secret(server_key), ""});
    const QrisAsk ask{"ord_1", {27'500'000, Currency::of("IDR")}, "500 credits"};
    print("charge", *calls.charge_qris(ask));
    print("status", calls.get_status("ord_1"));
    print("expire", calls.expire("ord_1"));
    print("cancel", calls.cancel("ord_1"));
}

std::string words_of(const PaymentNews& payment) {
    std::string words = payment.payment_id + (payment.paid ? " paid " : " told ") +
                        std::to_string(payment.amount.minor) + payment.amount.currency.text() +
                        " refunded " + std::to_string(payment.refunded_minor);
    for (const PaymentRefund& refund : payment.refunds) {
        words += " refund " + std::to_string(refund.minor);
        words += refund.status == RefundStatus::failed ? " failed" : "";
    }
    for (const PaymentDispute& dispute : payment.disputes) {
        words += dispute.status == DisputeStatus::open  ? " disputed"
                 : dispute.status == DisputeStatus::won ? " won"
                                                        : " lost";
    }
    return words;
}

std::string words_of(const NothingTold&) { return "nothing"; }
std::string words_of(const PaymentTold& told) { return "payment " + words_of(told.payment); }
std::string words_of(const OrderTold& told) {
    return "order " + std::to_string(static_cast<int>(told.status));
}
std::string words_of(const CyclePaid& told) {
    return std::string(told.is_first ? "first " : "next ") + told.subscription + ' ' +
           words_of(told.payment);
}
std::string words_of(const CycleFailed& told) { return "failed " + told.subscription; }
std::string words_of(const SubscriptionTold& told) {
    return "subscription " + told.subscription + (told.is_running ? " runs" : " has ended") +
           (told.is_past_due ? ", past due" : "") + (told.cancel_at_period_end ? ", ends" : "");
}

int print_news(const std::expected<ProviderNews, FieldError>& news) {
    if (!news) return std::puts((news.error().pointer + ' ' + news.error().detail).c_str()), 1;
    const std::string words =
        std::visit([](const auto& told) { return words_of(told); }, news->told);
    std::puts((news->goods.account + '/' + news->goods.order + ' ' + words).c_str());
    return 0;
}

std::string standard_input() {
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

int run(std::span<const std::string> words) {
    if (words.size() == 3 && words[0] == "stripe") return print_stripe(words[1], words[2]), 0;
    if (words.size() == 3 && words[0] == "midtrans") return print_midtrans(words[1], words[2]), 0;
    if (words.size() == 1 && words[0] == "stripe-news") {
        return print_news(read_stripe_event(standard_input()));
    }
    if (words.size() == 1 && words[0] == "midtrans-news") {
        return print_news(read_midtrans_news(standard_input()));
    }
    if (words.size() == 4 && words[0] == "verify") {
        const std::vector<Secret> secrets{Secret(words[2])};
        const auto verified = verify_stripe_signature(words[1], standard_input(), secrets,
                                                      Timestamp{std::stoll(words[3]) * 1'000'000});
        std::puts(verified ? "good" : std::string(sentence_of(verified.error())).c_str());
        return 0;
    }
    if (words.size() == 3 && words[0] == "sign") {
        const std::string header =
            stripe_signature(Secret(words[1]), std::stoll(words[2]), standard_input());
        std::puts(header.c_str());
        return 0;
    }
    std::fputs(
        "provider_calls stripe|midtrans URL KEY | verify HEADER SECRET NOW | "
        "sign SECRET SECONDS | stripe-news | midtrans-news\n",
        stderr);
    return 2;
}

}  // namespace
}  // namespace creditd::daemon

int main(int count, char** words) {
    const std::vector<std::string> arguments(words + 1, words + count);
    return creditd::daemon::run(arguments);
}
