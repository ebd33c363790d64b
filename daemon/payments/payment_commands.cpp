#include "daemon/payments/payment_commands.hpp"

#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

/// What the news say, or else the hint.
struct Goods {
    std::string account;
    std::string order;
    std::string package;
    Credits credits{};
    std::string plan;
    Interval interval = Interval::month;
};

Goods goods_of(const NewsGoods& said, const NotificationHint& hint, unsigned decimals) {
    Goods goods;
    // A hint is somebody's correction: it is stronger than what was said.
    goods.account = hint.account.empty() ? said.account : hint.account;
    goods.order = hint.order.empty() ? said.order : hint.order;
    // Goods are a package or a number of credits: whoever names one of these means nothing else. An
    // order knows its own goods, unless somebody has decided otherwise.
    const bool is_decided = !hint.package.empty() || hint.credits.is_positive();
    if (is_decided || !goods.order.empty()) {
        goods.package = hint.package;
        goods.credits = hint.credits;
    } else {
        goods.package = said.package;
        goods.credits = parse_amount(said.credits, decimals).credits.value_or(Credits{});
    }
    goods.plan = said.plan;
    goods.interval = said.interval.value_or(Interval::month);
    return goods;
}

PaymentNews with_digest(PaymentNews news) {
    news.payment_digest = payment_digest_of(news.provider, news.payment_id);
    return news;
}

NotePayment note(PaymentNews news, const Goods& goods) {
    NotePayment body;
    body.news = std::move(news);
    body.account = goods.account;
    body.order = goods.order;
    if (!goods.order.empty()) body.order_digest = order_digest_of(goods.order);
    body.package = goods.package;
    body.amount = goods.credits;
    return body;
}

class Maker {
public:
    Maker(Timestamp at, Goods goods, PaymentCommands& out)
        : at_(at), goods_(std::move(goods)), out_(out) {}

    void make(const NothingTold& told) { out_.why_nothing = told.why; }
    void make(const PaymentTold& told) {
        out_.payment_id = told.payment.payment_id;
        out_.bodies.emplace_back(note(with_digest(told.payment), goods_));
    }
    void make(const OrderTold& told) {
        if (goods_.order.empty()) {
            out_.why_nothing = "It names no order.";
            return;
        }
        ChangeOrder body;
        body.id = goods_.order;
        body.digest = order_digest_of(goods_.order);
        body.status = told.status;
        out_.bodies.emplace_back(std::move(body));
    }
    // The first cycle begins the subscription; a later one renews it. Then the order is settled by
    // the same payment, which has bought its credits already.
    void make(const CyclePaid& told) {
        const PaymentNews payment = with_digest(told.payment);
        out_.payment_id = payment.payment_id;
        if (told.is_first) {
            out_.bodies.emplace_back(Subscribe{goods_.account, goods_.plan, goods_.interval,
                                               SubscriptionSource::provider, told.period_end,
                                               payment, news_of(told.subscription)});
        } else {
            out_.bodies.emplace_back(RenewSubscription{goods_.account, told.period_end, payment,
                                                       news_of(told.subscription)});
        }
        if (told.is_first && !goods_.order.empty()) out_.bodies.emplace_back(note(payment, goods_));
    }
    void make(const CycleFailed& told) {
        if (!has_account()) return;
        out_.bodies.emplace_back(SuspendSubscription{goods_.account, news_of(told.subscription)});
    }
    void make(const SubscriptionTold& told) {
        if (!has_account()) return;
        FollowSubscription follow;
        follow.account = goods_.account;
        follow.news = news_of(told.subscription);
        if (!told.is_running) follow.status = SubscriptionStatus::ended;
        else if (told.is_past_due) follow.status = SubscriptionStatus::past_due;
        follow.cancel_at_period_end = told.cancel_at_period_end;
        follow.plan = goods_.plan;
        follow.interval = goods_.interval;
        out_.bodies.emplace_back(std::move(follow));
    }

private:
    bool has_account() {
        if (goods_.account.empty()) out_.why_nothing = "It names no account.";
        return !goods_.account.empty();
    }
    SubscriptionNews news_of(const std::string& subscription) const { return {subscription, at_}; }

    Timestamp at_;
    Goods goods_;
    PaymentCommands& out_;
};

}  // namespace

Digest order_digest_of(std::string_view order) { return replay::digest128('o', order); }
Digest notification_digest_of(std::string_view provider, std::string_view notification) {
    return replay::digest128('n', provider, notification);
}
Digest payment_digest_of(std::string_view provider, std::string_view payment) {
    return replay::digest128('p', provider, payment);
}

PaymentCommands commands_for(const ProviderNews& news, const NotificationHint& hint,
                             unsigned decimals) {
    PaymentCommands out;
    Goods goods = goods_of(news.goods, hint, decimals);
    out.account = goods.account;
    out.order = goods.order;
    Maker maker(news.at.value_or(Timestamp{}), std::move(goods), out);
    std::visit([&](const auto& told) { maker.make(told); }, news.told);
    return out;
}

bool is_of_subscription(const ProviderNews& news) {
    return std::holds_alternative<CycleFailed>(news.told) ||
           std::holds_alternative<SubscriptionTold>(news.told);
}

bool is_past(const ProviderNews& news, RefusalCode refusal) {
    return is_of_subscription(news) &&
           (refusal == RefusalCode::subscription_not_found ||
            refusal == RefusalCode::subscription_source || refusal == RefusalCode::time_past);
}

}  // namespace creditd::daemon
