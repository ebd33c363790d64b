#include "daemon/basics/hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>

#include "core/assert.hpp"

namespace creditd::daemon {
namespace {

const unsigned char* unsigned_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

using Context = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

/// Without a key, to be copied for each: so OpenSSL looks the algorithms up once.
const EVP_MAC_CTX* unkeyed() {
    static const Context context = [] {
        const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(
            EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
        CREDITD_ASSERT(mac != nullptr);
        Context made(EVP_MAC_CTX_new(mac.get()), &EVP_MAC_CTX_free);
        char digest[] = "SHA256";
        const std::array<OSSL_PARAM, 2> parameters{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
            OSSL_PARAM_construct_end()};
        const bool is_set = made && EVP_MAC_CTX_set_params(made.get(), parameters.data()) == 1;
        CREDITD_ASSERT(is_set);
        return made;
    }();
    return context.get();
}

}  // namespace

HmacSha256::HmacSha256(std::string_view key) {
    const std::shared_ptr<evp_mac_ctx_st> context(EVP_MAC_CTX_dup(unkeyed()), &EVP_MAC_CTX_free);
    const bool is_ready =
        context && EVP_MAC_init(context.get(), unsigned_of(key), key.size(), nullptr) == 1;
    CREDITD_ASSERT(is_ready);
    keyed_ = context;
}

std::string HmacSha256::of(std::initializer_list<std::string_view> parts) const {
    const Context mac(EVP_MAC_CTX_dup(keyed_.get()), &EVP_MAC_CTX_free);
    CREDITD_ASSERT(mac != nullptr);
    bool is_done = true;
    for (const std::string_view part : parts) {
        is_done = is_done && EVP_MAC_update(mac.get(), unsigned_of(part), part.size()) == 1;
    }
    std::string result(bytes, '\0');
    std::size_t written = 0;
    is_done = is_done && EVP_MAC_final(mac.get(), reinterpret_cast<unsigned char*>(result.data()),
                                       &written, result.size()) == 1;
    CREDITD_ASSERT(is_done && written == bytes);
    return result;
}

}  // namespace creditd::daemon
