#include <array>
#include <string>
#include <utility>

#include "tests/fuzz/seeds.hpp"

namespace creditd::tests {
namespace {

#define CREDITD_STRIPE_HEAD "{\"object\":\"event\",\"livemode\":false,\"created\":17000000"

constexpr std::string_view paid_session = CREDITD_STRIPE_HEAD
    "01,\"id\":\"evt_1\",\"type\":\"checkout.session.completed\",\"data\":{\"object\":{\"id\":"
    "\"cs_1\","
    "\"object\":\"checkout.session\",\"mode\":\"payment\",\"payment_status\":\"paid\","
    "\"payment_intent\":\"pi_1\",\"amount_total\":900,\"currency\":\"usd\",\"metadata\":{"
    "\"creditd_account\":\"ada\",\"creditd_order\":\"o-1\"}}}}";
constexpr std::string_view paid_intent = CREDITD_STRIPE_HEAD
    "02,\"id\":\"evt_2\",\"type\":\"payment_intent.succeeded\",\"data\":{\"object\":{\"id\":\"pi_"
    "2\","
    "\"amount_received\":500,\"currency\":\"eur\",\"metadata\":{\"creditd_account\":\"ada\","
    "\"creditd_credits\":\"12.5\"}}}}";
constexpr std::string_view refunded = CREDITD_STRIPE_HEAD
    "03,\"id\":\"evt_3\",\"type\":\"charge.refunded\",\"data\":{\"object\":{\"id\":\"ch_1\","
    "\"payment_intent\":\"pi_1\",\"amount\":900,\"amount_refunded\":450,\"currency\":\"usd\","
    "\"metadata\":{}}}}";
constexpr std::string_view one_refund = CREDITD_STRIPE_HEAD
    "04,\"id\":\"evt_4\",\"type\":\"refund.updated\",\"data\":{\"object\":{\"id\":\"re_1\","
    "\"payment_intent\":\"pi_1\",\"charge\":\"ch_1\",\"amount\":450,\"currency\":\"usd\","
    "\"status\":\"failed\"}}}";
constexpr std::string_view dispute = CREDITD_STRIPE_HEAD
    "05,\"id\":\"evt_5\",\"type\":\"charge.dispute.closed\",\"data\":{\"object\":{\"id\":\"dp_1\","
    "\"payment_intent\":\"pi_1\",\"charge\":\"ch_1\",\"amount\":900,\"currency\":\"usd\","
    "\"status\":\"won\"}}}";
constexpr std::string_view first_cycle = CREDITD_STRIPE_HEAD
    "06,\"id\":\"evt_6\",\"type\":\"invoice.paid\",\"data\":{\"object\":{\"id\":\"in_1\","
    "\"billing_reason\":\"subscription_create\",\"amount_paid\":1500,\"currency\":\"usd\","
    "\"parent\":{\"subscription_details\":{\"subscription\":\"sub_1\",\"metadata\":{"
    "\"creditd_account\":\"ada\",\"creditd_plan\":\"pro\"}}},\"lines\":{\"data\":[{\"period\":{"
    "\"end\":1702600000}}]}}}}";
constexpr std::string_view failed_cycle = CREDITD_STRIPE_HEAD
    "07,\"id\":\"evt_7\",\"type\":\"invoice.payment_failed\",\"data\":{\"object\":{\"id\":\"in_2\","
    "\"subscription\":\"sub_1\",\"subscription_details\":{\"metadata\":{\"creditd_account\":"
    "\"ada\"}}}}}";
constexpr std::string_view subscription = CREDITD_STRIPE_HEAD
    "08,\"id\":\"evt_8\",\"type\":\"customer.subscription.updated\",\"data\":{\"object\":{\"id\":"
    "\"sub_1\",\"status\":\"active\",\"cancel_at_period_end\":true,\"items\":{\"data\":[{"
    "\"current_period_end\":1702600000}]},\"metadata\":{\"creditd_account\":\"ada\","
    "\"creditd_plan\":\"pro\",\"creditd_interval\":\"month\"}}}}";
constexpr std::string_view settlement =
    "{\"order_id\":\"o-2\",\"transaction_id\":\"9aed5972-5b6a-401e-894b-a32c91ed1a3a\","
    "\"transaction_status\":\"settlement\",\"status_code\":\"200\",\"fraud_status\":\"accept\","
    "\"payment_type\":\"qris\",\"gross_amount\":\"14900.00\",\"currency\":\"IDR\","
    "\"transaction_time\":\"2023-11-15 18:45:13\",\"signature_key\":\"00\"}";
constexpr std::string_view partial_refund =
    "{\"order_id\":\"o-2\",\"transaction_id\":\"9aed5972-5b6a-401e-894b-a32c91ed1a3a\","
    "\"transaction_status\":\"partial_refund\",\"status_code\":\"200\",\"payment_type\":\"qris\","
    "\"gross_amount\":\"14900.00\",\"refund_amount\":\"7000.00\",\"refunds\":[{\"refund_amount\":"
    "\"7000.00\",\"refund_key\":\"r1\"}],\"currency\":\"IDR\"}";

#undef CREDITD_STRIPE_HEAD

using Told = std::pair<char, std::string_view>;

std::string story(std::initializer_list<Told> bodies) {
    std::string out(1, '\x01');
    for (const auto& [provider, body] : bodies) {
        out += provider;
        out += static_cast<char>(body.size() & 0xff);
        out += static_cast<char>(body.size() >> 8);
        out += body;
    }
    return out;
}

}  // namespace

void write_payment_seeds(const std::filesystem::path& root) {
    SeedFolder folder(root / "payments");
    for (const std::string_view body : {paid_session, paid_intent, refunded, one_refund, dispute,
                                        first_cycle, failed_cycle, subscription}) {
        folder.add(story({{'\0', body}}));
    }
    folder.add(story({{'\1', settlement}, {'\1', partial_refund}}));
    folder.add(
        story({{'\0', paid_session}, {'\0', refunded}, {'\0', one_refund}, {'\0', dispute}}));
    folder.add(story({{'\0', first_cycle}, {'\0', failed_cycle}, {'\0', subscription}}));
    folder.add(std::string(1, '\0') + std::string("\x1a\0", 2) + "t=1700000000,v1=00,v0=11,x" +
               std::string(settlement));
}

}  // namespace creditd::tests
