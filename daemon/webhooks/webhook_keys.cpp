#include "daemon/webhooks/webhook_keys.hpp"

#include <openssl/evp.h>

#include <array>

#include "core/assert.hpp"
#include "daemon/auth/key_file.hpp"
#include "replay/proof/signed_note.hpp"

namespace creditd::daemon {
namespace {

using replay::proof::to_base64;

const unsigned char* unsigned_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string signed_content(std::string_view id, std::int64_t timestamp, std::string_view body) {
    std::string content;
    content.reserve(id.size() + body.size() + 24);
    content += id;
    content += '.';
    content += std::to_string(timestamp);
    content += '.';
    content += body;
    return content;
}

std::string public_bytes(const evp_pkey_st& key) {
    std::array<unsigned char, 32> bytes{};
    std::size_t size = bytes.size();
    const bool is_done = EVP_PKEY_get_raw_public_key(&key, bytes.data(), &size) == 1;
    CREDITD_ASSERT(is_done && size == bytes.size());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string sign_v1(std::string_view secret, std::string_view id, std::int64_t timestamp,
                    std::string_view body) {
    return "v1," + to_base64(HmacSha256(secret).of({signed_content(id, timestamp, body)}));
}

std::string sign_v1a(evp_pkey_st& key, std::string_view id, std::int64_t timestamp,
                     std::string_view body) {
    const std::string content = signed_content(id, timestamp, body);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    CREDITD_ASSERT(context != nullptr);
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    const bool is_done =
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, &key) == 1 &&
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       unsigned_of(content), content.size()) == 1;
    CREDITD_ASSERT(is_done && size == signature.size());
    return "v1a," + to_base64(signature);
}

std::shared_ptr<evp_pkey_st> ed25519_pair(std::string_view seed) {
    CREDITD_ASSERT(seed.size() == 32);
    std::shared_ptr<evp_pkey_st> pair(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, unsigned_of(seed), seed.size()),
        &EVP_PKEY_free);
    CREDITD_ASSERT(pair != nullptr);
    return pair;
}

std::expected<WebhookKeys, std::string> WebhookKeys::open(const std::filesystem::path& folder,
                                                          const replay::LedgerId& ledger,
                                                          Random& random) {
    const auto master = open_key_file(folder / "webhook.key", random);
    if (!master) return std::unexpected(master.error());
    return WebhookKeys(ledger, *master);
}

WebhookKeys::WebhookKeys(const replay::LedgerId& ledger, std::string_view master)
    : master_(master),
      ledger_(reinterpret_cast<const char*>(ledger.bytes.data()), ledger.bytes.size()),
      pair_(ed25519_pair(master_.of({"pair", ledger_}))),
      public_key_("whpk_" + to_base64(public_bytes(*pair_))) {}

// Every part but the last has a fixed length or an end of its own: no two secrets share their
// input.
std::string WebhookKeys::secret_bytes(std::string_view endpoint, std::uint32_t number) const {
    return master_.of({"secret", ledger_, endpoint, "/", std::to_string(number)});
}

std::string WebhookKeys::secret(std::string_view endpoint, std::uint32_t number) const {
    return "whsec_" + to_base64(secret_bytes(endpoint, number));
}

std::string WebhookKeys::sign(const Endpoint& endpoint, Timestamp now, std::string_view id,
                              std::int64_t timestamp, std::string_view body) const {
    std::string value = sign_v1(secret_bytes(endpoint.id, endpoint.secret), id, timestamp, body);
    if (endpoint.secret > 1 && now < endpoint.previous_until) {
        value += ' ';
        value += sign_v1(secret_bytes(endpoint.id, endpoint.secret - 1), id, timestamp, body);
    }
    value += ' ';
    value += sign_v1a(*pair_, id, timestamp, body);
    return value;
}

}  // namespace creditd::daemon
