#include "tests/sim/providers.hpp"

#include <iterator>

#include "daemon/payments/midtrans_signature.hpp"
#include "tests/sim/json.hpp"
#include "tests/sim/workload.hpp"

namespace creditd::sim {
namespace {

constexpr std::size_t refunds_max = 5;  // of a payment
constexpr std::size_t disputes_max = 2;
constexpr std::size_t notices_max = 60;

std::string object_of(const std::string& members) {
    return members.empty() ? "{}" : "{" + members.substr(1) + "}";
}

std::string rupiah(std::int64_t minor) { return std::to_string(minor / 100) + ".00"; }

/// The value of a field in a form.
std::string field_of(std::string_view form, std::string_view name) {
    while (!form.empty()) {
        const std::size_t end = std::min(form.find('&'), form.size());
        const std::string_view pair = form.substr(0, end);
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) == name) return std::string(pair.substr(equals + 1));
        form.remove_prefix(std::min(end + 1, form.size()));
    }
    return {};
}

/// The part of the path behind `start`, up to a slash.
std::string part_behind(std::string_view url, std::string_view start) {
    const std::size_t begin = url.find(start);
    if (begin == std::string_view::npos) return {};
    url.remove_prefix(begin + start.size());
    return std::string(url.substr(0, url.find_first_of("/?")));
}

}  // namespace

// --- what happens there --------------------------------------------------------------------------

void Providers::happen(Timestamp now, const std::vector<std::string>& accounts) {
    now_s_ = now.value / 1'000'000;
    if (notices_.size() >= notices_max) return;
    const auto dice = rng_.below(100);
    if (dice < 30 && !sessions_.empty()) return pay_session();
    if (dice < 50 && !charges_.empty()) {
        auto charge = charges_.begin();
        std::advance(charge, static_cast<std::ptrdiff_t>(rng_.below(charges_.size())));
        return move_charge(charge->first, charge->second);
    }
    if (dice < 60 || payments_.empty()) return pay_alone(accounts);
    // Mostly of the newest: there the ledger has least on its disk.
    const std::size_t newest = std::min<std::size_t>(payments_.size(), 6);
    const std::size_t back = rng_.chance(70) ? rng_.below(newest) : rng_.below(payments_.size());
    Payment& payment = payments_[payments_.size() - 1 - back];
    if (!payment.is_paid && rng_.chance(50)) return pay(payment);
    const auto what = rng_.below(10);
    if (what < 4) refund(payment);
    else if (what < 6) move_refund(payment);
    else dispute(payment);
}

void Providers::pay_session() {
    auto at = sessions_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(rng_.below(sessions_.size())));
    Session& session = at->second;
    // Somebody may pay again what is paid, or what has expired here and not yet there.
    if (session.status != "open" && !rng_.one_in(12)) return;
    if (session.status == "open" && rng_.one_in(10)) return tell_expired(session);
    session.status = "complete";
    Payment& payment = payments_.emplace_back();
    payment.id = "pi_" + std::to_string(++made_);
    payment.metadata = session.metadata;
    payment.minor = rng_.one_in(15) ? session.minor + 1 : session.minor;
    payment.has_session = true;
    if (!rng_.one_in(6)) pay(payment);
}

/// Without an order: the payment itself says what it is for.
void Providers::pay_alone(const std::vector<std::string>& accounts) {
    Payment& payment = payments_.emplace_back();
    payment.id = "pi_" + std::to_string(++made_);
    if (!rng_.one_in(10)) {
        payment.metadata =
            text_member("creditd_account", rng_.one_in(15) ? "acct-nobody" : rng_.pick(accounts));
    }
    payment.minor = 100 * rng_.between(1, 3);
    if (rng_.one_in(4)) {
        payment.metadata += text_member("creditd_package", "p" + std::to_string(1 + rng_.below(4)));
    } else {
        payment.metadata += text_member("creditd_credits", std::to_string(5 + rng_.below(30)));
    }
    if (rng_.chance(70)) pay(payment);
}

void Providers::note_purchase(const std::string& id, std::int64_t minor) {
    for (const Payment& payment : payments_) {
        if (payment.id == id) return;
    }
    Payment& payment = payments_.emplace_back();
    payment.id = id;
    payment.minor = minor;
    payment.is_paid = true;
}

void Providers::pay(Payment& payment) {
    payment.is_paid = true;
    const std::string amount = std::to_string(payment.minor);
    const std::string metadata = ",\"metadata\":" + object_of(payment.metadata);
    if (payment.has_session) {
        const bool is_late = rng_.chance(30);
        const std::string session =
            text_member("id", "cs_" + payment.id) + text_member("mode", "payment") +
            text_member("payment_intent", payment.id) + member("amount_total", amount) +
            text_member("currency", "usd") + metadata;
        if (is_late) {
            tell("checkout.session.completed", session + text_member("payment_status", "unpaid"));
        }
        tell(is_late ? "checkout.session.async_payment_succeeded" : "checkout.session.completed",
             session + text_member("payment_status", "paid"));
    }
    if (payment.has_session && rng_.chance(40)) return;
    tell("payment_intent.succeeded", text_member("id", payment.id) +
                                         member("amount_received", amount) +
                                         text_member("currency", "usd") + metadata);
}

std::int64_t Providers::given_back(const Payment& payment) {
    std::int64_t sum = 0;
    for (const Refund& refund : payment.refunds) {
        if (refund.status != "failed") sum += refund.minor;
    }
    return sum;
}

void Providers::refund(Payment& payment) {
    const std::int64_t left = payment.minor - given_back(payment);
    if (left <= 0 || payment.refunds.size() >= refunds_max) return;
    Refund& made = payment.refunds.emplace_back();
    made.id = "re_" + std::to_string(++made_);
    made.minor = rng_.chance(50) ? left : rng_.between(1, left);
    made.status = rng_.chance(50) ? "pending" : "succeeded";
    // What is told may be either of two things, or both.
    const auto dice = rng_.below(3);
    if (dice != 0) tell_refund("refund.created", payment, made);
    if (dice == 1) return;
    tell("charge.refunded", text_member("id", "ch_" + payment.id) +
                                text_member("payment_intent", payment.id) +
                                member("amount_refunded", std::to_string(given_back(payment))));
}

void Providers::move_refund(Payment& payment) {
    if (payment.refunds.empty()) return;
    Refund& refund = rng_.pick(payment.refunds);
    if (refund.status == "pending") refund.status = rng_.chance(50) ? "succeeded" : "failed";
    tell_refund(refund.status == "failed" ? "refund.failed" : "refund.updated", payment, refund);
}

void Providers::dispute(Payment& payment) {
    const bool is_new =
        payment.disputes.size() < disputes_max && (payment.disputes.empty() || rng_.one_in(6));
    if (is_new) {
        payment.disputes.push_back({"dp_" + std::to_string(++made_), "needs_response"});
        return tell_dispute("charge.dispute.created", payment, payment.disputes.back());
    }
    Dispute& dispute = rng_.pick(payment.disputes);
    if (dispute.status == "needs_response") dispute.status = rng_.chance(70) ? "won" : "lost";
    tell_dispute(dispute.status == "won" && rng_.chance(40) ? "charge.dispute.funds_reinstated"
                                                            : "charge.dispute.closed",
                 payment, dispute);
}

void Providers::move_charge(const std::string& order, Charge& charge) {
    if (charge.status == "pending") {
        const auto dice = rng_.below(10);
        charge.status = dice < 7 ? "settlement" : dice < 8 ? "expire" : "cancel";
    } else if (charge.status == "settlement" || charge.status == "partial_refund") {
        if (rng_.one_in(6)) {
            charge.status = "chargeback";
        } else {
            const std::int64_t left = charge.gross - charge.refunded;
            charge.refunded += rng_.chance(50) ? left : 100 * rng_.between(1, left / 100);
            charge.status = charge.refunded == charge.gross ? "refund" : "partial_refund";
        }
    }
    tell_charge(order, charge);
}

// --- what is told of it --------------------------------------------------------------------------

void Providers::tell(const std::string& type, const std::string& members) {
    std::string body = text_member("object", "event") +
                       text_member("id", "evt_" + std::to_string(++made_)) +
                       text_member("type", type) + member("created", std::to_string(now_s_)) +
                       member("livemode", rng_.one_in(40) ? "true" : "false") +
                       ",\"data\":{\"object\":" + object_of(members) + "}";
    notices_.push_back({true, object_of(body)});
}

void Providers::tell_refund(const std::string& type, const Payment& payment, const Refund& refund) {
    tell(type, text_member("id", refund.id) + text_member("payment_intent", payment.id) +
                   member("amount", std::to_string(refund.minor)) +
                   text_member("status", refund.status));
}

void Providers::tell_dispute(const std::string& type, const Payment& payment,
                             const Dispute& dispute) {
    tell(type, text_member("id", dispute.id) + text_member("payment_intent", payment.id) +
                   text_member("status", dispute.status));
}

void Providers::tell_expired(Session& session) {
    session.status = "expired";
    tell(rng_.chance(50) ? "checkout.session.expired" : "checkout.session.async_payment_failed",
         text_member("id", session.id) + text_member("mode", "payment") +
             text_member("payment_status", "unpaid") +
             ",\"metadata\":" + object_of(session.metadata));
}

/// Whatever it says: the daemon asks what is true.
void Providers::tell_charge(const std::string& order, const Charge& charge) {
    const std::string gross = rupiah(charge.gross);
    const std::string status = rng_.one_in(8) ? "settlement" : charge.status;
    const std::string signature = daemon::midtrans_signature(
        {order, "200", gross}, daemon::Secret(std::string(midtrans_server_key)));
    notices_.push_back(
        {false, object_of(text_member("order_id", order) + text_member("status_code", "200") +
                          text_member("gross_amount", gross) + text_member("currency", "IDR") +
                          text_member("transaction_id", "tx-" + order) +
                          text_member("transaction_status", status) +
                          text_member("signature_key", signature))});
}

Notice Providers::take_notice() {
    const std::size_t place = rng_.below(notices_.size());
    Notice notice = notices_[place];
    if (rng_.chance(30)) return notice;  // it will come again
    notices_[place] = std::move(notices_.back());
    notices_.pop_back();
    return notice;
}

// --- what they are asked -------------------------------------------------------------------------

daemon::HttpResult Providers::answer(const daemon::HttpRequest& request, Timestamp now,
                                     bool is_calm) {
    now_s_ = now.value / 1'000'000;
    daemon::HttpResult result;
    const bool is_lost = !is_calm && rng_.one_in(12);
    // Nobody knows whether what was not answered has been done.
    if (is_lost && rng_.chance(50)) {
        result.error = "The connection was closed.";
        return result;
    }
    result.status = 200;
    if (request.url.find("stripe") != std::string::npos) result.body = answer_stripe(request);
    else result.body = answer_midtrans(request, result.status);
    if (is_lost) result = {.status = 503, .body = "{}"};
    return result;
}

std::string Providers::answer_stripe(const daemon::HttpRequest& request) {
    if (request.url.find("/v1/invoice_payments") != std::string::npos) {
        return R"({"object":"list","has_more":false,"data":[]})";
    }
    const std::string ended = part_behind(request.url, "/v1/checkout/sessions/");
    if (!ended.empty()) {
        for (auto& [order, session] : sessions_) {
            if (session.id == ended && session.status == "open") tell_expired(session);
        }
        return object_of(text_member("id", ended) + text_member("status", "expired"));
    }
    const std::string order = field_of(request.body, "metadata%5Bcreditd_order%5D");
    Session& session = sessions_[order];
    if (session.id.empty()) {
        session.id = "cs_" + std::to_string(++made_);
        session.order = order;
        session.metadata = text_member("creditd_order", order);
        const std::string account = field_of(request.body, "metadata%5Bcreditd_account%5D");
        if (rng_.chance(50)) session.metadata += text_member("creditd_account", account);
        session.minor = std::stoll(
            field_of(request.body, "line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D"));
    }
    return object_of(text_member("id", session.id) +
                     text_member("url", "https://pay.example/" + session.id) +
                     text_member("status", "open") + text_member("payment_status", "unpaid"));
}

std::string Providers::status_of(const std::string& order, const Charge& charge) const {
    std::string body = text_member("status_code", "200") + text_member("order_id", order) +
                       text_member("transaction_id", "tx-" + order) +
                       text_member("transaction_status", charge.status) +
                       text_member("gross_amount", rupiah(charge.gross)) +
                       text_member("currency", "IDR") + text_member("payment_type", "qris");
    if (charge.refunded > 0) body += text_member("refund_amount", rupiah(charge.refunded));
    return object_of(body);
}

std::string Providers::answer_midtrans(const daemon::HttpRequest& request, int& status) {
    if (request.url.ends_with("/v2/charge")) {
        status = 201;
        const Json body = Json::parse(request.body);
        const std::string order = body.at("transaction_details.order_id").text;
        Charge& charge = charges_[order];
        charge.gross = 100 * std::stoll(body.at("transaction_details.gross_amount").text);
        return object_of(text_member("status_code", "201") + text_member("order_id", order) +
                         text_member("transaction_id", "tx-" + order) +
                         text_member("qr_string", "qr-" + order) +
                         R"(,"actions":[{"name":"generate-qr-code","method":"GET","url":)"
                         R"("https://qr.example/)" +
                         order + "\"}]");
    }
    const std::string order = part_behind(request.url, "/v2/");
    const auto found = charges_.find(order);
    if (found == charges_.end()) {
        return object_of(text_member("status_code", "404") +
                         text_member("status_message", "Transaction doesn't exist."));
    }
    const bool is_ended = request.url.ends_with("/expire");
    if (is_ended && found->second.status == "pending") {
        found->second.status = "expire";
        tell_charge(order, found->second);
    }
    return status_of(order, found->second);
}

}  // namespace creditd::sim
