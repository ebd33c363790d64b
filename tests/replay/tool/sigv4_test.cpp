// The examples of Amazon's "Authenticating Requests: Using the Authorization Header (AWS Signature
// Version 4)", with the signatures printed there.
#include "replay/tool/backup/sigv4.hpp"

#include <gtest/gtest.h>

#include "replay/sha256.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay::tool;

const S3Credentials example{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "",
                            "us-east-1"};

S3Request request(const std::string& method, const std::string& path, std::string_view body) {
    return {method,
            path,
            {},
            {{"host", "examplebucket.s3.amazonaws.com"},
             {"x-amz-content-sha256", replay::to_hex(replay::sha256(body).bytes)},
             {"x-amz-date", "20130524T000000Z"}}};
}

std::string signature(const S3Request& signed_request) {
    const std::string text = authorization_of(signed_request, example);
    return text.substr(text.find("Signature=") + 10);
}

TEST(SigV4, GetObject) {
    S3Request get = request("GET", "/test.txt", "");
    get.headers["range"] = "bytes=0-9";
    EXPECT_EQ(authorization_of(get, example),
              "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
              "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
              "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SigV4, PutObject) {
    S3Request put =
        request("PUT", "/" + uri_encode("test$file.text", true), "Welcome to Amazon S3.");
    put.headers["date"] = "Fri, 24 May 2013 00:00:00 GMT";
    put.headers["x-amz-storage-class"] = "REDUCED_REDUNDANCY";
    EXPECT_EQ(signature(put), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SigV4, GetBucketLifecycle) {
    S3Request get = request("GET", "/", "");
    get.query["lifecycle"] = "";
    EXPECT_EQ(signature(get), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(SigV4, ListObjects) {
    S3Request get = request("GET", "/", "");
    get.query = {{"prefix", "J"}, {"max-keys", "2"}};
    EXPECT_EQ(signature(get), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4, PresignedGetObject) {
    const S3Request get{"GET", "/test.txt", {}, {{"host", "examplebucket.s3.amazonaws.com"}}};
    EXPECT_EQ(presigned_query_of(get, example, "20130524T000000Z", 86'400),
              "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2F"
              "us-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&"
              "X-Amz-SignedHeaders=host&X-Amz-Signature="
              "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SigV4, ASessionTokenIsPartOfAPresignedQuery) {
    const S3Request get{"GET", "/test.txt", {}, {{"host", "examplebucket.s3.amazonaws.com"}}};
    S3Credentials lent = example;
    lent.session_token = "a token/+";
    const std::string query = presigned_query_of(get, lent, "20130524T000000Z", 86'400);
    EXPECT_NE(query.find("&X-Amz-Security-Token=a%20token%2F%2B&"), std::string::npos) << query;
    EXPECT_EQ(query.find("aeeed9bb"), std::string::npos) << "it is not signed";
}

TEST(SigV4, EverythingCounts) {
    const S3Request put = request("PUT", "/a", "body");
    const std::string one = signature(put);
    for (const auto& change : std::vector<void (*)(S3Request&)>{
             [](S3Request& r) { r.method = "GET"; }, [](S3Request& r) { r.path = "/b"; },
             [](S3Request& r) { r.query["x"] = "y"; },
             [](S3Request& r) { r.headers["host"] = "other"; },
             [](S3Request& r) { r.headers["x-amz-date"] = "20130525T000000Z"; },
             [](S3Request& r) { r.headers["x-amz-content-sha256"][0] = 'x'; }}) {
        S3Request other = put;
        change(other);
        EXPECT_NE(signature(other), one);
    }
    EXPECT_EQ(uri_encode("a b/c~ä", true), "a%20b/c~%C3%A4");
    EXPECT_EQ(uri_encode("a/b", false), "a%2Fb");
}

}  // namespace
}  // namespace creditd::tests
