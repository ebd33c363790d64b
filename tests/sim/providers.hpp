// The payment providers, simulated: what customers do there, what the daemon asks of them, and the
// notifications that they send of it: twice, out of order, and again until they are heard. They
// outlive every crash of the daemon. Owned by the clients, one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "daemon/outbound/http_client.hpp"
#include "tests/sim/rng.hpp"

namespace creditd::sim {

// What the daemon and the providers know of each other; in no output.
inline constexpr std::string_view stripe_secret_key = "sk_test_planted_8c1d40b7";
inline constexpr std::string_view stripe_webhook_secret = "whsec_planted_51f0a2d9";
inline constexpr std::string_view midtrans_server_key = "SB-Mid-server-planted-77ce";

/// One notification, as its body; it is signed when it is sent.
struct Notice {
    bool is_stripe = true;
    std::string body;
};

class Providers {
public:
    explicit Providers(std::uint64_t seed) : rng_(Rng::of(seed, "providers")) {}

    /// Something happens at one of them: somebody pays, or wants money back.
    void happen(Timestamp now, const std::vector<std::string>& accounts);
    /// Any of the notifications that wait, and whether it will come again.
    bool has_notices() const { return !notices_.empty(); }
    Notice take_notice();
    /// The answer to what the daemon asks. `is_calm`: nothing fails any more.
    daemon::HttpResult answer(const daemon::HttpRequest& request, Timestamp now, bool is_calm);
    /// Payments that clients have made known to the ledger by themselves.
    void note_purchase(const std::string& id, std::int64_t minor);

private:
    struct Refund {
        std::string id;
        std::int64_t minor = 0;
        std::string status;
    };
    struct Dispute {
        std::string id;
        std::string status;
    };
    struct Payment {  // at Stripe
        std::string id;
        std::string metadata;  // members of an object
        std::int64_t minor = 0;
        bool has_session = false;
        bool is_paid = false;
        std::vector<Refund> refunds;
        std::vector<Dispute> disputes;
    };
    struct Session {
        std::string id;
        std::string order;
        std::string metadata;
        std::int64_t minor = 0;
        std::string status = "open";
    };
    struct Charge {  // at Midtrans
        std::int64_t gross = 0;
        std::int64_t refunded = 0;
        std::string status = "pending";
    };

    void pay_session();
    void pay_alone(const std::vector<std::string>& accounts);
    void pay(Payment& payment);
    void refund(Payment& payment);
    void move_refund(Payment& payment);
    void dispute(Payment& payment);
    void move_charge(const std::string& order, Charge& charge);
    void tell(const std::string& type, const std::string& object);
    void tell_refund(const std::string& type, const Payment& payment, const Refund& refund);
    void tell_dispute(const std::string& type, const Payment& payment, const Dispute& dispute);
    void tell_expired(Session& session);
    void tell_charge(const std::string& order, const Charge& charge);
    static std::int64_t given_back(const Payment& payment);
    std::string status_of(const std::string& order, const Charge& charge) const;
    std::string answer_stripe(const daemon::HttpRequest& request);
    std::string answer_midtrans(const daemon::HttpRequest& request, int& status);

    Rng rng_;
    std::int64_t now_s_ = 0;
    std::deque<Payment> payments_;
    std::map<std::string, Session> sessions_;  // by order
    std::map<std::string, Charge> charges_;    // by order
    std::vector<Notice> notices_;
    std::uint64_t made_ = 0;  // of anything: names follow from it
};

}  // namespace creditd::sim
