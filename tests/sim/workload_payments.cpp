#include "tests/sim/workload_payments.hpp"

#include "daemon/basics/wall_clock.hpp"
#include "daemon/payments/stripe_signature.hpp"
#include "tests/sim/daemon.hpp"

namespace creditd::sim {
namespace {

constexpr std::size_t orders_kept = 12;

}  // namespace

PaymentWorkload::PaymentWorkload(std::uint64_t seed, const Swarm& swarm)
    : rng_(Rng::of(seed, "payments")),
      providers_(seed),
      is_on_(swarm.has(Fault::payments)),
      has_offers_(swarm.has(Fault::offers)) {}

Request PaymentWorkload::next(Timestamp now, const std::vector<std::string>& accounts) {
    const auto dice = rng_.below(100);
    if (dice < 22) return place(accounts);
    if (dice < 40 && !orders_.empty()) return on_order();
    if (!providers_.has_notices() || rng_.chance(55)) providers_.happen(now, accounts);
    auto told = next_news();
    return told ? std::move(*told) : place(accounts);
}

std::optional<Request> PaymentWorkload::next_news() {
    if (!providers_.has_notices()) return std::nullopt;
    return news(providers_.take_notice());
}

Request PaymentWorkload::place(const std::vector<std::string>& accounts) {
    // The same order again under another key, or another one under its name.
    const bool is_again = orders_made_ > 0 && rng_.one_in(10);
    const std::string id =
        "order-" + std::to_string(is_again ? rng_.below(orders_made_) : orders_made_);
    std::string& kept = bodies_[id];
    if (!is_again || rng_.chance(30)) {
        std::string body = text_member("order_id", id);
        body += text_member("account", rng_.one_in(30) ? "acct-nobody" : rng_.pick(accounts));
        const auto dice = rng_.below(10);
        const char* const provider = dice < 5 ? "stripe" : dice < 8 ? "midtrans" : "manual";
        body += text_member("provider", provider);
        const bool is_rupiah = dice >= 5 && dice < 8;
        if (has_offers_ && !is_rupiah && rng_.chance(60)) {
            body += text_member("package", "p" + std::to_string(1 + rng_.below(4)));
        } else {
            body += member("amount", std::to_string(5 + rng_.below(20)));
            const bool is_priced = !has_offers_ || is_rupiah || rng_.chance(60);
            const std::string money = std::to_string(100 * rng_.between(1, 40));
            const char* const currency = is_rupiah ? "IDR" : "USD";
            if (is_priced) {
                body += ",\"price\":{\"amount\":" + money + ",\"currency\":\"" + currency + "\"}";
            }
        }
        kept = "{" + body.substr(1) + "}";
    }
    if (!is_again) ++orders_made_;
    Request request = request_of("order", "POST", "/v1/orders", kept);
    request.key = new_key();
    return request;
}

Request PaymentWorkload::on_order() {
    const std::string path = "/v1/orders/" + rng_.pick(orders_);
    const auto dice = rng_.below(10);
    if (dice < 4) return request_of("read order", "GET", path, {});
    Request request = dice < 7
                          ? request_of("cancel order", "POST", path + "/cancel", "{}")
                          : request_of("settle order", "POST", path + "/settle",
                                       rng_.chance(70) ? "{}"
                                                       : "{\"payment_id\":\"bank-" +
                                                             std::to_string(rng_.below(6)) + "\"}");
    request.key = new_key();
    return request;
}

Request PaymentWorkload::news(const Notice& notice) {
    Request request =
        request_of(notice.is_stripe ? "stripe news" : "midtrans news", "POST",
                   notice.is_stripe ? "/webhooks/stripe" : "/webhooks/midtrans", notice.body);
    request.secret.clear();
    request.is_news = true;
    return request;
}

void PaymentWorkload::learn(const Request& request, unsigned status, const Json& body) {
    if (!is_on_) return;
    if (request.name == "order" && status == 201) {
        const std::string& id = body.at("order_id").text;
        if (std::ranges::find(orders_, id) != orders_.end()) return;
        if (orders_.size() < orders_kept) orders_.push_back(id);
        else rng_.pick(orders_) = id;
    } else if (request.name == "purchase" && status == 201 && rng_.chance(30)) {
        providers_.note_purchase(body.at("payment.id").text,
                                 std::stoll(body.at("payment.amount").text));
    }
}

std::string stripe_signature_of(const Request& request) {
    // By the machine's clock, as the daemon looks at it: nothing else depends on it.
    const std::int64_t seconds = daemon::wall_clock_now().value / 1'000'000;
    const daemon::Secret secret{std::string(stripe_webhook_secret)};
    return "t=" + std::to_string(seconds) +
           ",v1=" + daemon::stripe_signature(secret, seconds, request.body);
}

}  // namespace creditd::sim
