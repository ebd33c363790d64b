#include "tests/sim/reading_payments.hpp"

#include "tests/sim/reading_values.hpp"

namespace creditd::sim {
namespace {

/// The start of `text`.
bool is_any_of(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        if (text == word) return true;
    }
    return false;
}

Money usd_of(const Json& object, std::string_view amount) {
    return {whole(object.at(amount).text), object.at("currency").text};
}

void take_goods(News& news, const Json& metadata) {
    news.account = metadata.at("creditd_account").text;
    news.order = metadata.at("creditd_order").text;
    // An order knows what it is for.
    if (!news.order.empty()) return;
    news.package = metadata.at("creditd_package").text;
    const Json& credits = metadata.at("creditd_credits");
    if (credits.kind != Json::Kind::null) news.credits = minor_units(credits.text);
}

void take_session(News& news, std::string_view type, const Json& session) {
    if (is_any_of(type, {"checkout.session.expired", "checkout.session.async_payment_failed"})) {
        if (!news.order.empty()) {
            news.order_status = type == "checkout.session.expired" ? "expired" : "failed";
        }
        return;
    }
    if (session.at("payment_status").text == "unpaid") return;
    news.payment = session.at("payment_intent").text;
    news.paid = true;
    news.money = usd_of(session, "amount_total");
}

RefundStep refund_step_of(std::string_view status) {
    if (status == "failed") return RefundStep::failed;
    return status == "succeeded" ? RefundStep::succeeded : RefundStep::pending;
}

DisputeStep dispute_step_of(std::string_view status, std::string_view type) {
    if (status == "lost") return DisputeStep::lost;
    const bool is_won = status == "won" || type == "charge.dispute.funds_reinstated";
    return is_won ? DisputeStep::won : DisputeStep::open;
}

/// What a refund or a dispute is of.
void take_fact(News& news, std::string_view type, const Json& object) {
    news.payment = object.at("payment_intent").text;
    const std::string& status = object.at("status").text;
    if (type == "charge.refunded") {
        news.refunded = whole(object.at("amount_refunded").text);
    } else if (type.starts_with("refund.")) {
        news.refunds.push_back(
            {object.at("id").text, whole(object.at("amount").text), refund_step_of(status)});
    } else {
        news.disputes.push_back({object.at("id").text, dispute_step_of(status, type)});
    }
}

}  // namespace

News stripe_news_of(std::string_view body) {
    const Json event = Json::parse(body);
    const std::string& type = event.at("type").text;
    const Json& object = event.at("data").at("object");
    News news;
    news.provider = "stripe";
    news.id = event.at("id").text;
    if (event.at("livemode").text == "true") return news;  // this ledger has a key for tests
    take_goods(news, object.at("metadata"));
    if (type.starts_with("checkout.session.")) {
        take_session(news, type, object);
    } else if (type == "payment_intent.succeeded") {
        const bool says_something = !news.account.empty() || !news.order.empty() ||
                                    !news.package.empty() || news.credits > 0;
        if (!says_something) return news;
        news.payment = object.at("id").text;
        news.paid = true;
        news.money = usd_of(object, "amount_received");
    } else {
        take_fact(news, type, object);
    }
    return news;
}

std::optional<News> midtrans_news_of(std::string_view answer) {
    const Json body = Json::parse(answer);
    const std::string& status = body.at("transaction_status").text;
    if (status.empty()) return std::nullopt;
    News news;
    news.provider = "midtrans";
    news.order = body.at("order_id").text;
    const std::string& refunded = body.at("refund_amount").text;
    news.id = news.order + '/' + status + '/' + refunded + '/' + body.at("transaction_id").text +
              '/' + body.at("status_code").text;
    if (is_any_of(status, {"expire", "cancel"})) {
        news.order_status = status == "expire" ? "expired" : "canceled";
        return news;
    }
    if (status == "pending") return news;
    // Rupiah with two decimals, which are the minor units.
    constexpr std::int64_t minor_of_millionth = 10'000;
    news.payment = news.order;
    news.paid = true;
    news.money = {minor_units(body.at("gross_amount").text) / minor_of_millionth, "IDR"};
    const bool is_back = is_any_of(status, {"refund", "partial_refund"});
    if (is_back) news.refunded = minor_units(refunded) / minor_of_millionth;
    if (status == "chargeback") news.disputes.push_back({"chargeback", DisputeStep::lost});
    return news;
}

bool is_of_order(const Request& request) {
    return is_any_of(request.name, {"order", "settle order", "cancel order", "read order"});
}

Wish order_wish_of(const Request& request) {
    Wish wish;
    wish.kind = wish_kind_of(request.name).value();
    wish.key = request.key;
    wish.payment.emplace();
    const Json body = request.body.empty() ? Json{} : Json::parse(request.body);
    if (wish.kind != WishKind::place_order) {
        constexpr std::string_view start = "/v1/orders/";
        const std::string_view rest = std::string_view(request.path).substr(start.size());
        wish.id = rest.substr(0, rest.find('/'));
        const std::string& payment = body.at("payment_id").text;
        wish.payment->id = payment.empty() ? "order:" + wish.id : payment;
        return wish;
    }
    wish.id = body.at("order_id").text;
    wish.account = body.at("account").text;
    wish.payment->provider = body.at("provider").text;
    if (body.has("price")) wish.payment->money = money_of(body.at("price"));
    if (body.has("package")) wish.package = body.at("package").text;
    else wish.amount = minor_units(body.at("amount").text);
    return wish;
}

}  // namespace creditd::sim
