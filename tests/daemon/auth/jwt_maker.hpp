// Keys of an issuer, made anew for each test, and tokens signed with them: also tokens that no
// honest issuer makes. Written against OpenSSL alone; nothing of what it tests is used here.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace creditd::tests {

std::string base64url(std::string_view bytes);

class Issuer {
public:
    /// `kind`: RS256, ES256 or EdDSA; `bits`: of an RSA key. Since those take long to make, there
    /// are two of 2048 bits: that of the kid "other", and that of all others.
    explicit Issuer(std::string_view kind, std::string kid = "k1", unsigned bits = 2048);

    /// The public key as a JWK, with further members such as `,"use":"sig"`.
    std::string jwk(std::string_view more = {}) const;
    /// `{"keys":[…]}` of this one alone.
    std::string jwks() const { return R"({"keys":[)" + jwk() + "]}"; }

    std::string header() const { return R"({"alg":")" + kind_ + R"(","kid":")" + kid_ + "\"}"; }
    /// A token of these claims under the honest header, or under another one.
    std::string sign(std::string_view claims) const { return sign(header(), claims); }
    std::string sign(std::string_view header, std::string_view claims) const;
    /// The signature alone, over any message.
    std::string signature(std::string_view message) const;
    /// The public key as PEM.
    std::string pem() const;

private:
    std::string kind_;
    std::string kid_;
    std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace creditd::tests
