// Whatever a URL says, a client that may call public addresses only never reaches this machine. A
// receiver on all of its addresses counts who comes; its port stands for each %P.
#include <gtest/gtest.h>

#include "daemon/outbound/url_rules.hpp"
#include "tests/daemon/outbound/client_fixture.hpp"
#include "tests/daemon/outbound/receiver.hpp"
#include "tests/daemon/outbound/stub_resolver.hpp"

namespace creditd::daemon {
namespace {

using namespace testing;  // NOLINT: of these tests

constexpr std::string_view addresses[] = {
    // this machine
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0.0.0.1",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "localhost",
    "LocalHost",
    "localhost.",
    "x.localhost",
    // spelled otherwise
    "2130706433",
    "0x7f000001",
    "0x7F000001",
    "0x7f.0x0.0x0.0x1",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "00000177.1",
    "127.0x0.0.01",
    "127.0.0.1.",
    "0x7f000001.",
    "2130706433.",
    // wrapped in IPv6
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:7F00:0001]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2001:0:7f00:1::]",
    "[::ffff:0.0.0.0]",
    // other private networks, and clouds' metadata
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.257",
    "3232235521",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0xA9.0xFE.0xA9.0xFE",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "198.18.0.1",
    "198.19.255.255",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fdff::1]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[2001:2::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[4000::1]",
};

constexpr std::string_view odd_urls[] = {
    "http://user@127.0.0.1:%P/",
    "http://user:pass@127.0.0.1:%P/",
    "http://:@127.0.0.1:%P/",
    "http://@127.0.0.1:%P/",
    "http://a.test@127.0.0.1:%P/",
    "http://a.test:80@127.0.0.1:%P/",
    "http://a.test%40127.0.0.1:%P/",
    "http://127.0.0.1:%P@a.test/",
    "http://a.test#@127.0.0.1:%P/",
    "http://a.test?@127.0.0.1:%P/",
    "http://a.test\\@127.0.0.1:%P/",
    "http://127.0.0.1:%P\\@a.test/",
    "http://127.0.0.1:%P#@a.test/",
    "http:\\\\127.0.0.1:%P/",
    "http:/127.0.0.1:%P/",
    "http:127.0.0.1:%P/",
    "http:///127.0.0.1:%P/",
    "http:////127.0.0.1:%P/",
    "//127.0.0.1:%P/",
    "127.0.0.1:%P",
    "http://%31%32%37.0.0.1:%P/",
    "http://%6c%6f%63alhost:%P/",
    "http://127%2e0%2e0%2e1:%P/",
    "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1:%P/",
    "http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1:%P/",
    "http://127\xe3\x80\x82"
    "0.0.1:%P/",
    "http://127.0.0.1\t:%P/",
    "http://127.0.0.1 :%P/",
    " http://127.0.0.1:%P/",
    "http://a.test\r\nHost: 127.0.0.1:%P/",
    "http://a.test:%P:%P@127.0.0.1/",
    "http://[::1%25lo]:%P/",
    "http://[fe80::1%25lo]:%P/",
    "http://[::1]a.test:%P/",
    "http://[127.0.0.1]:%P/",
    "http://::1:%P/",
    "http://256.0.0.1:%P/",
    "http://127.0.0.1.0:%P/",
    "http://0x7f.0.0.0x1.0:%P/",
    "http://4294967297:%P/",
    "file:///etc/passwd",
    "file://127.0.0.1:%P/",
    "ftp://127.0.0.1:%P/",
    "gopher://127.0.0.1:%P/_x",
    "dict://127.0.0.1:%P/",
    "ldap://127.0.0.1:%P/",
    "telnet://127.0.0.1:%P/",
    "ws://127.0.0.1:%P/",
    "jar:http://127.0.0.1:%P/!",
    "unix:///var/run/docker.sock",
    "http+unix://%2fvar%2frun/",
};

std::string with_port(std::string_view url, std::uint16_t port) {
    std::string result(url);
    for (std::size_t at = result.find("%P"); at != std::string::npos; at = result.find("%P")) {
        result.replace(at, 2, std::to_string(port));
    }
    return result;
}

class ForbiddenTargets : public ::testing::Test {
protected:
    HttpClient::Options strict() {
        HttpClient::Options options;
        options.https_only = false;
        return options;
    }
    std::string url_of(std::string_view host, std::string_view scheme = "http://") {
        return with_port(std::string(scheme) + std::string(host) + ":%P/", receiver_.port());
    }

    Receiver receiver_{Receiver::answering(ok_answer()), "::"};
    HttpClient client_{strict()};
};

TEST_F(ForbiddenTargets, AddressesInEveryNotation) {
    static_assert(std::size(addresses) >= 80);
    for (const std::string_view host : addresses) {
        for (const std::string_view scheme : {"http://", "https://"}) {
            const HttpResult result = get(client_, url_of(host, scheme));
            EXPECT_EQ(result.status, 0) << host;
            EXPECT_NE(result.error.find(forbidden_address_words), std::string::npos)
                << host << ": " << result.error;
        }
    }
    EXPECT_EQ(receiver_.accepted(), 0u);
}

TEST_F(ForbiddenTargets, OddUrls) {
    for (const std::string_view url : odd_urls) {
        const HttpResult result = get(client_, with_port(url, receiver_.port()));
        EXPECT_EQ(result.status, 0) << url;
        EXPECT_NE(result.error, "") << url;
    }
    EXPECT_EQ(receiver_.accepted(), 0u);
}

TEST_F(ForbiddenTargets, NamesOfThem) {
    unsigned number = 0;
    for (const std::string_view spelled : addresses) {
        const bool has_brackets = spelled.front() == '[';
        const std::string host(has_brackets ? spelled.substr(1, spelled.size() - 2) : spelled);
        if (!parse_ip_address(host)) continue;
        const std::string name = "n" + std::to_string(++number) + ".test";
        resolve(name, {host});
        const HttpResult result = get(client_, url_of(name));
        EXPECT_EQ(result.status, 0) << host;
        EXPECT_NE(result.error.find(forbidden_address_words), std::string::npos)
            << host << ": " << result.error;
        EXPECT_EQ(result.error.find(host), std::string::npos) << "it tells the address";
    }
    EXPECT_GE(number, 50u);
    EXPECT_EQ(receiver_.accepted(), 0u);
}

/// The same receiver is reached by whoever may: so these tests can fail.
TEST_F(ForbiddenTargets, AreReachedWhereTheOperatorAllowsThem) {
    HttpClient::Options options = strict();
    options.allowed = subnets("127.0.0.0/8, ::1, 0.0.0.0");
    HttpClient client(std::move(options));
    resolve("mapped.test", {"::ffff:127.0.0.1"});
    unsigned reached = 0;
    for (const std::string_view host : {"127.0.0.1", "127.0.0.2", "0", "2130706435", "[::1]",
                                        "localhost", "[::ffff:7f00:1]", "mapped.test"}) {
        EXPECT_EQ(get(client, url_of(host)).status, 200) << host;
        ++reached;
    }
    EXPECT_EQ(receiver_.accepted(), reached);
}

}  // namespace
}  // namespace creditd::daemon
