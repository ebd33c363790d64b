// Names that lead somewhere else the next time, or to several places, or nowhere. 127.0.0.2 stands
// for a public address, 127.0.0.1 for one that may not be called.
#include <gtest/gtest.h>

#include <atomic>

#include "daemon/outbound/url_rules.hpp"
#include "tests/daemon/outbound/client_fixture.hpp"
#include "tests/daemon/outbound/receiver.hpp"
#include "tests/daemon/outbound/stub_resolver.hpp"

namespace creditd::daemon {
namespace {

using namespace testing;  // NOLINT: of these tests

HttpClient::Options second_only() {
    HttpClient::Options options;
    options.allowed = subnets("127.0.0.2");
    options.https_only = false;
    return options;
}

class Names : public ::testing::Test {
protected:
    std::string url(const std::string& name) { return forbidden_.url("/", name); }

    Receiver forbidden_{Receiver::answering(ok_answer("secret"))};
    // Each connection carries one request, so each request connects anew.
    Receiver allowed_{Receiver::answering(ok_answer("fine", "Connection: close\r\n")), "127.0.0.2",
                      forbidden_.port()};
};

TEST_F(Names, AResolverThatChangesItsAnswerGainsNothing) {
    for (int i = 0; i < 10; ++i) {
        HttpClient client(second_only());  // it asks again
        resolve("rebind.test", {i % 2 == 0 ? "127.0.0.2" : "127.0.0.1"});
        const HttpResult result = get(client, url("rebind.test"));
        EXPECT_EQ(result.status, i % 2 == 0 ? 200 : 0);
        if (i % 2 != 0) {
            EXPECT_NE(result.error.find(forbidden_address_words), std::string::npos);
        }
    }
    EXPECT_EQ(allowed_.accepted(), 5u);
    EXPECT_EQ(forbidden_.accepted(), 0u);
    EXPECT_EQ(times_asked("rebind.test"), 10u);
}

TEST_F(Names, OfSeveralAddressesOnlyThoseThatMayBeCalledAre) {
    resolve("mixed.test", {"127.0.0.1", "::1", "127.0.0.2", "::ffff:127.0.0.1", "10.0.0.1"});
    HttpClient client(second_only());
    EXPECT_EQ(get(client, url("mixed.test")).body, "fine");
    resolve("none.test", {"127.0.0.1", "::1", "::ffff:7f00:1", "169.254.169.254"});
    EXPECT_NE(get(client, url("none.test")).error.find(forbidden_address_words), std::string::npos);
    EXPECT_EQ(allowed_.accepted(), 1u);
    EXPECT_EQ(forbidden_.accepted(), 0u);
}

TEST_F(Names, ThatLookLikeAddressesAreNames) {
    for (const std::string name : {"127.0.0.1.nip.io", "7f000001.nip.io", "localtest.me",
                                   "127-0-0-1.sslip.io", "a.127.0.0.1.xip.io.test"}) {
        resolve(name, {"127.0.0.1"});
        HttpClient client(second_only());
        EXPECT_EQ(get(client, url(name)).status, 0) << name;
        EXPECT_EQ(times_asked(name), 1u) << name;
    }
    EXPECT_EQ(forbidden_.accepted(), 0u);
}

TEST_F(Names, ThatLeadNowhere) {
    HttpClient client(second_only());
    EXPECT_EQ(get(client, url("gone.test")).error, "the host's name could not be resolved");
}

/// A resolver that takes its time holds up who asked, and nobody else; and who asked not for longer
/// than its own timeout.
TEST_F(Names, ASlowResolverHoldsUpNobodyElse) {
    using Clock = std::chrono::steady_clock;
    constexpr auto slow = std::chrono::milliseconds(30'000);
    resolve_slowly("slow.test", slow);
    resolve("quick.test", {"127.0.0.2"});
    std::atomic<unsigned> ended = 0;
    const auto begin = Clock::now();
    HttpClient client(second_only());
    for (int i = 0; i < 20; ++i) {
        client.send({.method = "GET", .url = url("slow.test"), .timeout = Duration{300'000}},
                    [&ended](const HttpResult& result) {
                        EXPECT_EQ(result.error, "there was no whole answer in time");
                        ++ended;
                    });
    }
    do {
        EXPECT_EQ(get(client, url("quick.test")).status, 200);
    } while (ended < 20 && Clock::now() - begin < slow / 2);
    EXPECT_EQ(ended, 20u);
    EXPECT_LT(Clock::now() - begin, slow);
}

TEST_F(Names, TheEnvironmentsProxyIsNotUsed) {
    Receiver proxy(Receiver::answering(ok_answer("proxied")), "127.0.0.2");
    for (const char* const name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) {
        ::setenv(name, proxy.url("", "127.0.0.2").c_str(), 1);
    }
    resolve("direct.test", {"127.0.0.2"});
    {
        HttpClient client(second_only());
        EXPECT_EQ(get(client, url("direct.test")).body, "fine");
    }
    for (const char* const name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) {
        ::unsetenv(name);
    }
    EXPECT_EQ(proxy.accepted(), 0u);
}

}  // namespace
}  // namespace creditd::daemon
