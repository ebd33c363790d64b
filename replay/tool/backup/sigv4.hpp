// AWS Signature Version 4, as S3 wants it: how a request proves who sent it, and that its bytes are
// those that were sent. By Amazon's descriptions "Authenticating Requests: Using the Authorization
// Header" and "Using Query Parameters"; the tests have their published examples. Pure; any thread.
#pragma once

#include <cstdint>
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

/// Seven days, the longest that S3 allows.
inline constexpr std::int64_t presigned_seconds_max = 604'800;
/// The whole query with which anybody may send the request, for so many seconds after `when`
/// (20261120T120000Z). Of its headers only `host` is wanted.
std::string presigned_query_of(S3Request request, const S3Credentials& credentials,
                               const std::string& when, std::int64_t seconds);

}  // namespace creditd::replay::tool
