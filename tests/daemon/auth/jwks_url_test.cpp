// Keys of an issuer at a URL: when they are asked for, and what keeps the old ones in force.
#include "daemon/auth/jwks_url.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "tests/daemon/auth/jwt_maker.hpp"
#include "tests/daemon/outbound/client_fixture.hpp"
#include "tests/daemon/outbound/receiver.hpp"

namespace creditd::daemon {
namespace {

using namespace testing;  // NOLINT: of these tests
using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::Issuer;

constexpr Timestamp token_time{1'700'000'000'000'000};

JwtRules rules() {
    return {"https://id.example", "creditd", {JwtAlgorithm::eddsa}, "sub", {}, Duration{}};
}

/// One request at a time, so that whatever comes after one has ended sees what came of it.
HttpClient::Options one_by_one() {
    HttpClient::Options options = local_options();
    options.connections_max = 1;
    return options;
}

class JwksUrlTest : public ::testing::Test {
protected:
    void publish(const std::string& keys) { answer(ok_answer(keys)); }
    void answer(std::string text) {
        const std::lock_guard lock(mutex_);
        answer_ = std::move(text);
    }
    void serve(int fd) {
        std::string buffer;
        for (std::string request = read_request(fd, buffer); !request.empty();
             request = read_request(fd, buffer)) {
            const std::lock_guard lock(mutex_);
            ++asked_;
            request_ = request;
            if (answer_.empty() || !say(fd, answer_)) return;
        }
    }
    unsigned asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    /// Looks at a moment after the test's first one, and waits for what comes of it.
    void look(milliseconds at) {
        keys_.look(start_ + at);
        EXPECT_EQ(get(client_, barrier_.url()).status, 200);
    }
    bool is_believed(const Issuer& issuer, std::string_view name = "https://id.example") {
        const std::string token =
            issuer.sign(R"({"iss":")" + std::string(name) +
                        R"(","aud":"creditd","sub":"alice","exp":1700000060})");
        return verifier_.check(token, token_time).has_value();
    }

    std::mutex mutex_;
    std::string answer_;
    std::string request_;
    unsigned asked_ = 0;
    Receiver receiver_{[this](int fd) { serve(fd); }};
    Receiver barrier_{Receiver::answering(ok_answer())};
    JwtVerifier verifier_{rules()};
    const JwksUrl::Clock::time_point start_ = JwksUrl::Clock::now();
    // As in the daemon, the client ends before whom it calls back; the fixture has none of its own
    // that calls `keys_` later than `look` waits for.
    HttpClient client_{one_by_one()};
    JwksUrl keys_{client_, receiver_.url("/jwks.json"), Duration::seconds(600), verifier_};
    const Issuer old_{"EdDSA", "old"};
    const Issuer new_{"EdDSA", "new"};
};

TEST_F(JwksUrlTest, AreAskedForAtOnceAndThenNowAndThen) {
    publish(old_.jwks());
    EXPECT_FALSE(is_believed(old_));
    look(seconds(0));
    EXPECT_TRUE(keys_.wait_for_first(milliseconds(0)));
    EXPECT_TRUE(is_believed(old_));
    EXPECT_TRUE(request_.starts_with("GET /jwks.json HTTP/1.1\r\n")) << request_;
    look(seconds(599));
    EXPECT_EQ(asked(), 1u);
    EXPECT_EQ(verifier_.remembered(), 1u);
    look(seconds(610));
    EXPECT_EQ(asked(), 2u);
    EXPECT_EQ(verifier_.remembered(), 1u) << "the same keys are no news";
    publish(new_.jwks());
    look(seconds(615));
    EXPECT_EQ(asked(), 3u) << "it counts from the answer, and that came just now";
    EXPECT_TRUE(is_believed(new_));
    EXPECT_FALSE(is_believed(old_)) << "a key that was taken away still counts";
}

TEST_F(JwksUrlTest, AnUnknownKeyIsAskedForButNotOften) {
    publish(old_.jwks());
    look(seconds(0));
    EXPECT_EQ(asked(), 1u);
    EXPECT_FALSE(is_believed(new_));
    publish(new_.jwks());
    look(seconds(1));
    EXPECT_EQ(asked(), 2u);
    EXPECT_TRUE(is_believed(new_));
    for (int i = 0; i < 29; ++i) {  // somebody makes kids up
        EXPECT_FALSE(is_believed(Issuer("EdDSA", "k" + std::to_string(i))));
        look(seconds(2 + i));
    }
    EXPECT_EQ(asked(), 2u);
    look(seconds(31));
    EXPECT_EQ(asked(), 3u);
    look(seconds(100));
    EXPECT_EQ(asked(), 3u) << "nobody has asked for another key since";
}

TEST_F(JwksUrlTest, ATokenThatWouldNotBeBelievedAnywayAsksForNothing) {
    publish(old_.jwks());
    look(seconds(0));
    EXPECT_FALSE(is_believed(new_, "https://other.example"));
    EXPECT_FALSE(is_believed(Issuer("ES256", "new")));  // an algorithm that is not taken
    EXPECT_FALSE(is_believed(Issuer("EdDSA", "old")));  // the right kid, another's signature
    EXPECT_FALSE(verifier_.check("a.b.c", token_time).has_value());
    look(seconds(100));
    EXPECT_EQ(asked(), 1u);
}

TEST_F(JwksUrlTest, WhatIsBrokenOrMissingKeepsTheOldKeys) {
    publish(old_.jwks());
    look(seconds(0));
    EXPECT_FALSE(is_believed(new_));
    look(seconds(1));  // so that no unknown key counts for the next 30 s
    unsigned times = asked();
    const std::string large(jwk_set_bytes_max + 1, ' ');
    for (const std::string& text :
         {std::string(), std::string("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"),
          "HTTP/1.1 301 Moved\r\nLocation: " + receiver_.url() + "\r\nContent-Length: 0\r\n\r\n",
          ok_answer("{}"), ok_answer("no JSON"), ok_answer(""), ok_answer(large),
          ok_answer(new_.jwks() + "x"), std::string("garbage\r\n\r\n"),
          "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n" + new_.jwks()}) {
        answer(text);
        keys_.reload();
        look(seconds(0));
        EXPECT_GT(asked(), times) << text;
        EXPECT_TRUE(is_believed(old_)) << text;
        EXPECT_FALSE(is_believed(new_)) << text;
        times = asked();
        look(seconds(20));  // the pause of 30 s counts from the answer, so this is too early
        EXPECT_EQ(asked(), times) << text;
    }
    EXPECT_TRUE(verifier_.take_missed_key());
    publish(new_.jwks());
    look(seconds(60));  // long before jwks_refresh
    EXPECT_TRUE(is_believed(new_));
}

TEST_F(JwksUrlTest, WithoutAnyKeysItIsTriedAgainSoon) {
    EXPECT_FALSE(keys_.wait_for_first(milliseconds(1)));
    look(seconds(0));
    EXPECT_TRUE(keys_.wait_for_first(milliseconds(0))) << "a failure is an end, too";
    EXPECT_FALSE(is_believed(old_));
    publish(old_.jwks());
    look(seconds(10));
    EXPECT_TRUE(is_believed(old_));
}

TEST_F(JwksUrlTest, AReloadAsksNow) {
    publish(old_.jwks());
    look(seconds(0));
    publish(new_.jwks());
    keys_.reload();
    look(seconds(1));
    EXPECT_EQ(asked(), 2u);
    EXPECT_TRUE(is_believed(new_));
}

TEST_F(JwksUrlTest, AnAddressThatMayNotBeCalledIsNot) {
    publish(old_.jwks());
    HttpClient::Options options = one_by_one();
    options.allowed = {};
    JwtVerifier verifier(rules());
    std::unique_ptr<JwksUrl> keys;
    HttpClient client(std::move(options));
    keys = std::make_unique<JwksUrl>(client, receiver_.url(), Duration::seconds(600), verifier);
    keys->look();
    EXPECT_TRUE(keys->wait_for_first(seconds(10)));
    EXPECT_EQ(receiver_.accepted(), 0u);
}

}  // namespace
}  // namespace creditd::daemon
