// What signs webhooks, as Standard Webhooks 1.0 says: a secret of each endpoint (v1, HMAC-SHA-256)
// and one key pair of the ledger (v1a, Ed25519). All of them follow from `webhook.key` of the data
// folder (0600, made at the first start): the log has no secrets, and a secret needs no storage.
// Whoever loses that file gives every endpoint a new secret. Immutable; any thread.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/endpoints.hpp"
#include "daemon/basics/hmac.hpp"
#include "daemon/basics/random.hpp"
#include "replay/block.hpp"

struct evp_pkey_st;  // OpenSSL's

namespace creditd::daemon {

class WebhookKeys {
public:
    /// The error is a sentence for the operator.
    static std::expected<WebhookKeys, std::string> open(const std::filesystem::path& folder,
                                                        const replay::LedgerId& ledger,
                                                        Random& random);
    /// From what `webhook.key` holds.
    WebhookKeys(const replay::LedgerId& ledger, std::string_view master);

    /// `whsec_…`: secret number `number` of the endpoint.
    std::string secret(std::string_view endpoint, std::uint32_t number) const;
    /// `whpk_…`, of all endpoints.
    const std::string& public_key() const { return public_key_; }

    /// The value of `webhook-signature`: what the secrets in force at `now` make of the message,
    /// and the key pair. `timestamp` in seconds.
    std::string sign(const Endpoint& endpoint, Timestamp now, std::string_view id,
                     std::int64_t timestamp, std::string_view body) const;

private:
    std::string secret_bytes(std::string_view endpoint, std::uint32_t number) const;

    HmacSha256 master_;
    std::string ledger_;
    std::shared_ptr<evp_pkey_st> pair_;
    std::string public_key_;
};

/// `v1,…` of a message under the bytes of a secret.
std::string sign_v1(std::string_view secret, std::string_view id, std::int64_t timestamp,
                    std::string_view body);
/// `v1a,…` under an Ed25519 private key.
std::string sign_v1a(evp_pkey_st& key, std::string_view id, std::int64_t timestamp,
                     std::string_view body);
/// The key pair that a seed of 32 bytes makes.
std::shared_ptr<evp_pkey_st> ed25519_pair(std::string_view seed);

}  // namespace creditd::daemon
