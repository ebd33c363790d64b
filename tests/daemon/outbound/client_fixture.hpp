// What tests of the client share: options under which it may call this machine, and calls that wait
// for their result.
#pragma once

#include <string>

#include "daemon/outbound/http_client.hpp"

namespace creditd::daemon::testing {

Subnets subnets(std::string_view text);

/// May call 127.0.0.0/8 and ::1, without TLS.
HttpClient::Options local_options();

/// Sends and waits; a result that never comes fails the test.
HttpResult call(HttpClient& client, HttpRequest request);
HttpResult get(HttpClient& client, std::string url, Duration timeout = Duration::seconds(10));

}  // namespace creditd::daemon::testing
