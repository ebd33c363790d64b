#include "tests/core/payment_asks.hpp"

#include <gtest/gtest.h>

#include "replay/sha256.hpp"

namespace creditd::tests {
namespace {

template <class Body>
Ask telling(Body body) {
    return Ask([body = std::move(body)](const World&) { return CommandBody(body); }).without_key();
}

PaymentNews news_of(std::string payment) {
    PaymentNews news;
    news.provider = "stripe";
    news.payment_digest = digest_of_payment(payment);
    news.payment_id = std::move(payment);
    return news;
}

Digest digest_of_notification(const std::string& id) {
    return replay::digest128('n', "stripe", id);
}

ChangeOrder change_of(std::string id) {
    ChangeOrder body;
    body.digest = digest_of_order(id);
    body.id = std::move(id);
    return body;
}

}  // namespace

Money usd(std::int64_t amount) {
    return amount == 0 ? Money{} : Money{amount, Currency::of("USD")};
}
Digest digest_of_payment(const std::string& payment) {
    return replay::digest128('p', "stripe", payment);
}
Digest digest_of_order(const std::string& order) { return replay::digest128('o', order); }

PaymentNews paid(std::string payment, std::int64_t amount) {
    PaymentNews news = news_of(std::move(payment));
    news.paid = true;
    news.amount = usd(amount);
    return news;
}
PaymentNews refunded(std::string payment, std::string refund, std::int64_t amount,
                     std::int64_t so_far, RefundStatus status) {
    PaymentNews news = news_of(std::move(payment));
    news.refunded_minor = so_far;
    news.refunds = {{std::move(refund), amount, status}};
    return news;
}
PaymentNews refunded_so_far(std::string payment, std::int64_t amount) {
    PaymentNews news = news_of(std::move(payment));
    news.refunded_minor = amount;
    return news;
}
PaymentNews disputed(std::string payment, DisputeStatus status, std::string dispute) {
    PaymentNews news = news_of(std::move(payment));
    news.disputes = {{std::move(dispute), status}};
    return news;
}

NotePayment note_of(PaymentNews news, const NoteSpec& spec) {
    NotePayment body;
    body.news = std::move(news);
    body.account = spec.account;
    body.order = spec.order;
    if (!spec.order.empty()) body.order_digest = digest_of_order(spec.order);
    body.package = spec.package;
    body.amount = Credits{spec.amount};
    return body;
}
Ask note(PaymentNews news, NoteSpec spec) { return telling(note_of(std::move(news), spec)); }

Ask claw_back(ClawBack how) {
    CatalogSettings given;
    given.claw_back = how;
    return settings(std::move(given));
}

Ask place_order(std::string account, std::string id, OrderSpec spec) {
    PlaceOrder body;
    body.account = std::move(account);
    body.digest = digest_of_order(id);
    body.id = std::move(id);
    body.package = std::move(spec.package);
    body.plan = std::move(spec.plan);
    body.interval = spec.interval;
    body.amount = Credits{spec.amount};
    body.price = usd(spec.cents);
    body.provider = std::move(spec.provider);
    return telling(std::move(body));
}
Ask change_order(std::string id, std::optional<OrderStatus> status, bool must_be_pending) {
    ChangeOrder body = change_of(std::move(id));
    body.status = status;
    body.must_be_pending = must_be_pending;
    return telling(std::move(body));
}
Ask locate_order(std::string id, std::string reference, std::string pay_url) {
    ChangeOrder body = change_of(std::move(id));
    body.reference = std::move(reference);
    body.pay_url = std::move(pay_url);
    return telling(std::move(body));
}

Ask subscribe_paid(std::string account, std::string plan, PaymentNews payment,
                   std::optional<std::int64_t> ends_in) {
    return Ask([=](const World& world) {
               Subscribe body{account, plan,   Interval::month, SubscriptionSource::provider,
                              {},      payment};
               if (ends_in) body.period_end = world.now() + Duration::seconds(*ends_in);
               return CommandBody(body);
           })
        .without_key();
}
Ask renew_paid(std::string account, PaymentNews payment, std::optional<std::int64_t> ends_in) {
    return Ask([=](const World& world) {
               RenewSubscription body{account, {}, payment};
               if (ends_in) body.period_end = world.now() + Duration::seconds(*ends_in);
               return CommandBody(body);
           })
        .without_key();
}
SubscriptionNews news_of(const Said& said) {
    return {said.sub, Timestamp{midnight(2024, 1, 1).value + said.at * 60'000'000}};
}
Ask hear(std::string account, SubscriptionStatus status, Said said) {
    return telling(FollowSubscription{std::move(account), news_of(said), status, said.cancels,
                                      said.plan, Interval::month});
}
Ask hear_failed(std::string account, Said said) {
    return telling(SuspendSubscription{std::move(account), news_of(said)});
}
Ask hear_paid(std::string account, PaymentNews payment, std::int64_t ends_in, Said said) {
    return Ask([=](const World& world) {
               return CommandBody(RenewSubscription{
                   account, world.now() + Duration::seconds(ends_in), payment, news_of(said)});
           })
        .without_key();
}
Ask hear_bought(std::string account, std::string plan, PaymentNews payment, std::int64_t ends_in,
                Said said) {
    return Ask([=](const World& world) {
               return CommandBody(
                   Subscribe{account, plan, Interval::month, SubscriptionSource::provider,
                             world.now() + Duration::seconds(ends_in), payment, news_of(said)});
           })
        .without_key();
}

NoteNotification notification_of(const std::string& id, NotificationOutcome outcome,
                                 const NotificationSpec& spec) {
    NoteNotification body;
    body.notification.provider = "stripe";
    body.notification.id = id;
    body.notification.digest = digest_of_notification(id);
    body.notification.type = "charge.succeeded";
    body.notification.outcome = outcome;
    body.notification.reason = spec.reason;
    body.notification.hint = spec.hint;
    body.is_try = spec.is_try;
    return body;
}
Ask notify(std::string id, NotificationOutcome outcome, NotificationSpec spec) {
    return telling(notification_of(id, outcome, spec));
}

namespace {

template <class Fact>
const Fact& must(const Fact* fact) {
    CREDITD_ASSERT(fact != nullptr);
    return *fact;
}

}  // namespace

const Notification& notification_in(const World& world, const std::string& id) {
    return must(world.facts().notification(digest_of_notification(id)));
}
const PaymentStanding& standing_of(const World& world, const std::string& payment) {
    return must(world.facts().standing(digest_of_payment(payment)));
}
const Order& order_in(const World& world, const std::string& order) {
    return must(world.facts().order(digest_of_order(order)));
}

Check lots_are(std::string payment, std::vector<Taken> lots, Where where) {
    return {[=](const World& world) {
                std::vector<Taken> found;
                for (const PaymentLot& lot : standing_of(world, payment).lots) {
                    found.push_back({lot.taken.value, lot.owed.value, lot.written_off.value});
                }
                ASSERT_EQ(found.size(), lots.size());
                for (std::size_t i = 0; i < lots.size(); ++i) {
                    EXPECT_EQ(found[i].taken, lots[i].taken) << i;
                    EXPECT_EQ(found[i].owed, lots[i].owed) << i;
                    EXPECT_EQ(found[i].written_off, lots[i].written_off) << i;
                }
            },
            where};
}
Check order_is(std::string order, OrderStatus status, Where where) {
    return {[=](const World& world) { EXPECT_EQ(order_in(world, order).status, status); }, where};
}

}  // namespace creditd::tests
