#include "daemon/http/response.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon::http {

namespace {

std::string render(const ResponseHead& head, std::string_view body, bool head_request = false) {
    std::string out = "before";
    const HeadPlace place = render_head(out, head, head.close);
    out.append(body);
    complete_head(out, place, head.status, head_request);
    return out.substr(6);
}

TEST(Response, IsOneContiguousMessage) {
    EXPECT_EQ(render({}, "{}"),
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
              "Content-Length:         2\r\n\r\n{}");
}

TEST(Response, CarriesGivenHeadersAndClose) {
    EXPECT_EQ(render({.status = 503,
                      .content_type = "",
                      .header_lines = "Retry-After: 5\r\n",
                      .close = true},
                     ""),
              "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
              "Content-Length:         0\r\n\r\n");
}

TEST(Response, LengthCountsBytesUpToMegabytes) {
    const std::string body(4'194'304, 'x');
    const std::string message = render({.content_type = ""}, body);
    EXPECT_TRUE(message.starts_with("HTTP/1.1 200 OK\r\nContent-Length:   4194304\r\n\r\nx"));
}

TEST(Response, HeadRequestsGetTheLengthWithoutTheBody) {
    EXPECT_EQ(render({.content_type = ""}, "12345", true),
              "HTTP/1.1 200 OK\r\nContent-Length:         5\r\n\r\n");
}

TEST(Response, SomeStatusesHaveNeitherBodyNorLength) {
    EXPECT_EQ(render({.status = 204, .content_type = ""}, "x"), "HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(render({.status = 304, .content_type = ""}, "x"),
              "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST(Response, EveryStatusOfTheContractHasItsPhrase) {
    for (const unsigned status :
         {200U, 201U, 202U, 204U, 207U, 304U, 400U, 401U, 402U, 403U, 404U, 405U,
          409U, 411U, 412U, 413U, 414U, 415U, 422U, 429U, 431U, 503U, 505U}) {
        EXPECT_NE(reason_phrase(status), "Unknown") << status;
    }
    EXPECT_EQ(reason_phrase(299), "Unknown");
}

}  // namespace

}  // namespace creditd::daemon::http
