// JWTs: who is believed, and everybody who is not.
#include "daemon/auth/jwt.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "tests/daemon/auth/jwt_maker.hpp"

namespace creditd::daemon {
namespace {

using tests::base64url;
using tests::Issuer;

constexpr std::int64_t now_s = 1'700'000'000;
constexpr Timestamp now{now_s * 1'000'000};

JwtRules rules() {
    return {"https://id.example",
            "creditd",
            {JwtAlgorithm::rs256, JwtAlgorithm::es256, JwtAlgorithm::eddsa},
            "sub",
            {},
            Duration::seconds(30)};
}

std::string claims(std::string_view more = {}, std::int64_t expires = now_s + 60) {
    return R"({"iss":"https://id.example","aud":"creditd","sub":"alice","exp":)" +
           std::to_string(expires) + std::string(more) + '}';
}

/// The account of a token, or nothing.
std::string account_of(JwtVerifier& verifier, std::string_view token, Timestamp at = now) {
    const auto user = verifier.check(token, at);
    return user ? user->account : "";
}

JwtVerifier& trusting(JwtVerifier& verifier, const std::string& jwks) {
    auto keys = parse_jwk_set(jwks);
    EXPECT_TRUE(keys.has_value()) << (keys ? "" : keys.error());
    if (keys) verifier.set_keys(std::move(*keys));
    return verifier;
}

TEST(Jwt, BelievesWhomTheIssuerHasSigned) {
    for (const std::string_view kind : {"RS256", "ES256", "EdDSA"}) {
        const Issuer issuer(kind);
        JwtVerifier verifier(rules());
        EXPECT_EQ(account_of(verifier, issuer.sign(claims())), "") << "without keys";
        trusting(verifier, issuer.jwks());
        EXPECT_EQ(account_of(verifier, issuer.sign(claims())), "alice") << kind;
        const Issuer other(kind, "other");
        EXPECT_EQ(account_of(verifier, other.sign(issuer.header(), claims())), "") << kind;
        EXPECT_EQ(account_of(verifier, other.sign(claims())), "") << kind;
        const auto user = verifier.check(issuer.sign(claims()), now);
        ASSERT_TRUE(user.has_value());
        EXPECT_EQ(user->expires_at, now + Duration::seconds(90)) << "the leeway is in it";
    }
}

TEST(Jwt, TheKeyChoosesTheAlgorithm) {
    const Issuer rsa("RS256", "rsa");
    const Issuer ec("ES256", "ec");
    JwtVerifier verifier(rules());
    trusting(verifier, R"({"keys":[)" + rsa.jwk() + ',' + ec.jwk() + "]}");
    const auto with = [&](std::string_view header) { return rsa.sign(header, claims()); };
    EXPECT_EQ(account_of(verifier, with(R"({"alg":"RS256","kid":"rsa"})")), "alice");
    EXPECT_EQ(account_of(verifier, with(R"({"alg":"RS256"})")), "alice") << "the only RSA key";
    EXPECT_EQ(account_of(verifier, with(R"({"typ":"JWT","alg":"RS256","kid":"rsa"})")), "alice");
    for (const char* header : {R"({"alg":"RS256","kid":"ec"})",
                               R"({"alg":"RS256","kid":"none"})",
                               R"({"alg":"ES256","kid":"rsa"})",
                               R"({"alg":"ES256","kid":"ec"})",
                               R"({"alg":"none"})",
                               R"({"alg":"None","kid":"rsa"})",
                               R"({"alg":"HS256","kid":"rsa"})",
                               R"({"alg":"PS256","kid":"rsa"})",
                               R"({"alg":"rs256","kid":"rsa"})",
                               R"({"kid":"rsa"})",
                               R"({"alg":"RS256","alg":"RS256","kid":"rsa"})",
                               R"({"alg":"RS256","kid":7})",
                               R"({"alg":"RS256","kid":"rsa","crit":["exp"]})",
                               R"({"alg":"RS256","kid":"rsa","b64":true})",
                               R"({"alg":"RS256","kid":"rsa","typ":"secevent+jwt"})",
                               R"({"alg":["RS256"]})",
                               "[]",
                               "",
                               "RS256",
                               R"({"alg":"RS256","kid":"rsa"}x)"}) {
        EXPECT_EQ(account_of(verifier, with(header)), "") << header;
    }
}

TEST(Jwt, NoTokenBringsItsOwnKey) {
    const Issuer issuer("ES256", "k1");
    const Issuer forger("ES256", "k1");
    JwtVerifier verifier(rules());
    trusting(verifier, issuer.jwks());
    const std::string own = R"({"alg":"ES256","kid":"k1","jwk":)" + forger.jwk() + '}';
    EXPECT_EQ(account_of(verifier, forger.sign(own, claims())), "");
    EXPECT_EQ(account_of(verifier, issuer.sign(own, claims())), "alice") << "it is not looked at";
}

/// A token "signed" with what everybody knows: the public key as the secret of an HMAC.
std::string hmac_token(const Issuer& issuer, const std::string& header) {
    const std::string message = base64url(header) + '.' + base64url(claims());
    const std::string secret = issuer.pem();
    std::array<unsigned char, 32> mac{};
    unsigned bytes = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(),
         &bytes);
    return message + '.' + base64url({reinterpret_cast<const char*>(mac.data()), bytes});
}

TEST(Jwt, APublicKeyIsNoSecret) {
    const Issuer issuer("RS256");
    JwtVerifier verifier(rules());
    trusting(verifier, issuer.jwks());
    for (const char* alg : {"HS256", "RS256", "none"}) {
        const std::string header = std::string(R"({"alg":")") + alg + R"(","kid":"k1"})";
        EXPECT_EQ(account_of(verifier, hmac_token(issuer, header)), "") << alg;
        const std::string unsigned_token = base64url(header) + '.' + base64url(claims()) + '.';
        EXPECT_EQ(account_of(verifier, unsigned_token), "") << alg;
    }
}

TEST(Jwt, TakesOnlyTheAlgorithmsThatAreConfigured) {
    const Issuer issuer("ES256");
    JwtRules strict = rules();
    strict.algorithms = {JwtAlgorithm::eddsa};
    JwtVerifier verifier(strict);
    trusting(verifier, issuer.jwks());
    EXPECT_EQ(account_of(verifier, issuer.sign(claims())), "");
}

TEST(Jwt, EachCharacterCounts) {
    const Issuer issuer("EdDSA");
    JwtVerifier verifier(rules());
    trusting(verifier, issuer.jwks());
    const std::string token = issuer.sign(claims());
    ASSERT_EQ(account_of(verifier, token), "alice");
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(account_of(verifier, changed), "") << i;
        EXPECT_EQ(account_of(verifier, token.substr(0, i)), "") << i;
    }
    for (const std::string& changed :
         {token + "=", token + ".", "." + token, token + "\n", token + ".e30", " " + token}) {
        EXPECT_EQ(account_of(verifier, changed), "") << changed;
    }
    EXPECT_EQ(account_of(verifier, std::string(jwt_bytes_max + 1, '.')), "");
    const std::string large = R"(,"x":")" + std::string(jwt_bytes_max, 'x') + '"';
    EXPECT_EQ(account_of(verifier, issuer.sign(claims(large))), "") << "too large";
}

std::string account_of_claims(std::string_view json, const JwtRules& by = rules()) {
    const auto user = read_jwt_claims(json, by, now);
    return user ? user->account : "";
}

TEST(Jwt, ClaimsAreForUs) {
    EXPECT_EQ(account_of_claims(claims()), "alice");
    EXPECT_EQ(account_of_claims(claims(R"(,"iat":1,"azp":"x","role":{"a":[1.5e3]})")), "alice");
    const std::string end = R"(,"sub":"alice","exp":)" + std::to_string(now_s + 60) + '}';
    const std::string us = R"({"iss":"https://id.example")";
    EXPECT_EQ(account_of_claims(us + R"(,"aud":["x","creditd"])" + end), "alice");
    for (const std::string& json :
         {us + end, us + R"(,"aud":"creditd2")" + end, us + R"(,"aud":[])" + end,
          us + R"(,"aud":["credit"])" + end, us + R"(,"aud":{"creditd":1})" + end,
          us + R"(,"aud":null)" + end, us + R"(,"aud":"creditd","aud":"creditd")" + end,
          R"({"iss":"https://id.example/","aud":"creditd")" + end,
          R"({"iss":["https://id.example"],"aud":"creditd")" + end, R"({"aud":"creditd")" + end,
          std::string("[]"), std::string("null"), std::string(), claims() + "{}"}) {
        EXPECT_EQ(account_of_claims(json), "") << json;
    }
}

TEST(Jwt, TheAccountIsAnId) {
    const auto of = [](std::string_view account) {
        return account_of_claims(R"({"iss":"https://id.example","aud":"creditd","exp":)" +
                                 std::to_string(now_s + 1) + R"(,"sub":)" + std::string(account) +
                                 '}');
    };
    EXPECT_EQ(of(R"("user_2abc")"), "user_2abc");
    EXPECT_EQ(of(R"("a\u006cice")"), "alice") << "as JSON spells it";
    for (const char* account : {R"("")", R"("a/b")", R"("a b")", R"("auth0|1")", "7", "null", "{}",
                                R"(["alice"])", R"("alice\u0000")"}) {
        EXPECT_EQ(of(account), "") << account;
    }
    JwtRules other = rules();
    other.account_claim = "credit_account";
    EXPECT_EQ(account_of_claims(claims(), other), "");
    EXPECT_EQ(account_of_claims(claims(R"(,"credit_account":"team:7")"), other), "team:7");
}

TEST(Jwt, AuthorizedPartiesAreLookedAtWhereTheyAreSet) {
    JwtRules strict = rules();
    strict.audience.clear();
    strict.authorized_parties = {"https://app.example", "https://b.example"};
    EXPECT_EQ(account_of_claims(claims(R"(,"azp":"https://b.example")"), strict), "alice");
    EXPECT_EQ(account_of_claims(claims(R"(,"azp":"https://c.example")"), strict), "");
    EXPECT_EQ(account_of_claims(claims(R"(,"azp":["https://b.example"])"), strict), "");
    EXPECT_EQ(account_of_claims(claims(), strict), "");
}

TEST(Jwt, BeginsAndEndsAtTheSecond) {
    EXPECT_EQ(account_of_claims(claims({}, now_s - 29)), "alice") << "within the leeway";
    EXPECT_EQ(account_of_claims(claims({}, now_s - 30)), "");
    EXPECT_EQ(account_of_claims(claims(R"(,"nbf":)" + std::to_string(now_s + 30))), "alice");
    EXPECT_EQ(account_of_claims(claims(R"(,"nbf":)" + std::to_string(now_s + 31))), "");
    for (const char* moment :
         {R"("1")", "null", "-1", "1e3", "true", "[1]", "99999999999999999999"}) {
        EXPECT_EQ(account_of_claims(claims(std::string(R"(,"nbf":)") + moment)), "") << moment;
        EXPECT_EQ(
            account_of_claims(R"({"iss":"https://id.example","aud":"creditd","sub":"a","exp":)" +
                              std::string(moment) + '}'),
            "")
            << moment;
    }
    EXPECT_EQ(account_of_claims(R"({"iss":"https://id.example","aud":"creditd","sub":"a"})"), "");
    EXPECT_EQ(account_of_claims(claims(R"(,"nbf":1.75)")), "alice");
}

TEST(Jwt, RemembersWhatItVerifiedUntilItEnds) {
    const Issuer issuer("EdDSA");
    JwtVerifier verifier(rules());
    trusting(verifier, issuer.jwks());
    const std::string token = issuer.sign(claims());
    EXPECT_EQ(account_of(verifier, token), "alice");
    EXPECT_EQ(verifier.remembered(), 1U);
    EXPECT_EQ(account_of(verifier, token), "alice");
    EXPECT_EQ(account_of(verifier, token, now + Duration::seconds(89)), "alice");
    EXPECT_EQ(account_of(verifier, token, now + Duration::seconds(90)), "");
    EXPECT_EQ(account_of(verifier, token + "x"), "");
    EXPECT_EQ(verifier.remembered(), 1U) << "what is refused is not kept";
    trusting(verifier, Issuer("EdDSA").jwks());
    EXPECT_EQ(account_of(verifier, token), "") << "its key is gone";
}

TEST(Jwt, DoesNotRememberWithoutEnd) {
    const Issuer issuer("EdDSA");
    JwtVerifier verifier(rules(), 10);
    trusting(verifier, issuer.jwks());
    for (unsigned i = 0; i < 50; ++i) {
        ASSERT_EQ(account_of(verifier, issuer.sign(claims(",\"n\":" + std::to_string(i)))),
                  "alice");
        ASSERT_LE(verifier.remembered(), 10U);
        ASSERT_GE(verifier.remembered(), std::min(i + 1U, 5U));
    }
}

}  // namespace
}  // namespace creditd::daemon
