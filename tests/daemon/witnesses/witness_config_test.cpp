#include "daemon/witnesses/witness_config.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/witnesses/log_and_witness.hpp"

namespace creditd::tests {
namespace {

using daemon::Config;
using daemon::parse_witnesses;

std::string fault_in(const std::string& witnesses, std::uint64_t quorum = 0,
                     const std::string& allowed = {}) {
    Config config;
    config.proof.witnesses = witnesses;
    config.proof.witness_quorum = quorum;
    config.outbound.allowed_networks = allowed;
    const daemon::ConfigErrors errors = check_witnesses(config);
    return errors.empty() ? "" : errors[0].text();
}

TEST(WitnessConfig, NamesWhomToAskAndWhere) {
    EXPECT_TRUE(parse_witnesses("")->empty());
    const Cosigner one("one.example/w"), two("two.example/w");
    const auto witnesses = parse_witnesses(one.key().text() + " https://one.example/a/ ,  " +
                                           two.key().text() + "\thttps://two.example:8443");
    ASSERT_TRUE(witnesses) << witnesses.error();
    ASSERT_EQ(witnesses->size(), 2U);
    EXPECT_EQ((*witnesses)[0].key, one.key());
    EXPECT_EQ((*witnesses)[0].url, "https://one.example/a");
    EXPECT_EQ((*witnesses)[1].key, two.key());
    EXPECT_EQ((*witnesses)[1].url, "https://two.example:8443");
}

TEST(WitnessConfig, SaysWhatIsWrong) {
    const Cosigner one("one.example/w");
    const std::string vkey = one.key().text();
    const std::string good = vkey + " https://one.example";
    EXPECT_EQ(fault_in(good, 1), "");
    EXPECT_EQ(fault_in(good, 2), "proof.witness_quorum: there are only 1 witnesses");
    EXPECT_EQ(fault_in("", 1), "proof.witness_quorum: there are only 0 witnesses");
    EXPECT_EQ(fault_in(vkey),
              "proof.witnesses: '" + vkey + "': a witness is a vkey, a blank and a URL");
    // The key of a log is none of a witness.
    const std::string log = proof::SignerKey::make("log.example").verifier().text();
    EXPECT_NE(fault_in(log + " https://one.example").find("not a witness's verifier key"),
              std::string::npos);
    EXPECT_EQ(fault_in(good + ", " + vkey + " https://other.example"),
              "proof.witnesses: 'one.example/w' is there twice");
    EXPECT_NE(fault_in(good + "?a=b").find("no query"), std::string::npos);
    EXPECT_NE(fault_in(good + " more").find("no blanks"), std::string::npos);
    EXPECT_NE(fault_in(good + ",, " + vkey + " https://two.example"), "");
    EXPECT_NE(fault_in(vkey + " http://one.example").find("must begin with https://"),
              std::string::npos);
    EXPECT_NE(fault_in(vkey + " https://10.0.0.1"), "");
    EXPECT_EQ(fault_in(vkey + " https://10.0.0.1", 0, "10.0.0.0/8"), "");
    std::string many;
    for (int i = 0; i < 17; ++i) {
        if (i > 0) many += ',';
        many += Cosigner("w" + std::to_string(i)).key().text() + " https://w.example";
    }
    EXPECT_EQ(fault_in(many), "proof.witnesses: at most 16 witnesses");
}

}  // namespace
}  // namespace creditd::tests
