// One HTTP request and its answer, over libcurl: certificates are verified, nothing is redirected,
// and an answer that stops coming is given up. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace creditd::replay::tool {

struct HttpCall {
    std::string method;  // GET or PUT
    std::string url;
    std::map<std::string, std::string> headers;
    std::string_view body;
    std::uint64_t answer_bytes_max = 0;
};

struct HttpAnswer {
    long status = 0;
    std::string etag;
    std::string body;
};

/// An error is a sentence: no answer came, or it was larger than allowed.
std::expected<HttpAnswer, std::string> call_http(const HttpCall& call);

}  // namespace creditd::replay::tool
