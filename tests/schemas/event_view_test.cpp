#include <gtest/gtest.h>

#include <string>

#include "core/losses.hpp"
#include "schemas/event_codec.hpp"
#include "tests/schemas/sample_events.hpp"
#include "tests/support/random_event.hpp"

namespace creditd::schemas {
namespace {

using tests::RandomEvents;

/// What a view should say, taken from the whole event.
struct ExpectedBody {
    EventView view;

    void operator()(const CreditsPurchased& body) { know(body.payment_digest); }
    void operator()(const OrderSet& body) {
        know(body.order.digest);
        view.about = body.order.placed;
        view.about_status = static_cast<std::uint8_t>(body.order.status);
    }
    void operator()(const PaymentNoted& body) { know(body.standing.payment_digest); }
    void operator()(const PaymentReversed& body) { know(body.standing.payment_digest); }
    void operator()(const PaymentRestored& body) { know(body.standing.payment_digest); }
    void operator()(const NotificationNoted& body) {
        know(body.notification.digest);
        view.about = body.notification.received;
        view.about_status = static_cast<std::uint8_t>(body.notification.outcome);
    }
    void operator()(const GrantRevoked& body) {
        if (body.whole) view.revoked_whole = body.grant;
    }
    void operator()(const CreditsRefunded& body) {
        view.refunded = body.deduction;
        view.amount = body.amount;
        view.feature = body.feature;
        view.user = body.user;
        view.model = body.model;
    }
    void operator()(const CreditsDeducted& body) {
        use(body.usage);
        view.amount = view.balances.before - view.balances.after;
        view.waived = body.waived;
    }
    void operator()(const HoldPlaced& body) { use(body.usage); }
    void operator()(const HoldCaptured& body) {
        use(body.usage);
        view.amount = body.amount;
        view.waived = body.waived;
        if (body.hold.status != HoldStatus::open) view.closed_hold = body.hold.id;
    }
    void operator()(const HoldReleased& body) { view.closed_hold = body.hold.id; }
    void operator()(const CommandRefused& body) { view.feature = body.feature; }
    template <class Other>
    void operator()(const Other&) {}

    void know(const Digest& digest) {
        view.has_payment = true;
        view.payment_digest = digest;
    }
    void use(const Usage& usage) {
        view.feature = usage.feature;
        view.user = usage.user;
        view.model = usage.model;
    }
};

void expect_same_body(const EventView& view, const Event& event) {
    ExpectedBody expected;
    expected.view.balances = event.balances;
    std::visit([&](const auto& body) { expected(body); }, event.body);
    EXPECT_EQ(view.has_payment, expected.view.has_payment);
    EXPECT_EQ(view.payment_digest, expected.view.payment_digest);
    EXPECT_EQ(view.about, expected.view.about);
    EXPECT_EQ(view.about_status, expected.view.about_status);
    EXPECT_EQ(view.refunded, expected.view.refunded);
    EXPECT_EQ(view.revoked_whole, expected.view.revoked_whole);
    for (const GrantPart& part : lost_in(event.body)) expected.view.lost.push_back(part.grant);
    EXPECT_EQ(view.lost, expected.view.lost);
    EXPECT_EQ(view.closed_hold, expected.view.closed_hold);
    EXPECT_EQ(view.feature, expected.view.feature);
    EXPECT_EQ(view.user, expected.view.user);
    EXPECT_EQ(view.model, expected.view.model);
    EXPECT_EQ(view.amount, expected.view.amount);
    EXPECT_EQ(view.waived, expected.view.waived);
}

void expect_same(const EventView& view, const Event& event) {
    EXPECT_EQ(view.kind, kind_of(event.body));
    EXPECT_EQ(view.seq, event.seq);
    EXPECT_EQ(view.time, event.time);
    EXPECT_EQ(view.account_no, event.account_no);
    EXPECT_EQ(view.account, event.account);
    EXPECT_EQ(view.balances, event.balances);
    EXPECT_EQ(view.has_personal, event.personal_hash.has_value());
    EXPECT_EQ(view.personal_hash, event.personal_hash.value_or(Hash256{}));
    EXPECT_EQ(view.has_origin, event.origin.has_value());
    const Origin origin = event.origin.value_or(Origin{});
    EXPECT_EQ(view.has_key, !origin.key.empty());
    EXPECT_EQ(view.key_digest, origin.key_digest);
    EXPECT_EQ(view.fingerprint, origin.fingerprint);
    EXPECT_EQ(view.first_seq, event.origin ? origin.first_seq : event.seq);
    expect_same_body(view, event);
}

TEST(EventView, SaysWhatTheEventSays) {
    RandomEvents events(11);
    EventEncoder encoder;
    for (int i = 0; i < 20'000; ++i) {
        const Event event = events.next();
        const auto view = EventView::of(encoder.encode(event));
        ASSERT_TRUE(view) << view.error().detail;
        expect_same(*view, event);
        if (HasFailure()) FAIL() << name_of(kind_of(event.body)) << " " << i;
    }
}

TEST(EventView, ViewsTheBytesGivenAtAnyAddress) {
    const Event event = tests::typical_deduction();
    EventEncoder encoder;
    for (std::size_t shift = 0; shift < 8; ++shift) {
        const std::string bytes = std::string(shift, '#') + std::string(encoder.encode(event));
        const auto view = EventView::of(std::string_view(bytes).substr(shift));
        ASSERT_TRUE(view);
        EXPECT_EQ(view->account, event.account);
        EXPECT_GE(view->account.data(), bytes.data());
        EXPECT_LT(view->account.data(), bytes.data() + bytes.size());
    }
}

TEST(EventView, RefusesWhatIsNoEvent) {
    EXPECT_EQ(EventView::of("").error().fault, CodecFault::damaged);
    EXPECT_EQ(EventView::of(std::string(64, '\0')).error().fault, CodecFault::damaged);
}

TEST(EventKind, HasANameForEachBody) {
    const std::vector<Event> events = tests::sample_events();
    ASSERT_EQ(events.size(), event_kinds_count);
    for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i].body.index(), i);
    EXPECT_EQ(name_of(EventKind::ledger_opened), "ledger_opened");
    EXPECT_EQ(name_of(kind_of(CreditsDeducted{})), "credits_deducted");
    EXPECT_EQ(name_of(kind_of(TransferredIn{})), "transferred_in");
    EXPECT_EQ(name_of(EventKind::api_key_revoked), "api_key_revoked");
    EXPECT_EQ(name_of(EventKind::subscription_moved), "subscription_moved");
    EXPECT_EQ(name_of(EventKind::clock_advanced), "clock_advanced");
    EXPECT_EQ(name_of(kind_of(OrderSet{})), "order_set");
    EXPECT_EQ(name_of(kind_of(PaymentNoted{})), "payment_noted");
    EXPECT_EQ(name_of(kind_of(PaymentReversed{})), "payment_reversed");
    EXPECT_EQ(name_of(kind_of(PaymentRestored{})), "payment_restored");
    EXPECT_EQ(name_of(kind_of(NotificationNoted{})), "notification_noted");
}

}  // namespace
}  // namespace creditd::schemas
