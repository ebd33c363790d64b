#include "daemon/payments/stripe_news.hpp"

#include <array>
#include <utility>

#include "daemon/payments/stripe_told.hpp"

namespace creditd::daemon {
namespace {

struct EventReader {
    std::string_view type;
    Told (*read)(const StripeEvent& event, NewsGoods& goods);
};

constexpr std::array event_readers{
    EventReader{"checkout.session.completed", told_by_completed_session},
    EventReader{"checkout.session.async_payment_succeeded", told_by_paid_session},
    EventReader{"checkout.session.async_payment_failed", told_by_unpaid_session},
    EventReader{"checkout.session.expired", told_by_unpaid_session},
    EventReader{"customer.subscription.created", told_by_subscription},
    EventReader{"customer.subscription.updated", told_by_subscription},
    EventReader{"customer.subscription.deleted", told_by_subscription},
    EventReader{"customer.subscription.paused", told_by_subscription},
    EventReader{"customer.subscription.resumed", told_by_subscription},
    EventReader{"invoice.paid", told_by_paid_invoice},
    EventReader{"invoice.payment_failed", told_by_failed_invoice},
    EventReader{"payment_intent.succeeded", told_by_payment_intent},
    EventReader{"charge.refunded", told_by_charge},
    EventReader{"charge.refund.updated", told_by_refund},
    EventReader{"refund.created", told_by_refund},
    EventReader{"refund.updated", told_by_refund},
    EventReader{"refund.failed", told_by_refund},
    EventReader{"charge.dispute.created", told_by_dispute},
    EventReader{"charge.dispute.updated", told_by_dispute},
    EventReader{"charge.dispute.closed", told_by_dispute},
    EventReader{"charge.dispute.funds_withdrawn", told_by_dispute},
    EventReader{"charge.dispute.funds_reinstated", told_by_dispute},
};

Told told_by(const StripeEvent& event, NewsGoods& goods) {
    for (const EventReader& reader : event_readers) {
        if (reader.type == event.type) return reader.read(event, goods);
    }
    return NothingTold{"An event of a type that creditd does not act on."};
}

void read_event(const ForeignObject& event, StripeRules rules, ProviderNews& news) {
    news.notification = event.required_id("id");
    news.type = event.required_text("type");
    if (event.text("object") == "v2.core.event") {
        news.told = NothingTold{"A thin event: it says that something happened, and not what."};
        return;
    }
    news.at = event.moment("created");
    const ForeignObject object = event.object("data").object("object");
    if (!object.is_there()) event.object("data").fail("object", "must be an object");
    const bool is_other_mode = rules.livemode && event.flag("livemode") != *rules.livemode;
    if (is_other_mode) {
        news.told = NothingTold{event.flag("livemode") ? "An event of live mode, told to a test."
                                                       : "An event of test mode, told to a live "
                                                         "ledger."};
        return;
    }
    news.told = told_by({news.type, object}, news.goods);
}

}  // namespace

std::optional<bool> livemode_of_key(std::string_view secret_key) {
    if (secret_key.size() < 3 || secret_key.substr(1, 2) != "k_") return std::nullopt;
    const std::string_view mode = secret_key.substr(3);
    if (mode.starts_with("live_")) return true;
    if (mode.starts_with("test_")) return false;
    return std::nullopt;
}

std::expected<ProviderNews, FieldError> read_stripe_event(JsonValue event, StripeRules rules) {
    if (!event.is_object()) return std::unexpected(FieldError{"#", "must be an object"});
    FieldErrors errors;
    ProviderNews news;
    read_event(ForeignObject(event, errors), rules, news);
    if (!errors.empty()) return std::unexpected(errors.list().front());
    return news;
}

std::expected<ProviderNews, FieldError> read_stripe_event(std::string_view body,
                                                          StripeRules rules) {
    JsonDocument document;
    const auto event = document.parse(body);
    if (!event) return std::unexpected(event.error());
    return read_stripe_event(*event, rules);
}

}  // namespace creditd::daemon
