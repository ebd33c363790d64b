// The requests that creditd sends to Midtrans, and what it reads in the answers. Midtrans likes to
// answer 200 with another `status_code` in the body: that one counts. A QRIS payment is of whole
// rupiah. Pure functions; any thread.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/basics/secret.hpp"
#include "daemon/outbound/http_client.hpp"
#include "daemon/payments/provider_call.hpp"
#include "daemon/payments/provider_news.hpp"

namespace creditd::daemon {

struct MidtransConfig {
    std::string base_url = "https://api.midtrans.com";
    Secret server_key;
    std::string notification_url{};  // in place of the one in Midtrans's settings; may be empty
};

struct QrisAsk {
    std::string order;  // the order's id at both sides: at most 50 letters, digits, - _ ~ .
    Money price;        // in IDR
    std::string name;   // what the customer reads
    Duration expires_in = Duration::seconds(15 * 60);  // whole minutes, rounded up
};

struct QrisCharge {
    std::string transaction;
    std::string order;
    std::string qr_string;  // what the QR code says
    std::string qr_url;     // where there is a picture of it
    std::optional<Timestamp> expires_at;
};

class MidtransCalls {
public:
    explicit MidtransCalls(MidtransConfig config) : config_(std::move(config)) {}

    /// The error is a sentence: the amount, or the order's id, is none that Midtrans can take.
    std::expected<HttpRequest, std::string> charge_qris(const QrisAsk& ask) const;
    HttpRequest get_status(std::string_view order) const;
    HttpRequest cancel(std::string_view order) const;
    HttpRequest expire(std::string_view order) const;

private:
    HttpRequest request(std::string method, std::string_view path) const;

    MidtransConfig config_;
};

/// `code` 406 says that there is a charge of that order already: its status tells more.
CallResult<QrisCharge> read_qris_charge(const HttpResult& result);
/// Of a question for the status, a cancel or an expire. Nothing: Midtrans knows no such order, as
/// when no QR code was scanned yet.
CallResult<std::optional<ProviderNews>> read_midtrans_status(const HttpResult& result);

}  // namespace creditd::daemon
