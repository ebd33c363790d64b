#include "replay/tool/books/book_writer.hpp"

namespace creditd::replay::tool {
namespace {

template <class Body>
std::string note(const Body&) {
    return {};
}
std::string note(const CreditsPurchased& body) { return body.provider + " " + body.payment_id; }
std::string note(const CreditsDeducted& body) { return body.usage.feature; }
std::string note(const HoldCaptured& body) { return body.usage.feature; }
std::string note(const CreditsRefunded& body) {
    return "txn_" + std::to_string(body.deduction.value);
}
std::string note(const TransferredOut& body) { return body.to; }
std::string note(const TransferredIn& body) { return body.from; }
std::string note(const SubscriptionMoved& body) { return body.subscription.plan; }
std::string note(const PromotionRedeemed& body) { return body.code; }
std::string note(const ReferralRewarded& body) { return body.partner; }

}  // namespace

std::string note_of(const EventBody& body) {
    return std::visit([](const auto& kind) { return note(kind); }, body);
}

}  // namespace creditd::replay::tool
