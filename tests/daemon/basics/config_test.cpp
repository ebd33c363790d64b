#include "daemon/basics/config.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <type_traits>

#include "tests/support/temporary_folder.hpp"

namespace creditd::daemon {
namespace {

class ConfigTest : public ::testing::Test {
protected:
    std::string path(const std::string& toml) { return folder_.write("c.toml", toml); }

    ConfigErrors errors_of(const std::string& toml, std::vector<const char*> environment = {}) {
        return check_config({.file = path(toml), .environment = environment});
    }
    std::string first_error(const std::string& toml, std::vector<const char*> environment = {}) {
        const ConfigErrors errors = errors_of(toml, std::move(environment));
        if (errors.empty()) return "(none)";
        std::string text = errors[0].text();
        const std::size_t at = text.find("c.toml");
        return at == std::string::npos ? text : text.substr(at);
    }
    Config load(const std::string& toml, std::vector<const char*> environment = {},
                std::vector<ConfigFlag> flags = {}) {
        const auto config = load_config(
            {.file = path(toml), .environment = environment, .flags = std::move(flags)});
        EXPECT_TRUE(config.has_value()) << config.error()[0].text();
        return config.value_or(Config{});
    }

    tests::TemporaryFolder folder_;
};

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(!Streamable<Secret>);
static_assert(!std::equality_comparable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_constructible_v<LogField, std::string_view, Secret>);

TEST_F(ConfigTest, DefaultsStandInTheTable) {
    const Config config;
    EXPECT_EQ(config.server.listen, "127.0.0.1:8080");
    EXPECT_EQ(config.server.head_timeout, Duration::seconds(10));
    EXPECT_EQ(config.server.inflight_body_bytes_max, 64u * 1024 * 1024);
    EXPECT_EQ(config.ledger.decimals, 6u);
    EXPECT_EQ(config.ledger.threads, ThreadLayout::automatic);
    EXPECT_EQ(config.disk.free_bytes_min, 256u * 1024 * 1024);
    EXPECT_EQ(config.disk.ballast_bytes, 64u * 1024 * 1024);
    EXPECT_EQ(config.log.level, LogLevel::info);
    EXPECT_FALSE(config.log.requests);
    EXPECT_TRUE(config.auth.admin_key.empty());
}

TEST_F(ConfigTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
    const std::string toml =
        "[server]\nlisten = \"127.0.0.1:1\"\nio_threads = 1\n"
        "connections_max = 1\n";
    const Config config = load(toml,
                               {"CREDITD_SERVER__LISTEN=127.0.0.1:2",
                                "CREDITD_SERVER__IO_THREADS=2", "PATH=/bin", "CREDITD_BENCH=1"},
                               {{"listen", "server.listen", "127.0.0.1:3"}});
    EXPECT_EQ(config.server.listen, "127.0.0.1:3");
    EXPECT_EQ(config.server.io_threads, 2u);
    EXPECT_EQ(config.server.connections_max, 1u);
    EXPECT_EQ(config.server.connections_per_ip_max, 0u);
}

TEST_F(ConfigTest, ReadsUnits) {
    const Config config = load(
        "[disk]\nfree_bytes_min = \"1GB\"\nballast_bytes = 4096\n"
        "[server]\nhead_timeout = \"250ms\"\nidle_timeout = 5\n"
        "[ledger]\nthreads = \"ledger+journal\"\n[log]\nrequests = true\n");
    EXPECT_EQ(config.disk.free_bytes_min, 1024ull * 1024 * 1024);
    EXPECT_EQ(config.disk.ballast_bytes, 4096u);
    EXPECT_EQ(config.server.head_timeout, Duration{250'000});
    EXPECT_EQ(config.server.idle_timeout, Duration::seconds(5));
    EXPECT_EQ(config.ledger.threads, ThreadLayout::ledger_and_journal);
    EXPECT_TRUE(config.log.requests);
}

TEST_F(ConfigTest, ErrorsNameTheirPlace) {
    EXPECT_EQ(first_error("\n[server]\nlisten_port = 1\n"),
              "c.toml:3: server.listen_port: unknown key");
    EXPECT_EQ(first_error("[sever]\nlisten = \"x\"\n"), "c.toml:2: sever.listen: unknown key");
    EXPECT_EQ(first_error("[empty]\n"), "c.toml:1: empty: unknown key");
    EXPECT_EQ(first_error("listen = 1\n"), "c.toml:1: listen: unknown key");
    EXPECT_EQ(first_error("[server]\n\nio_threads = 300\n"),
              "c.toml:3: server.io_threads: \"300\" is not an integer from 0 to 256");
    EXPECT_EQ(first_error("[server]\nio_threads = \"2\"\n"),
              "c.toml:2: server.io_threads: \"2\" is not an integer from 0 to 256");
    EXPECT_EQ(
        first_error("[log]\nlevel = \"loud\"\n"),
        "c.toml:2: log.level: \"loud\" is not one of \"debug\" \"info\" \"warning\" \"error\"");
    EXPECT_EQ(first_error("", {"CREDITD_LOG__LEVEL=loud"}).substr(0, 40),
              "environment CREDITD_LOG__LEVEL: log.leve");
    EXPECT_EQ(first_error("", {"CREDITD_LOG__COLOUR=red"}),
              "environment CREDITD_LOG__COLOUR: unknown key");
    EXPECT_EQ(first_error("[server]\nlisten = \n").substr(0, 9), "c.toml:2:");
    EXPECT_EQ(first_error("[server]\nlisten=\"a\"\nlisten=\"b\"\n").substr(0, 9), "c.toml:3:");
}

TEST_F(ConfigTest, AnIssuerOfJwtsIsWholeOrNotThere) {
    const std::string issuer = "[jwt]\nissuer = \"https://id.example\"\n";
    const std::string_view no_keys =
        "jwt.jwks_file: it, or jwt.jwks_url, must be set where jwt.issuer is";
    const std::string url = "jwks_url = \"https://id.example/jwks.json\"\n";
    EXPECT_EQ(first_error(issuer + "audience = \"a\"\n"), no_keys);
    EXPECT_EQ(first_error(issuer + "audience = \"a\"\njwks_file = \"f\"\n" + url), no_keys);
    EXPECT_EQ(first_error(issuer + "audience = \"a\"\n" + url), "(none)");
    EXPECT_EQ(first_error(issuer + "jwks_file = \"f\"\n"),
              "jwt.audience: must be set where jwt.issuer is, or jwt.authorized_parties");
    const std::string whole = issuer + "jwks_file = \"f\"\nauthorized_parties = \"a\"\n";
    EXPECT_EQ(first_error(whole), "(none)");
    EXPECT_EQ(first_error(whole + "algorithms = \"ES256, EdDSA\"\n"), "(none)");
    for (const char* const name : {"none", "HS256", "es256", "PS256", "RS256 ES256", " "}) {
        const std::string found = first_error(whole + "algorithms = \"" + name + "\"\n");
        EXPECT_EQ(found.substr(0, 16), "jwt.algorithms: ") << name;
    }
    EXPECT_NE(first_error(whole + "leeway = \"61s\"\n"), "(none)");
}

TEST_F(ConfigTest, ACertificateNeedsItsKey) {
    const std::string certificate = "[server]\ntls_certificate_file = \"c\"\n";
    const std::string key = "tls_key_file = \"k\"\n";
    EXPECT_EQ(first_error(certificate + key), "(none)");
    EXPECT_EQ(first_error(certificate).substr(0, 20), "server.tls_key_file:");
    EXPECT_EQ(first_error("[server]\n" + key).substr(0, 20), "server.tls_key_file:");
}

TEST_F(ConfigTest, OriginsAreSpelledAsBrowsersDo) {
    const auto error = [this](std::string_view origins) {
        return first_error("[server]\ncors_origins = \"" + std::string(origins) + "\"\n");
    };
    for (const char* const good : {"", "*", "https://a.example", "http://localhost:3000",
                                   "https://a.example, http://[::1]:80,app://x"}) {
        EXPECT_EQ(error(good), "(none)") << good;
    }
    for (const char* const bad :
         {"a.example", "https://", "https://a.example/", "https://A.example",
          "https://a.example https://b.example", "null", "://a", "*, x", "https://*.a.example",
          "https://a.example,,"}) {
        EXPECT_EQ(error(bad).substr(0, 20), "server.cors_origins:") << bad;
    }
}

/// The TOML parser asserts here instead of saying it.
TEST_F(ConfigTest, ASectionThatEndsTooEarlyIsAnError) {
    for (const char* const text : {"[", "[\n", "[\nserver]\n", "[ \n]", "[[\n", "[server\n"}) {
        EXPECT_TRUE(first_error(text).starts_with("c.toml:1: ")) << text;
    }
}

/// The TOML parser runs into what it calls unreachable, looking for blanks.
TEST_F(ConfigTest, OnlyCommentsAndStringsHoldMoreThanAscii) {
    const std::string good =
        "\xef\xbb\xbf# \u023e\n[ledger]\ndata_dir = \"/tmp/\u023e\\\"\u00e9\"\n";
    EXPECT_EQ(load(good).ledger.data_dir, "/tmp/\u023e\"\u00e9");
    EXPECT_EQ(load("[ledger]\ndata_dir = '/tmp/\u023e\\'").ledger.data_dir, "/tmp/\u023e\\");
    for (const std::string text :
         {"[server]\nlis\u023eten = 1", "[server]\n\u023e", "\n[serv\u00a1er]",
          "[ledger]\ndata_dir = \"\"\"\\ \u023e\"\"\"", "[ledger]\ndata_dir = \"/tmp\" \u0499"}) {
        EXPECT_TRUE(first_error(text).starts_with("c.toml:2:")) << first_error(text);
    }
    EXPECT_EQ(check_config({.file = "/nonexistent/c.toml"}).at(0).text(),
              "/nonexistent/c.toml: cannot be read");
    for (const char* no_file : {"/", "/dev/zero"}) {
        EXPECT_EQ(check_config({.file = no_file}).at(0).text(),
                  std::string(no_file) + ": cannot be read");
    }
}

TEST_F(ConfigTest, RefusesWrongTypesAndRanges) {
    for (const std::string toml : {
             "[server]\nlisten = 8080",
             "[server]\nlisten = \"example.com:80\"",
             "[server]\nlisten = \"127.0.0.1:70000\"",
             "[server]\nhead_timeout = \"5 s\"",
             "[server]\nhead_timeout = \"-5s\"",
             "[server]\nhead_timeout = -5",
             "[server]\nhead_timeout = 1.5",
             "[server]\nhead_timeout = \"10MB\"",
             "[server]\nhead_timeout = true",
             "[disk]\nfree_bytes_min = \"1TB1\"",
             "[disk]\nfree_bytes_min = \"99999999999GB\"",
             "[ledger]\ndecimals = 7",
             "[ledger]\ndata_dir = \"\"",
             "[ledger]\nthreads = \"two\"",
             "[log]\nrequests = 1",
             "[log]\nrequests = \"true\"",
             "[server.tls]\nx = 1",
             "[[server]]\nlisten = \"a\"",
             "[server]\nhead_timeout = \"40s\"",
             "[server]\nlisten = [\"a\"]",
         }) {
        EXPECT_EQ(errors_of(toml).size(), 1u) << toml;
    }
    EXPECT_EQ(errors_of("[server]\na = 1\nb = 2\n[log]\nc = 3").size(), 3u);
    EXPECT_EQ(check_config({.file = folder_.file("absent.toml")}).size(), 1u);
}

TEST_F(ConfigTest, SecretsComeFromEnvironmentOrFileOnly) {
    const std::string secret = "canary-5e1f0a77c3";
    EXPECT_NE(first_error("[auth]\nadmin_key = \"" + secret + "\"\n").find("may not stand"),
              std::string::npos);
    const std::string named =
        "[auth]\nadmin_key_file = \"" + folder_.write("key", secret + "\n") + "\"\n";
    EXPECT_EQ(load(named).auth.admin_key.reveal(), secret);
    EXPECT_EQ(load("", {"CREDITD_ADMIN_KEY=abc"}).auth.admin_key.reveal(), "abc");
    EXPECT_EQ(load("", {"CREDITD_AUTH__ADMIN_KEY=abc"}).auth.admin_key.reveal(), "abc");
    EXPECT_EQ(load(named, {"CREDITD_ADMIN_KEY=abc"}).auth.admin_key.reveal(), "abc");
    EXPECT_EQ(load(named, {"CREDITD_ADMIN_KEY="}).auth.admin_key.reveal(), secret);
    const std::string variable = "CREDITD_AUTH__ADMIN_KEY_FILE=" + folder_.file("key");
    EXPECT_EQ(load("", {variable.c_str()}).auth.admin_key.reveal(), secret);
    for (const std::string path : {"/nonexistent/key", "/", "/dev/zero"}) {
        EXPECT_NE(first_error("[auth]\nadmin_key_file = \"" + path + "\"\n").find("cannot read"),
                  std::string::npos)
            << path;
    }
    EXPECT_NE(first_error("", {"CREDITD_ADMIN_KEY=two words"}).find("visible"), std::string::npos);
}

TEST_F(ConfigTest, PrintedSecretsAreMasked) {
    const std::string secret = "canary-5e1f0a77c3";
    const std::string variable = "CREDITD_ADMIN_KEY=" + secret;
    const std::string printed = print_config(load("", {variable.c_str()}));
    EXPECT_EQ(printed.find(secret), std::string::npos);
    EXPECT_NE(printed.find("# admin_key = \"********\""), std::string::npos) << printed;
}

TEST_F(ConfigTest, WhatIsPrintedReadsBack) {
    const Config config = load(
        "[server]\nlisten = \"[::1]:9\"\nhead_timeout = \"1500ms\"\n"
        "[ledger]\ndata_dir = \"a \\\"b\\\" \\u00e9\"\n"
        "[disk]\nballast_bytes = 1536\n[log]\nformat = \"text\"\n");
    const std::string printed = print_config(config);
    EXPECT_EQ(print_config(load(printed)), printed);
    EXPECT_NE(printed.find("head_timeout = \"1500ms\""), std::string::npos) << printed;
}

TEST_F(ConfigTest, TheDocumentedFileHoldsEveryKeyWithItsDefault) {
    const std::string file = std::string(CREDITD_SOURCE_DIR) + "/conf/creditd.toml";
    EXPECT_EQ(tests::text_of_file(file), document_config());
    const auto config = load_config({.file = file});
    ASSERT_TRUE(config.has_value()) << config.error()[0].text();
    EXPECT_EQ(print_config(*config), print_config(Config{}));
    for (const std::string& key : config_file_keys()) {
        const std::string name = key.substr(key.find('.') + 1);
        EXPECT_NE(tests::text_of_file(file).find("\n" + name + " = "), std::string::npos) << key;
    }
}

TEST_F(ConfigTest, TheDevelopmentFileIsValid) {
    const auto config =
        load_config({.file = std::string(CREDITD_SOURCE_DIR) + "/conf/creditd.dev.toml"});
    ASSERT_TRUE(config.has_value()) << config.error()[0].text();
    EXPECT_EQ(config->ledger.data_dir, "./data");
    EXPECT_EQ(config->server.listen, "127.0.0.1:8080");
}

// The parser has undefined behaviour there, unless it is told otherwise; tests/fuzz found both.
TEST_F(ConfigTest, LettersBeyondAsciiOutsideAStringAreRefused) {
    EXPECT_TRUE(first_error("data_dir = 0\".\xcc\xa0\"\n").starts_with("c.toml:1:"));
    EXPECT_TRUE(first_error("[log]\nformat = \xd1\x8f\n").starts_with("c.toml:2:"));
    EXPECT_TRUE(first_error("[log]\n\xcc\xa0 = 1\n").starts_with("c.toml:2:"));
    EXPECT_TRUE(first_error("[log] # \xd1\x8f\nformat = \"\xd1\x8f\"\n").starts_with("c.toml:2:"));
}

TEST(ConfigListen, ReadsAddresses) {
    EXPECT_EQ(parse_listen("127.0.0.1:8080")->port, 8080);
    EXPECT_EQ(parse_listen("localhost:0")->host, "127.0.0.1");
    EXPECT_EQ(parse_listen("[::1]:443")->host, "::1");
    for (const std::string_view bad :
         {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "1:2:3", "::1:80", "[127.0.0.1]:80",
          "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80 ", "256.0.0.1:80"}) {
        EXPECT_FALSE(parse_listen(bad)) << bad;
    }
}

}  // namespace
}  // namespace creditd::daemon
