// From what a provider told to the commands that it asks for. What they do, and whether they are
// right, is core's affair; here is only which they are. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/command.hpp"
#include "daemon/payments/provider_news.hpp"

namespace creditd::daemon {

Digest order_digest_of(std::string_view order);
Digest notification_digest_of(std::string_view provider, std::string_view notification);
Digest payment_digest_of(std::string_view provider, std::string_view payment);

struct PaymentCommands {
    std::vector<CommandBody> bodies;
    std::string why_nothing;  // where there are none: a sentence
    std::string account;      // what it was about, as far as it was said
    std::string order;
    std::string payment_id;
};

/// `hint` stands in where the news say nothing. The commands are to be done all together.
PaymentCommands commands_for(const ProviderNews& news, const NotificationHint& hint,
                             unsigned decimals);

/// Do they say how a subscription stands?
bool is_of_subscription(const ProviderNews& news);
/// Is this refusal of such commands no reason for anybody to look: what was told is over already?
bool is_past(const ProviderNews& news, RefusalCode refusal);

}  // namespace creditd::daemon
