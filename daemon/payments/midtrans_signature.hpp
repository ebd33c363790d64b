// The `signature_key` of a Midtrans notification: SHA-512 of `order_id`, `status_code`,
// `gross_amount` and the server key, one after the other as they are spelled
// (docs.midtrans.com/docs/https-notification-webhooks). It does not cover what has become of the
// payment, so it only shows that Midtrans once spoke of this order: a notification is no more than
// a reason to ask for the status. Pure functions; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/basics/secret.hpp"

namespace creditd::daemon {

struct MidtransSigned {
    std::string_view order_id;
    std::string_view status_code;
    std::string_view gross_amount;
};
std::string midtrans_signature(const MidtransSigned& content, const Secret& server_key);

/// Is the notification signed under one of the keys? False where it is no JSON object.
bool verify_midtrans_signature(std::string_view body, std::span<const Secret> server_keys);

}  // namespace creditd::daemon
