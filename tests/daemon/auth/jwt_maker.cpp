#include "tests/daemon/auth/jwt_maker.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>

namespace creditd::tests {
namespace {

const unsigned char* unsigned_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string bytes_of(const BIGNUM* number, std::size_t bytes) {
    std::string out(bytes, '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(bytes));
    return out;
}

std::string number_of(const EVP_PKEY* key, const char* name, std::size_t bytes) {
    BIGNUM* number = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &number), 1) << name;
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> held(number, &BN_free);
    return bytes_of(number, bytes == 0 ? static_cast<std::size_t>(BN_num_bytes(number)) : bytes);
}

/// r and s out of OpenSSL's DER.
std::string raw_of(std::string_view der) {
    const auto* at = unsigned_of(der);
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), &ECDSA_SIG_free);
    return bytes_of(ECDSA_SIG_get0_r(pair.get()), 32) + bytes_of(ECDSA_SIG_get0_s(pair.get()), 32);
}

std::shared_ptr<EVP_PKEY> rsa_key(bool other, unsigned bits) {
    static std::array<std::shared_ptr<EVP_PKEY>, 2> made;
    if (bits != 2048) return {EVP_RSA_gen(bits), &EVP_PKEY_free};
    auto& key = made[other ? 1 : 0];
    if (!key) key = {EVP_RSA_gen(bits), &EVP_PKEY_free};
    return key;
}

}  // namespace

std::string base64url(std::string_view bytes) {
    std::string out(bytes.size() / 3 * 4 + 5, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       unsigned_of(bytes), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    while (out.ends_with('=')) out.pop_back();
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

Issuer::Issuer(std::string_view kind, std::string kid, unsigned bits)
    : kind_(kind), kid_(std::move(kid)) {
    if (kind == "RS256") key_ = rsa_key(kid_ == "other", bits);
    else if (kind == "ES256") key_ = {EVP_EC_gen("P-256"), &EVP_PKEY_free};
    else key_ = {EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free};
}

std::string Issuer::jwk(std::string_view more) const {
    std::string json = R"({"kid":")" + kid_ + R"(","kty":")";
    if (kind_ == "RS256") {
        json += R"(RSA","n":")" + base64url(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0)) +
                R"(","e":")" + base64url(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0)) + '"';
    } else if (kind_ == "ES256") {
        json += R"(EC","crv":"P-256","x":")" +
                base64url(number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32)) + R"(","y":")" +
                base64url(number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)) + '"';
    } else {
        std::array<unsigned char, 32> raw{};
        std::size_t bytes = raw.size();
        EXPECT_EQ(EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &bytes), 1);
        json += R"(OKP","crv":"Ed25519","x":")" +
                base64url({reinterpret_cast<const char*>(raw.data()), bytes}) + '"';
    }
    return json.append(more) + '}';
}

std::string Issuer::signature(std::string_view message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    const EVP_MD* const digest = kind_ == "EdDSA" ? nullptr : EVP_sha256();
    EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()), 1);
    std::string out(1024, '\0');
    std::size_t bytes = out.size();
    EXPECT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &bytes,
                             unsigned_of(message), message.size()),
              1);
    out.resize(bytes);
    return kind_ == "ES256" ? raw_of(out) : out;
}

std::string Issuer::sign(std::string_view header, std::string_view claims) const {
    const std::string message = base64url(header) + '.' + base64url(claims);
    return message + '.' + base64url(signature(message));
}

std::string Issuer::pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
    EXPECT_EQ(PEM_write_bio_PUBKEY(out.get(), key_.get()), 1);
    char* text = nullptr;
    const long bytes = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(bytes)};
}

}  // namespace creditd::tests
