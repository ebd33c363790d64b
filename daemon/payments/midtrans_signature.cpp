#include "daemon/payments/midtrans_signature.hpp"

#include <openssl/evp.h>

#include <array>

#include "core/assert.hpp"
#include "daemon/payments/foreign_json.hpp"
#include "daemon/payments/hexadecimal.hpp"

namespace creditd::daemon {

std::string midtrans_signature(const MidtransSigned& content, const Secret& server_key) {
    static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
    std::string text;
    text.append(content.order_id).append(content.status_code).append(content.gross_amount);
    text.append(server_key.reveal());
    std::array<unsigned char, 64> digest{};
    unsigned size = 0;
    const bool is_done =
        EVP_Digest(text.data(), text.size(), digest.data(), &size, sha512, nullptr) == 1;
    CREDITD_ASSERT(is_done && size == digest.size());
    explicit_bzero(text.data(), text.size());
    return hexadecimal({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool verify_midtrans_signature(std::string_view body, std::span<const Secret> server_keys) {
    JsonDocument document;
    const auto root = document.parse(body);
    if (!root || !root->is_object()) return false;
    FieldErrors errors;
    const ForeignObject notification(*root, errors);
    const std::string order_id = notification.required_text("order_id");
    const std::string status_code = notification.required_text("status_code");
    const std::string gross_amount = notification.required_text("gross_amount");
    const std::string given = notification.required_text("signature_key");
    if (!errors.empty()) return false;
    bool is_match = false;
    for (const Secret& key : server_keys) {
        if (key.empty()) continue;  // one that anybody could sign with
        const std::string expected = midtrans_signature({order_id, status_code, gross_amount}, key);
        is_match = equal_in_constant_time(given, expected) || is_match;
    }
    return is_match;
}

}  // namespace creditd::daemon
