#include "daemon/auth/jwk_set.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

#include "core/assert.hpp"
#include "daemon/basics/base64.hpp"
#include "text/json_tape.hpp"

namespace creditd::daemon {
namespace {

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;  // beyond, a check costs milliseconds
constexpr std::size_t rsa_exponent_bytes_max = 4;
constexpr std::size_t p256_bytes = 32;
constexpr std::size_t ed25519_bytes = 32;
constexpr std::size_t der_bytes_max = 80;  // of two integers of 33 bytes

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Key = std::shared_ptr<EVP_PKEY>;

const unsigned char* unsigned_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

Number number_of(std::string_view bytes) {
    return {BN_bin2bn(unsigned_of(bytes), static_cast<int>(bytes.size()), nullptr), &BN_free};
}

/// A member that is a string; nothing where there is none.
std::optional<std::string_view> text_of(JsonValue object, std::string_view name) {
    for (const JsonValue member : object) {
        if (member.key() == name && member.kind() == JsonKind::string) return member.text();
    }
    return std::nullopt;
}

bool has(JsonValue object, std::string_view name) {
    for (const JsonValue member : object) {
        if (member.key() == name) return true;
    }
    return false;
}

std::optional<std::string> bytes_of(JsonValue object, std::string_view name) {
    const auto text = text_of(object, name);
    std::string bytes;
    if (!text || text->empty() || !decode_base64url(*text, bytes)) return std::nullopt;
    return bytes;
}

/// Nothing where the parameters are no public key of this kind.
Key key_from(const char* kind, OSSL_PARAM_BLD* builder) {
    const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters(
        OSSL_PARAM_BLD_to_param(builder), &OSSL_PARAM_free);
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr), &EVP_PKEY_CTX_free);
    CREDITD_ASSERT(parameters != nullptr && context != nullptr);
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
        return nullptr;
    }
    return {key, &EVP_PKEY_free};
}

Key rsa_key(JsonValue jwk) {
    const auto modulus_bytes = bytes_of(jwk, "n");
    const auto exponent_bytes = bytes_of(jwk, "e");
    if (!modulus_bytes || !exponent_bytes) return nullptr;
    if (modulus_bytes->size() > rsa_bits_max / 8 + 1) return nullptr;
    if (exponent_bytes->size() > rsa_exponent_bytes_max) return nullptr;
    const Number modulus = number_of(*modulus_bytes);
    const Number exponent = number_of(*exponent_bytes);
    const int bits = BN_num_bits(modulus.get());
    if (bits < rsa_bits_min || bits > rsa_bits_max || BN_is_odd(modulus.get()) != 1) return nullptr;
    if (BN_is_odd(exponent.get()) != 1 || BN_is_one(exponent.get()) == 1) return nullptr;
    const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(
        OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
    const bool is_built =
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1;
    CREDITD_ASSERT(is_built);
    return key_from("RSA", builder.get());
}

Key p256_key(JsonValue jwk) {
    const auto x = bytes_of(jwk, "x");
    const auto y = bytes_of(jwk, "y");
    if (!x || !y || x->size() != p256_bytes || y->size() != p256_bytes) return nullptr;
    const std::string point = '\4' + *x + *y;
    const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(
        OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
    const bool is_built = OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                          "prime256v1", 0) == 1 &&
                          OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                           point.data(), point.size()) == 1;
    CREDITD_ASSERT(is_built);
    return key_from("EC", builder.get());  // refuses a point that is not on the curve
}

Key ed25519_key(JsonValue jwk) {
    const auto x = bytes_of(jwk, "x");
    if (!x || x->size() != ed25519_bytes) return nullptr;
    return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, unsigned_of(*x), x->size()),
            &EVP_PKEY_free};
}

/// The algorithm of a key of this kind; nothing where it is of no kind that we take.
std::optional<JwtAlgorithm> algorithm_of_kind(JsonValue jwk) {
    const auto kind = text_of(jwk, "kty");
    if (kind == "RSA") return JwtAlgorithm::rs256;
    if (kind == "EC" && text_of(jwk, "crv") == "P-256") return JwtAlgorithm::es256;
    if (kind == "OKP" && text_of(jwk, "crv") == "Ed25519") return JwtAlgorithm::eddsa;
    return std::nullopt;
}

Key key_of(JsonValue jwk, JwtAlgorithm algorithm) {
    switch (algorithm) {
        case JwtAlgorithm::rs256: return rsa_key(jwk);
        case JwtAlgorithm::es256: return p256_key(jwk);
        case JwtAlgorithm::eddsa: return ed25519_key(jwk);
    }
    return nullptr;
}

/// Nothing: not for us. An error: for us, and broken.
std::expected<std::optional<Jwk>, std::string> parse_jwk(JsonValue jwk) {
    if (!jwk.is_object()) return std::unexpected("a key that is not an object");
    const auto algorithm = algorithm_of_kind(jwk);
    if (!algorithm) return std::nullopt;
    if (has(jwk, "use") && text_of(jwk, "use") != "sig") return std::nullopt;
    if (has(jwk, "alg") && jwt_algorithm_of(text_of(jwk, "alg").value_or("")) != algorithm) {
        return std::nullopt;
    }
    Jwk result{std::string(text_of(jwk, "kid").value_or("")), *algorithm, nullptr};
    const std::string name = "the key '" + result.kid + "'";
    if (has(jwk, "d")) return std::unexpected(name + " is a private one");
    result.key = key_of(jwk, *algorithm);
    if (!result.key) return std::unexpected(name + " is broken, or too weak");
    return result;
}

/// r and s as DER, which OpenSSL wants; nothing where they are no two numbers of 32 bytes.
std::optional<std::string> der_of(std::string_view signature) {
    if (signature.size() != 2 * p256_bytes) return std::nullopt;
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(),
                                                                     &ECDSA_SIG_free);
    const bool is_set =
        ECDSA_SIG_set0(pair.get(), number_of(signature.substr(0, p256_bytes)).release(),
                       number_of(signature.substr(p256_bytes)).release()) == 1;
    CREDITD_ASSERT(is_set);
    std::string der(der_bytes_max, '\0');
    auto* end = reinterpret_cast<unsigned char*>(der.data());
    const int bytes = i2d_ECDSA_SIG(pair.get(), &end);
    CREDITD_ASSERT(bytes > 0 && static_cast<std::size_t>(bytes) <= der_bytes_max);
    der.resize(static_cast<std::size_t>(bytes));
    return der;
}

}  // namespace

std::optional<JwtAlgorithm> jwt_algorithm_of(std::string_view name) {
    if (name == "RS256") return JwtAlgorithm::rs256;
    if (name == "ES256") return JwtAlgorithm::es256;
    if (name == "EdDSA") return JwtAlgorithm::eddsa;
    return std::nullopt;
}

std::expected<JwkSet, std::string> parse_jwk_set(std::string_view json) {
    if (json.size() > jwk_set_bytes_max) return std::unexpected("is too large");
    JsonDocument document;
    const auto root = document.parse(json);
    if (!root) return std::unexpected(root.error().pointer + ": " + root.error().detail);
    JwkSet set;
    for (const JsonValue member : *root) {
        if (!root->is_object() || member.key() != "keys" || !member.is_array()) continue;
        for (const JsonValue item : member) {
            auto parsed = parse_jwk(item);
            if (!parsed) return std::unexpected(std::move(parsed.error()));
            if (*parsed) set.push_back(std::move(**parsed));
        }
    }
    if (set.empty()) return std::unexpected("holds no key for signatures under \"keys\"");
    return set;
}

bool verify_jws(const Jwk& key, std::string_view message, std::string_view signature) {
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    std::string der;
    if (key.algorithm == JwtAlgorithm::es256) {
        auto converted = der_of(signature);
        if (!converted) return false;
        der = std::move(*converted);
        signature = der;
    }
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    const EVP_MD* const digest = key.algorithm == JwtAlgorithm::eddsa ? nullptr : sha256;
    if (EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.key.get()) != 1) {
        return false;
    }
    return EVP_DigestVerify(context.get(), unsigned_of(signature), signature.size(),
                            unsigned_of(message), message.size()) == 1;
}

}  // namespace creditd::daemon
