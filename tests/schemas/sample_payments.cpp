#include "tests/schemas/sample_payments.hpp"

#include "tests/schemas/sample_times.hpp"

namespace creditd::tests {
namespace {

constexpr Timestamp one_o_clock{1'700'003'600'000'000};

/// Bytes first, first + 1, … so that a shifted or reversed array shows.
Digest digest_from(std::uint8_t first) {
    Digest result;
    for (auto& byte : result.bytes) byte = first++;
    return result;
}

Money rupiah(std::int64_t minor) { return {minor, Currency::of("IDR")}; }

GrantTerms bought_terms() {
    GrantTerms terms;
    terms.kind = GrantKind::purchase;
    terms.priority = 60;
    terms.effective_at = noon;
    terms.expires_at = next_year;
    terms.cost = rupiah(150'000);
    terms.cost_credits = Credits{500'000'000};
    return terms;
}
GrantTerms bonus_terms() {
    GrantTerms terms;
    terms.kind = GrantKind::bonus;
    terms.effective_at = noon;
    return terms;
}

PaymentStanding sample_standing() {
    PaymentStanding standing;
    standing.provider = "stripe";
    standing.payment_id = "pi_3MtwBwLkdIwHu7ix";
    standing.payment_digest = digest_from(0x70);
    standing.amount = rupiah(150'000);
    standing.purchase = Seq{40};
    standing.order = "order-17";
    standing.order_digest = digest_from(0x90);
    standing.refunded_minor = 50'000;
    standing.refunds = {{"re_1", 20'000, RefundStatus::succeeded},
                        {"re_2", 30'000, RefundStatus::failed}};
    standing.disputes = {{"dp_1", DisputeStatus::won}, {"dp_2", DisputeStatus::lost}};
    standing.lots = {{GrantId::of(Seq{40}, 0), Credits{500'000'000}, bought_terms(),
                      Credits{100'000'000}, Credits{50'000'000}, Credits{1'000}},
                     {GrantId::of(Seq{40}, 1), Credits{40'000'000}, bonus_terms(),
                      Credits{13'333'334}, Credits{2'000}, Credits{3'000}}};
    return standing;
}

Order sample_order() {
    Order order;
    order.id = "order-17";
    order.digest = digest_from(0x90);
    order.placed = Seq{38};
    order.placed_at = noon;
    order.status = OrderStatus::disputed;
    order.package = "p500";
    order.plan = "pro";
    order.interval = Interval::year;
    order.credits = Credits{500'000'000};
    order.bonus = Credits{40'000'000};
    order.expires_in = Duration::days(365);
    order.bonus_expires_in = Duration::days(30);
    order.price = rupiah(150'000);
    order.provider = "midtrans";
    order.reference = "tx-8f1b";
    order.pay_url = "https://pay.example.com/v3/redirection/8f1b";
    order.qr_url = "https://pay.example.com/qr/8f1b.png";
    order.pay_until = one_o_clock;
    order.settled_at = Timestamp{noon.value + 5};
    order.payment_id = "pi_3MtwBwLkdIwHu7ix";
    order.payment_digest = digest_from(0x70);
    return order;
}

Notification sample_notification() {
    Notification told;
    told.provider = "stripe";
    told.id = "evt_1Nv0FGQ9RKHgCVdK";
    told.digest = digest_from(0xb0);
    told.received = Seq{37};
    told.received_at = noon;
    told.type = "charge.refunded";
    told.outcome = NotificationOutcome::dismissed;
    told.reason = "payment_unmatched";
    told.account = "acc-1";
    told.order = "order-17";
    told.payment_id = "pi_3MtwBwLkdIwHu7ix";
    told.tries = 3;
    told.hint = {"acc-2", "order-18", "p100", Credits{7'000'000}};
    return told;
}

}  // namespace

std::vector<EventBody> sample_payment_bodies() {
    const PaymentStanding standing = sample_standing();
    return {
        OrderSet{sample_order()},
        PaymentNoted{standing},
        PaymentReversed{
            standing,
            Credits{113'335'334},
            {{GrantId::of(Seq{40}, 0), Credits{100'000'000}, Credits{1'000}, Credits{10}},
             {GrantId::of(Seq{40}, 1), Credits{13'333'334}, Credits{1'000}, Credits{20}}}},
        PaymentRestored{standing,
                        Credits{9'000},
                        Credits{2'000},
                        {{GrantId::of(Seq{40}, 0), GrantId::of(Seq{42}, 0), Credits{3'000},
                          RestoredInto::new_grant, Credits{3'000}, bonus_terms()},
                         {GrantId::of(Seq{40}, 1), GrantId::of(Seq{40}, 1), Credits{4'000},
                          RestoredInto::same_grant, Credits{40'000'000}, bought_terms()}}},
        NotificationNoted{sample_notification()},
        AccountForgotten{true},
    };
}

schemas::PersonalPart sample_received() {
    schemas::PersonalPart part;
    part.received = std::string("{\"id\":\"evt_1\"}\n\0\xff", 17);
    return part;
}

}  // namespace creditd::tests
