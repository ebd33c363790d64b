// AWS Signature Version 4, as S3 wants it: how a request proves who sent it, and that its bytes are
// those that were sent. By Amazon's description "Authenticating Requests: Using the Authorization
// Header (AWS Signature Version 4)"; the tests have its published examples. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace creditd::replay::tool {

struct S3Credentials {
    std::string access_key;
    std::string secret_key;
    std::string session_token;  // empty: none
    std::string region;
};

/// As it is sent. Every header in it is signed; among them must be `host`, `x-amz-date` and
/// `x-amz-content-sha256`.
struct S3Request {
    std::string method;
    std::string path;                            // encoded by `uri_encode`, slashes as they are
    std::map<std::string, std::string> query;    // not encoded
    std::map<std::string, std::string> headers;  // names in lower case
};

/// All but letters, digits and `-._~` as %XX; slashes too, unless they are kept.
std::string uri_encode(std::string_view text, bool keeps_slashes);
/// `name=value&…`, encoded and sorted.
std::string query_text(const std::map<std::string, std::string>& query);
/// The value of the header `Authorization`.
std::string authorization_of(const S3Request& request, const S3Credentials& credentials);

}  // namespace creditd::replay::tool
