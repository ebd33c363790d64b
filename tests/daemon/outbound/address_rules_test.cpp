#include "daemon/outbound/address_rules.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon {
namespace {

Subnets subnets(std::string_view text) {
    auto parsed = Subnets::parse(text);
    EXPECT_TRUE(parsed.has_value()) << parsed.error();
    return parsed.value_or(Subnets{});
}

bool is_forbidden_text(std::string_view text, const Subnets& allowed = {}) {
    const auto address = parse_ip_address(text);
    EXPECT_TRUE(address.has_value()) << text;
    return !address || is_forbidden(*address, allowed);
}

/// The first and the last address of each.
constexpr const char* not_public[] = {"0.0.0.0",
                                      "0.255.255.255",
                                      "10.0.0.0",
                                      "10.255.255.255",
                                      "100.64.0.0",
                                      "100.127.255.255",
                                      "127.0.0.0",
                                      "127.255.255.255",
                                      "169.254.0.0",
                                      "169.254.169.254",
                                      "169.254.255.255",
                                      "172.16.0.0",
                                      "172.31.255.255",
                                      "192.0.0.0",
                                      "192.0.0.255",
                                      "192.0.2.0",
                                      "192.0.2.255",
                                      "192.88.99.0",
                                      "192.88.99.255",
                                      "192.168.0.0",
                                      "192.168.255.255",
                                      "198.18.0.0",
                                      "198.19.255.255",
                                      "198.51.100.0",
                                      "198.51.100.255",
                                      "203.0.113.0",
                                      "203.0.113.255",
                                      "224.0.0.0",
                                      "239.255.255.255",
                                      "240.0.0.0",
                                      "255.255.255.254",
                                      "255.255.255.255",
                                      "::",
                                      "::1",
                                      "::2",
                                      "::127.0.0.1",
                                      "::ffff:0:127.0.0.1",
                                      "64:ff9b::",
                                      "64:ff9b::7f00:1",
                                      "64:ff9b:1::",
                                      "64:ff9b:1:ffff::1",
                                      "100::",
                                      "100::1",
                                      "2001::",
                                      "2001:0:7f00:1::",
                                      "2001:2::1",
                                      "2001:1ff:ffff::",
                                      "2001:db8::",
                                      "2001:db8:ffff::1",
                                      "2002::",
                                      "2002:7f00:1::",
                                      "2002:ffff:ffff::1",
                                      "3fff::",
                                      "3fff:fff:ffff::1",
                                      "4000::",
                                      "5f00::1",
                                      "8000::",
                                      "fc00::",
                                      "fd12:3456::1",
                                      "fdff:ffff::",
                                      "fe80::",
                                      "fe80::1",
                                      "febf::1",
                                      "fec0::1",
                                      "ff00::",
                                      "ff02::1",
                                      "ffff:ffff::1"};

TEST(AddressRules, ForbidWhatIsNotPublic) {
    for (const char* const text : not_public) {
        EXPECT_TRUE(is_forbidden_text(text)) << text;
    }
}

/// The last address before each, and the first one behind.
constexpr const char* public_beside[] = {"1.0.0.0",
                                         "9.255.255.255",
                                         "11.0.0.0",
                                         "100.63.255.255",
                                         "100.128.0.0",
                                         "126.255.255.255",
                                         "128.0.0.0",
                                         "169.253.255.255",
                                         "169.255.0.0",
                                         "172.15.255.255",
                                         "172.32.0.0",
                                         "191.255.255.255",
                                         "192.0.1.0",
                                         "192.0.3.0",
                                         "192.88.98.255",
                                         "192.88.100.0",
                                         "192.167.255.255",
                                         "192.169.0.0",
                                         "198.17.255.255",
                                         "198.20.0.0",
                                         "198.51.99.255",
                                         "198.51.101.0",
                                         "203.0.112.255",
                                         "203.0.114.0",
                                         "223.255.255.255",
                                         "8.8.8.8",
                                         "2000::1",
                                         "2001:200::1",
                                         "2001:db7:ffff::",
                                         "2001:db9::",
                                         "2001:4860:4860::8888",
                                         "2003::1",
                                         "2606:4700::1111",
                                         "3ffe::1",
                                         "3fff:1000::",
                                         "2a00::1"};

TEST(AddressRules, LetThroughWhatIsPublicNextToIt) {
    for (const char* const text : public_beside) {
        EXPECT_FALSE(is_forbidden_text(text)) << text;
    }
}

TEST(AddressRules, AMappedAddressIsTheOneInIt) {
    EXPECT_EQ(parse_ip_address("::ffff:127.0.0.1"), parse_ip_address("127.0.0.1"));
    EXPECT_EQ(parse_ip_address("::ffff:7f00:1"), parse_ip_address("127.0.0.1"));
    EXPECT_TRUE(is_forbidden_text("::ffff:7f00:1"));
    EXPECT_TRUE(is_forbidden_text("0:0:0:0:0:FFFF:a9fe:a9fe"));
    EXPECT_FALSE(is_forbidden_text("::ffff:8.8.8.8"));
    EXPECT_FALSE(is_forbidden_text("::ffff:7f00:1", subnets("127.0.0.0/8")));
    EXPECT_FALSE(is_forbidden_text("127.0.0.1", subnets("::ffff:127.0.0.0/104")));
}

TEST(AddressRules, WhatIsAllowedIsExactlyWhatIsNamed) {
    const Subnets allowed = subnets("10.1.0.0/16, 127.0.0.1,fd00:1::/32 , ::1/128");
    for (const char* const text : {"10.1.0.0", "10.1.255.255", "127.0.0.1", "fd00:1::5", "::1"}) {
        EXPECT_FALSE(is_forbidden_text(text, allowed)) << text;
    }
    for (const char* const text : {"10.0.255.255", "10.2.0.0", "127.0.0.2", "fd00:2::", "::", "::2",
                                   "169.254.169.254", "fd00::"}) {
        EXPECT_TRUE(is_forbidden_text(text, allowed)) << text;
    }
    EXPECT_FALSE(is_forbidden_text("192.168.0.1", subnets("0.0.0.0/0")));
    EXPECT_TRUE(is_forbidden_text("fd00::1", subnets("0.0.0.0/0")));
    EXPECT_TRUE(is_forbidden_text("192.168.0.1", subnets("::/0")));
}

TEST(AddressRules, SubnetsAreReadStrictly) {
    for (const char* const text :
         {"", "10.0.0.0/8", "10.0.0.0/8,", "10.0.0.0/8,::1/128", "1.2.3.4", "::/0"}) {
        EXPECT_TRUE(Subnets::parse(text).has_value()) << text;
    }
    for (const char* const text : {",",
                                   "10.0.0.0/8,,",
                                   "10.0.0.0/33",
                                   "10.0.0.0/",
                                   "10.0.0.0/08",
                                   "10.0.0.0/-1",
                                   "10.0.0.0/+8",
                                   "10.0.0.0/8 ::1",
                                   "10.0.0.1/8",
                                   "10/8",
                                   "0x7f.0.0.1",
                                   "::1/129",
                                   "::ffff:0:0/95",
                                   "fd00::1/8",
                                   "localhost",
                                   "example.com/8",
                                   "[::1]",
                                   "fe80::%eth0/64",
                                   "10.0.0.0/255.0.0.0",
                                   "10.0.0.0/8/8",
                                   "/8"}) {
        const auto parsed = Subnets::parse(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_NE(parsed.error().find("must be a subnet"), std::string::npos);
    }
}

}  // namespace
}  // namespace creditd::daemon
