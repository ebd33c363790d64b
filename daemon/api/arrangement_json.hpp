// Subscriptions, budgets, alerts and the auto top-up as JSON, both ways: the bodies of requests,
// and the objects in answers. Only names and forms: what they do is core's.
#pragma once

#include "core/command.hpp"
#include "text/json_reader.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {

// Bodies; the caller finishes the reader. `account` is empty where the path names none.
Subscribe read_subscribe(ObjectReader& reader, std::string account);
ChangeSubscription read_subscription_change(ObjectReader& reader, std::string account);
CancelSubscription read_cancellation(ObjectReader& reader, std::string account);
RenewSubscription read_renewal(ObjectReader& reader, std::string account);
RedeemPromotion read_redemption(ObjectReader& reader, std::string_view code);
ReferAccount read_referral(ObjectReader& reader);
SetBudget read_budget(ObjectReader& reader, std::string account, std::string_view id,
                      unsigned decimals);
SetAlert read_alert(ObjectReader& reader, std::string account, std::string_view id,
                    unsigned decimals);
SetAutoTopUp read_auto_top_up(ObjectReader& reader, std::string account, unsigned decimals);

/// `Z`, `UTC`, or whole hours as `+7`, `-03`, `+05:00`; from -12 to +14.
std::optional<std::int8_t> parse_utc_offset(std::string_view text);
/// As `+07:00`.
std::string utc_offset_text(std::int8_t hours);

// Fields into an open object.
void render_subscription_fields(JsonWriter& json, const Subscription& subscription,
                                unsigned decimals);
void render_budget_fields(JsonWriter& json, const BudgetTerms& terms, unsigned decimals);
void render_alert_fields(JsonWriter& json, const AlertTerms& terms, unsigned decimals);
void render_auto_top_up_fields(JsonWriter& json, const AutoTopUpTerms& terms, unsigned decimals);

std::string_view name_of(SubscriptionStep step);
std::string_view name_of(AlertNews news);
std::string_view name_of(AlertLevel level);

}  // namespace creditd::daemon
