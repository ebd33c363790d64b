// Events as Stripe sends them, around an object that a test writes, and what was read from them.
// Values only; whoever asks for news of the wrong kind fails its test.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "daemon/payments/stripe_news.hpp"

namespace creditd::daemon::tests {

inline std::string stripe_event(std::string_view type, std::string_view object) {
    std::string body = R"({"id":"evt_1","object":"event","created":1700000000,"livemode":false,)"
                       R"("pending_webhooks":1,"type":")";
    return body.append(type).append(R"(","data":{"object":)").append(object).append("}}");
}

inline ProviderNews stripe_news(std::string_view type, std::string_view object) {
    const auto news = read_stripe_event(stripe_event(type, object));
    if (news) return *news;
    ADD_FAILURE() << type << ": " << news.error().pointer << ' ' << news.error().detail;
    return {};
}

/// Where it is wrong.
inline std::string stripe_fault(std::string_view type, std::string_view object) {
    const auto news = read_stripe_event(stripe_event(type, object));
    return news ? "nothing" : news.error().pointer;
}

template <class Kind>
Kind told(const ProviderNews& news) {
    if (const auto* kind = std::get_if<Kind>(&news.told)) return *kind;
    ADD_FAILURE() << news.type << " says something else: " << news.told.index();
    return {};
}

template <class Kind>
Kind stripe_told(std::string_view type, std::string_view object) {
    return told<Kind>(stripe_news(type, object));
}

}  // namespace creditd::daemon::tests
