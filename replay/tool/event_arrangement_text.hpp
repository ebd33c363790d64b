// Offers, and what is arranged with an account beyond its credits, as JSON members. Part of
// event_body_text.hpp's work, apart for its length. Pure functions, any thread.
#pragma once

#include <type_traits>

#include "core/event.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {

void append_arrangement(JsonText& json, const OfferSet& body);
void append_arrangement(JsonText& json, const OfferRemoved& body);
void append_arrangement(JsonText& json, const SubscriptionMoved& body);
void append_arrangement(JsonText& json, const PromotionRedeemed& body);
void append_arrangement(JsonText& json, const ReferralMade& body);
void append_arrangement(JsonText& json, const ReferralRewarded& body);
void append_arrangement(JsonText& json, const BudgetSet& body);
void append_arrangement(JsonText& json, const BudgetRemoved& body);
void append_arrangement(JsonText& json, const AlertSet& body);
void append_arrangement(JsonText& json, const AlertRemoved& body);
void append_arrangement(JsonText& json, const BalanceAlerted& body);
void append_arrangement(JsonText& json, const AutoTopUpSet& body);
void append_arrangement(JsonText& json, const AutoTopUpRemoved& body);
void append_arrangement(JsonText& json, const TopUpAsked& body);
void append_arrangement(JsonText& json, const ClockAdvanced& body);
void append_arrangement(JsonText& json, const EndpointSet& body);
void append_arrangement(JsonText& json, const EndpointRemoved& body);

/// Is this one of the kinds above?
template <class Body>
inline constexpr bool is_arrangement =
    requires(JsonText& json, const Body& body) { append_arrangement(json, body); };

}  // namespace creditd::replay::tool
