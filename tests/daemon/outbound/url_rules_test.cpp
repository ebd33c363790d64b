#include "daemon/outbound/url_rules.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon {
namespace {

std::string fault_of(std::string_view url, bool https_only = false, const Subnets& allowed = {}) {
    const auto checked = check_url(url, https_only, allowed);
    return checked ? "" : checked.error();
}

TEST(UrlRules, TakeWhatIsUsual) {
    for (const char* const url :
         {"https://example.com", "https://example.com/hooks?a=b#c", "http://example.com:8080/",
          "HTTPS://EXAMPLE.COM/", "https://xn--bcher-kva.example/", "https://a_b.example.",
          "https://8.8.8.8/", "https://[2606:4700::1111]:8443/x", "http://0x08080808/",
          "https://example.com/%00%0d%0a", "https://1password.com/", "https://a.b.c.d.e/"}) {
        EXPECT_EQ(fault_of(url), "") << url;
    }
    EXPECT_EQ(fault_of("https://example.com/", true), "");
}

TEST(UrlRules, SayWhatAUrlMustBe) {
    EXPECT_EQ(fault_of("http://example.com/", true), "must begin with https://");
    for (const char* const url :
         {"", "ftp://example.com/", "file:///etc/passwd", "example.com", "//example.com/",
          "gopher://example.com/", "http:example.com", "http:/example.com", "javascript:alert(1)",
          " http://a.example/", "dict://a.example:11111/", "httpx://a.example/"}) {
        EXPECT_EQ(fault_of(url), "must begin with https:// or http://") << url;
    }
    for (const char* const url :
         {"http://", "http:///", "http:///example.com", "http://?a", "http://#"}) {
        EXPECT_EQ(fault_of(url), "must name a host") << url;
    }
    for (const char* const url :
         {"http://a@example.com/", "http://a:b@example.com/", "http://@example.com/",
          "http://example.com@8.8.8.8/", "http://example.com:80@8.8.8.8/",
          "http://8.8.8.8:80@example.com/"}) {
        EXPECT_EQ(fault_of(url), "must hold no name or password") << url;
    }
    for (const std::string url : {"http://a.example/ b", "http://a.example/\n",
                                  "http://a.example/\tb", "http://a\\b.example/",
                                  "http://b\xc3\xbc"
                                  "cher.example/",
                                  "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/",
                                  "http://a.example/\x7f", "http://a.example/\x01"}) {
        EXPECT_EQ(fault_of(url).substr(0, 23), "must consist of visible") << url;
    }
    EXPECT_EQ(fault_of(std::string_view("http://a.example/\0b", 19)).substr(0, 12), "must consist");
    for (const char* const url : {"http://%31%32%37.0.0.1/", "http://[fe80::1%25eth0]/",
                                  "http://a%2eexample/", "http://example%00.com/"}) {
        EXPECT_EQ(fault_of(url), "must not spell its host with %") << url;
    }
    EXPECT_NE(fault_of("https://a.example/" + std::string(url_bytes_max, 'x')), "");
    EXPECT_NE(fault_of("https://" + std::string(254, 'x') + "/"), "");
}

TEST(UrlRules, PortsOfOtherProtocolsAreNotNamed) {
    for (const char* const port : {"0", "22", "25", "53", "110", "143", "6000", "6667", "10080"}) {
        const std::string fault = fault_of("http://example.com:" + std::string(port) + "/");
        EXPECT_EQ(fault,
                  "must not name port " + std::string(port) + ", which is another protocol's");
    }
    for (const char* const port : {"65536", "-1", "80x", "99999999999", "+80", "0x50"}) {
        EXPECT_NE(fault_of("http://example.com:" + std::string(port) + "/"), "") << port;
    }
    EXPECT_EQ(fault_of("http://example.com:65535/"), "");
}

TEST(UrlRules, AnAddressIsLookedAtInEveryNotation) {
    for (const char* const host : {"127.0.0.1",
                                   "127.1",
                                   "127.0.1",
                                   "2130706433",
                                   "0x7f000001",
                                   "0x7F.1",
                                   "017700000001",
                                   "0177.0.0.01",
                                   "127.0.0.1.",
                                   "0",
                                   "0.0.0.0",
                                   "0x0",
                                   "localhost",
                                   "LOCALHOST",
                                   "localhost.",
                                   "a.localhost",
                                   "[::1]",
                                   "[::]",
                                   "[::ffff:7f00:1]",
                                   "[::ffff:127.0.0.1]",
                                   "[0:0:0:0:0:0:0:1]",
                                   "[64:ff9b::7f00:1]",
                                   "[2002:7f00:1::]",
                                   "[fe80::1]",
                                   "[fd00::1]",
                                   "10.1",
                                   "0xa9fea9fe",
                                   "2852039166",
                                   "0251.0376.0251.0376",
                                   "192.168.257",
                                   "3232235777"}) {
        const std::string fault = fault_of("https://" + std::string(host) + "/", true);
        EXPECT_NE(fault.find(forbidden_address_words), std::string::npos) << host << ": " << fault;
    }
    for (const char* const host : {"256.256.256.256", "1.2.3.4.5", "4294967296", "0x1ffffffff",
                                   "08.1.1.1", "1.2.3.256", "a.0x7f", "example.1"}) {
        const std::string fault = fault_of("https://" + std::string(host) + "/", true);
        EXPECT_NE(fault.find("is no IPv4 address"), std::string::npos) << host << ": " << fault;
    }
    for (const char* const host : {"[::1", "[::g]", "[]", "[1.2.3.4]", "::1", "[::1]x", "a b",
                                   "a,b", "a;b", "a$b", "..", "a..b:x"}) {
        EXPECT_NE(fault_of("https://" + std::string(host) + "/", true), "") << host;
    }
}

TEST(UrlRules, WhatTheOperatorAllowsMayBeNamed) {
    const Subnets allowed = *Subnets::parse("127.0.0.0/8, ::1");
    for (const char* const url : {"http://127.0.0.1:8080/", "http://2130706433/", "http://[::1]/",
                                  "http://localhost:3000/", "http://[::ffff:127.0.0.1]/"}) {
        EXPECT_EQ(fault_of(url, false, allowed), "") << url;
    }
    EXPECT_NE(fault_of("http://10.0.0.1/", false, allowed), "");
}

TEST(UrlRules, HeadersAreWholeLinesAndNotTheClientsOwn) {
    for (const char* const line : {"X-Team: billing", "a:b", "X-Empty:", "X-Empty: ",
                                   "Authorization: Basic dTpw", "X!#$%&'*+.^_`|~1: \t x"}) {
        EXPECT_TRUE(check_header(line).has_value()) << line;
    }
    for (const char* const line :
         {"", "X", ": x", "X : y", "X Y: z", "X: a\r\nY: b", "X: a\n", "X: \x01", "X: b\xc3\xbc",
          "Host: a.example", "content-length: 0", "Transfer-Encoding: chunked", "TE: trailers",
          "Connection: close", "Expect: 100-continue", "Upgrade: h2c", "X(: y", "X;"}) {
        EXPECT_FALSE(check_header(line).has_value()) << line;
    }
    EXPECT_FALSE(check_header(std::string_view("X: a\0b", 6)).has_value());
    EXPECT_FALSE(check_header("X: " + std::string(header_line_bytes_max, 'x')).has_value());
}

}  // namespace
}  // namespace creditd::daemon
