// What the calls about payments need besides the ledger: how the providers are reached, and the
// index of orders and notifications. Owned by the daemon; handlers only borrow it.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/outbound/http_client.hpp"
#include "daemon/payments/midtrans_calls.hpp"
#include "daemon/payments/stripe_answers.hpp"
#include "daemon/payments/stripe_calls.hpp"
#include "replay/followers/payment_index.hpp"

namespace creditd::daemon {

struct StripeSide {
    StripeCalls calls;
    bool can_call = false;  // there is a secret key
    std::vector<Secret> webhook_secrets;
    StripeRules rules;
    std::string publishable_key;
    std::string success_url;
    std::string cancel_url;
    std::string portal_return_url;
};
struct MidtransSide {
    MidtransCalls calls;
    std::vector<Secret> server_keys;  // empty: not configured
    std::string client_key;

    bool can_call() const { return !server_keys.empty(); }
};

/// How often an order's status may be asked for: pages poll, providers do not like it.
class PollLimit {
public:
    /// May it be asked for now? Remembers that it was.
    bool admit(const std::string& order, std::int64_t now_us);

private:
    std::mutex mutex_;
    std::unordered_map<std::string, std::int64_t> asked_;
};

struct Payments {
    using Send = std::function<void(HttpRequest, HttpClient::Done)>;
    Payments(StripeSide stripe_side, MidtransSide midtrans_side,
             const replay::followers::PaymentIndex& payment_index, Send send_request)
        : stripe(std::move(stripe_side)),
          midtrans(std::move(midtrans_side)),
          index(payment_index),
          send(std::move(send_request)) {}

    const StripeSide stripe;
    const MidtransSide midtrans;
    const replay::followers::PaymentIndex& index;
    const Send send;
    mutable PollLimit polls;
};

}  // namespace creditd::daemon
