// JWK sets: the examples of the RFCs verify, keys that are not for us are passed over, and broken,
// weak or private ones are refused.
#include "daemon/auth/jwk_set.hpp"

#include <gtest/gtest.h>

#include "daemon/basics/base64.hpp"
#include "tests/daemon/auth/jwt_maker.hpp"

namespace creditd::daemon {
namespace {

using tests::Issuer;

std::string decoded(std::string_view text) {
    std::string bytes;
    EXPECT_TRUE(decode_base64url(text, bytes));
    return bytes;
}

JwkSet parsed(const std::string& json) {
    auto set = parse_jwk_set(json);
    EXPECT_TRUE(set.has_value()) << (set ? "" : set.error());
    return set ? std::move(*set) : JwkSet{};
}

/// Does the one key of the set verify this token?
bool is_verified(const std::string& jwk, std::string_view token) {
    const JwkSet set = parsed(R"({"keys":[)" + jwk + "]}");
    const std::size_t last = token.rfind('.');
    return set.size() == 1 &&
           verify_jws(set[0], token.substr(0, last), decoded(token.substr(last + 1)));
}

// RFC 7515, appendices A.2 and A.3; RFC 8037, appendix A.4.
constexpr std::string_view rsa_jwk =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4)"
    R"(qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OM)"
    R"(g0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3)"
    R"(qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4F)"
    R"(RWyuXpoQ","e":"AQAB"})";
constexpr std::string_view rsa_token =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm"
    "4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6"
    "xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
    "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view ec_jwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view ec_token =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxf"
    "KTUJqPP3-Kg6NU1Q";
constexpr std::string_view ed_jwk =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr std::string_view ed_token =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg"
    "3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

TEST(JwkSet, VerifiesTheExamplesOfTheStandards) {
    EXPECT_TRUE(is_verified(std::string(rsa_jwk), rsa_token));
    EXPECT_TRUE(is_verified(std::string(ec_jwk), ec_token));
    EXPECT_TRUE(is_verified(std::string(ed_jwk), ed_token));
    EXPECT_FALSE(is_verified(std::string(ec_jwk), ed_token));
    EXPECT_FALSE(is_verified(std::string(rsa_jwk), ec_token));
    EXPECT_FALSE(is_verified(std::string(ed_jwk), rsa_token));
}

TEST(JwkSet, EachBitOfASignatureCounts) {
    for (const std::string_view kind : {"RS256", "ES256", "EdDSA"}) {
        const Issuer issuer(kind);
        const JwkSet set = parsed(issuer.jwks());
        ASSERT_EQ(set.size(), 1U);
        const std::string good = issuer.signature("message");
        ASSERT_TRUE(verify_jws(set[0], "message", good)) << kind;
        EXPECT_FALSE(verify_jws(set[0], "messagf", good)) << kind;
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
            EXPECT_FALSE(verify_jws(set[0], "message", bad)) << kind << ' ' << i;
        }
        for (const std::size_t bytes : {0UZ, 1UZ, 32UZ, 63UZ, good.size() - 1}) {
            EXPECT_FALSE(verify_jws(set[0], "message", good.substr(0, bytes))) << kind << bytes;
        }
        EXPECT_FALSE(verify_jws(set[0], "message", good + '\0')) << kind;
        EXPECT_FALSE(verify_jws(set[0], "message", std::string(64, '\0'))) << kind;
        EXPECT_FALSE(verify_jws(set[0], "message", std::string(64, '\xff'))) << kind;
    }
}

TEST(JwkSet, PassesOverWhatIsNotForUs) {
    const Issuer rsa("RS256", "rsa");
    const Issuer ec("ES256", "ec");
    const auto count = [](const std::string& keys) {
        return parsed(R"({"more":1,"keys":[)" + keys + "]}").size();
    };
    EXPECT_EQ(count(rsa.jwk() + ',' + ec.jwk()), 2U);
    EXPECT_EQ(count(rsa.jwk(R"(,"use":"enc")") + ',' + ec.jwk(R"(,"use":"sig","alg":"ES256")")),
              1U);
    EXPECT_EQ(count(rsa.jwk(R"(,"alg":"PS256")") + ',' + ec.jwk()), 1U);
    EXPECT_EQ(count(rsa.jwk(R"(,"alg":"HS256")") + ',' + ec.jwk(R"(,"x5c":["Zm9v"])")), 1U);
    EXPECT_EQ(count(R"({"kty":"oct","k":"c2VjcmV0"},{"kty":"EC","crv":"P-384"},)" + ec.jwk()), 1U);
}

TEST(JwkSet, RefusesWhatIsBrokenWeakOrPrivate) {
    const auto is_refused = [](const std::string& json) {
        return !parse_jwk_set(json).has_value();
    };
    const auto one = [](std::string_view key) { return R"({"keys":[)" + std::string(key) + "]}"; };
    for (const char* json : {"", "{}", "[]", "null", "7", R"({"keys":{}})", R"({"keys":[]})",
                             R"({"keys":[7]})", R"({"keys":[null]})", R"({"Keys":[]})"}) {
        EXPECT_TRUE(is_refused(json)) << json;
    }
    const Issuer ec("ES256");
    EXPECT_FALSE(is_refused(ec.jwks()));
    EXPECT_TRUE(is_refused(one(ec.jwk(R"(,"d":"AAAA")")))) << "a private key";
    EXPECT_TRUE(is_refused(one(ec.jwk(R"(,"kty":"EC")")))) << "a member twice";
    EXPECT_TRUE(is_refused(Issuer("RS256", "weak", 1024).jwks()));
    std::string off_curve(ec_jwk);
    off_curve[off_curve.find("f83O")] = 'g';
    EXPECT_TRUE(is_refused(one(off_curve)));
    std::string even(rsa_jwk);
    even.replace(even.find("AQAB"), 4, "AQAA");
    EXPECT_TRUE(is_refused(one(even)));
    EXPECT_TRUE(is_refused(one(R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})")));
    EXPECT_TRUE(is_refused(one(R"({"kty":"OKP","crv":"Ed25519"})")));
    EXPECT_TRUE(is_refused(one(R"({"kty":"RSA","n":"AQAB","e":7})")));
    EXPECT_TRUE(is_refused(std::string(jwk_set_bytes_max + 1, ' ')));
}

}  // namespace
}  // namespace creditd::daemon
