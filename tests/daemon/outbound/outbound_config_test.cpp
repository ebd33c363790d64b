#include "daemon/outbound/outbound_config.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon {
namespace {

std::string fault_of(const Config& config) {
    const ConfigErrors errors = check_outbound(config);
    return errors.empty() ? "" : errors[0].text();
}

TEST(OutboundConfig, IsClosedByDefault) {
    const Config config;
    EXPECT_EQ(fault_of(config), "");
    EXPECT_TRUE(config.outbound.https_only);
    const HttpClient::Options options = http_client_options(config.outbound);
    EXPECT_TRUE(options.https_only);
    EXPECT_TRUE(is_forbidden(*parse_ip_address("127.0.0.1"), options.allowed));
}

TEST(OutboundConfig, SaysWhatIsWrong) {
    Config config;
    config.outbound.allowed_networks = "10.0.0.0/8, 10.0.0.1/8";
    EXPECT_EQ(fault_of(config).substr(0, 40), "outbound.allowed_networks: '10.0.0.1/8' ");
    config.outbound.allowed_networks = "10.0.0.0/8";
    EXPECT_EQ(fault_of(config), "");
    config.jwt.jwks_url = "http://10.0.0.1/jwks.json";
    EXPECT_EQ(fault_of(config), "") << "without an issuer nobody asks there";
    config.jwt.issuer = "https://id.example";
    EXPECT_EQ(fault_of(config), "jwt.jwks_url: must begin with https://");
    config.outbound.https_only = false;
    EXPECT_EQ(fault_of(config), "");
    config.outbound.allowed_networks = "";
    EXPECT_EQ(fault_of(config).substr(0, 28), "jwt.jwks_url: must not name ");
}

}  // namespace
}  // namespace creditd::daemon
