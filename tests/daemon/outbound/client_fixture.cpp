#include "tests/daemon/outbound/client_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>

namespace creditd::daemon::testing {

Subnets subnets(std::string_view text) {
    auto parsed = Subnets::parse(text);
    EXPECT_TRUE(parsed.has_value()) << parsed.error();
    return parsed.value_or(Subnets{});
}

HttpClient::Options local_options() {
    HttpClient::Options options;
    options.allowed = subnets("127.0.0.0/8, ::1");
    options.https_only = false;
    return options;
}

HttpResult call(HttpClient& client, HttpRequest request) {
    const auto promise = std::make_shared<std::promise<HttpResult>>();
    auto future = promise->get_future();
    client.send(std::move(request),
                [promise](HttpResult result) { promise->set_value(std::move(result)); });
    if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
        ADD_FAILURE() << "no result within a minute";
        return {};
    }
    return future.get();
}

HttpResult get(HttpClient& client, std::string url, Duration timeout) {
    return call(client, {.method = "GET", .url = std::move(url), .timeout = timeout});
}

}  // namespace creditd::daemon::testing
