// What the simulation found, each as a story that can be read. The rig is the simulation's own.
#include <gtest/gtest.h>

#include "tests/sim/connection.hpp"
#include "tests/sim/daemon.hpp"
#include "tests/sim/json.hpp"
#include "tests/sim/workload.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::sim {
namespace {

class Found : public testing::Test {
protected:
    void start() {
        auto started = SimDaemon::start(world_);
        ASSERT_TRUE(started.has_value()) << started.error().message;
        daemon_ = std::move(*started);
        connection_ = std::make_unique<Connection>(
            daemon_->io(), [this](Connection&, Answer answer) { answer_ = std::move(answer); });
    }

    void crash() {
        connection_.reset();
        daemon_.reset();
    }

    Answer ask(std::string method, std::string path, std::string body, std::string key) {
        Request request;
        request.method = std::move(method);
        request.path = std::move(path);
        request.body = std::move(body);
        request.key = std::move(key);
        request.secret = admin_secret;
        connection_->send(daemon_->service(), request.bytes());
        while (connection_->is_busy()) {
            daemon_->service().on_idle(daemon_->io());
            daemon_->followers().turn();
            if (daemon_->readers().waiting() > 0) daemon_->readers().run_waiting(0);
            while (daemon_->io().has_tasks()) daemon_->io().run_one();
        }
        world_.clock.pass(Duration{10});
        return answer_;
    }

    void expect_same_again(std::string method, std::string path, std::string body,
                           std::string key) {
        const Answer first = ask(method, path, body, key);
        EXPECT_LT(first.status, 300U) << first.body;
        const Answer again = ask(method, path, body, key);
        EXPECT_EQ(again.status, first.status);
        EXPECT_EQ(again.body, first.body);
        EXPECT_TRUE(again.is_replayed);
    }

    tests::TemporaryFolder folder_;
    World world_{1, folder_.file("ledger")};
    std::unique_ptr<SimDaemon> daemon_;
    std::unique_ptr<Connection> connection_;
    Answer answer_;
};

TEST_F(Found, PutAndDeleteUnderAKeyAreAnsweredAlikeAgain) {
    start();
    expect_same_again("PUT", "/v1/features/image", R"({"credits":2})", "k1");
    expect_same_again("DELETE", "/v1/features/image", "", "k2");
    const Answer key = ask("POST", "/v1/api-keys", R"({"name":"n","scopes":["admin"]})", "k3");
    expect_same_again("DELETE", "/v1/api-keys/" + Json::parse(key.body).at("id").text, "", "k4");
}

TEST_F(Found, AGrantIsAnsweredAlikeAfterItsTimeIsOver) {
    start();
    ask("PUT", "/v1/accounts/ann", "{}", "k1");
    const std::string path = "/v1/accounts/ann/grants";
    const std::string body = R"({"amount":5,"expires_at":"2030-03-17T18:00:00Z"})";
    const Answer first = ask("POST", path, body, "k2");
    EXPECT_EQ(first.status, 201U) << first.body;
    world_.clock.pass(Duration::days(1));
    const Answer again = ask("POST", path, body, "k2");
    EXPECT_EQ(again.status, 201U);
    EXPECT_EQ(again.body, first.body);
    const Answer late = ask("POST", path, body, "k3");
    EXPECT_EQ(late.status, 400U);
    EXPECT_EQ(Json::parse(late.body).at("code").text, "invalid_request");
    EXPECT_NE(late.body.find("#/expires_at"), std::string::npos);
}

TEST_F(Found, AKnownPaymentInAnAtomicBatchIsAnsweredWithItsPurchase) {
    start();
    ask("PUT", "/v1/accounts/ann", "{}", "k1");
    const std::string purchase =
        R"("amount":5,"payment":{"provider":"p","id":"1","amount":9,"currency":"EUR"}})";
    ask("POST", "/v1/accounts/ann/purchases", "{" + purchase, "k2");
    const std::string batch =
        R"({"mode":"atomic","operations":[{"op":"purchase","account":"ann",)" + purchase + "]}";
    expect_same_again("POST", "/v1/batches", batch, "k3");
    const Json results = Json::parse(answer_.body).at("results");
    ASSERT_EQ(results.items.size(), 1U);
    EXPECT_EQ(results.items[0].second.at("body.type").text, "purchase");
    EXPECT_EQ(results.items[0].second.at("body.duplicate").text, "true");
}

TEST_F(Found, AHoldWhoseTimeIsOverReadsAlikeBeforeAndAfterItsEvent) {
    start();
    ask("PUT", "/v1/accounts/ann", "{}", "k1");
    ask("POST", "/v1/accounts/ann/grants", R"({"amount":10})", "k2");
    const std::string capture = R"({"amount":3,"expires_in":"60s","on_expiry":"capture"})";
    const std::string release = R"({"amount":4,"expires_in":"60s"})";
    for (const auto& [body, captured] : {std::pair(capture, "3"), std::pair(release, "0")}) {
        const Answer placed =
            ask("POST", "/v1/accounts/ann/holds", body, "hold-" + std::string(captured));
        const std::string path = "/v1/holds/" + Json::parse(placed.body).at("id").text;
        world_.clock.pass(Duration::seconds(61));
        const Json before = Json::parse(ask("GET", path, "", "").body);
        ask("POST", "/v1/accounts/ann/deductions", R"({"amount":1})",
            "deduct-" + std::string(captured));
        const Json after = Json::parse(ask("GET", path, "", "").body);
        EXPECT_LT(before.at("seq").number(), after.at("seq").number());
        for (const Json* const read : {&before, &after}) {
            EXPECT_EQ(read->at("status").text, "expired");
            EXPECT_EQ(read->at("captured").text, captured);
            EXPECT_EQ(read->at("remaining").text, "0");
        }
    }
}

TEST_F(Found, AFirstStartMayDieAnywhere) {
    for (unsigned point = 1; point <= 12; ++point) {
        const tests::TemporaryFolder folder;
        World world(point, folder.file("ledger"));
        Rng rng(point);
        world.timer.arm(point);
        try {
            const auto started = SimDaemon::start(world);
            EXPECT_TRUE(started.has_value());
        } catch (const Crash&) {
            world.disk.lose_power(Leftover::all, rng);
        }
        world.timer.arm(0);
        const auto again = SimDaemon::start(world);
        EXPECT_TRUE(again.has_value())
            << "died at point " << point << ": " << again.error().message;
    }
}

// The first answer was 204, and the repeat's 201, with a transaction that has no type.
TEST_F(Found, ARemovalIsAnsweredTheSameAgain) {
    start();
    ask("PUT", "/v1/accounts/a", "{}", "k1");
    ask("PUT", "/v1/accounts/a/budgets/b", R"({"limit":5,"window":"day"})", "k2");
    ask("PUT", "/v1/accounts/a/alerts/low", R"({"below":5})", "k3");
    expect_same_again("DELETE", "/v1/accounts/a/budgets/b", {}, "k4");
    expect_same_again("DELETE", "/v1/accounts/a/alerts/low", {}, "k5");
    expect_same_again("DELETE", "/v1/accounts/a/auto-top-up", {}, "k6");
}

// It was answered 404: a bit of a block on the disk had flipped, and what cannot be read is there.
TEST_F(Found, WhatCannotBeReadIsNotMissing) {
    start();
    ask("PUT", "/v1/accounts/ann", "{}", "k1");
    ask("POST", "/v1/accounts/ann/grants", R"({"amount":10})", "k2");
    const auto id_of = [](const Answer& answer) { return Json::parse(answer.body).at("id").text; };
    const std::string used =
        id_of(ask("POST", "/v1/accounts/ann/deductions", R"({"amount":1})", "k3"));
    const std::string held =
        id_of(ask("POST", "/v1/accounts/ann/holds", R"({"amount":1,"expires_in":"60s"})", "k4"));
    ask("POST", "/v1/holds/" + held + "/release", "{}", "k5");
    ask("PUT", "/v1/packages/p", R"({"credits":5,"price":{"amount":100,"currency":"USD"}})", "k6");
    const Answer placed =
        ask("POST", "/v1/orders",
            R"({"order_id":"o","account":"ann","provider":"manual","package":"p"})", "k7");
    ASSERT_EQ(placed.status, 201U) << placed.body;
    const std::vector<std::string> paths{"/v1/transactions/" + used,
                                         "/v1/transactions/" + used + "/explain",
                                         "/v1/accounts/ann/transactions",
                                         "/v1/holds/" + held,
                                         "/v1/orders/o",
                                         "/v1/orders?account=ann"};
    for (const std::string& path : paths) EXPECT_EQ(ask("GET", path, {}, {}).status, 200U) << path;
    ask("POST", "/v1/accounts/ann/grants", R"({"amount":10})", "k8");
    const Seq last = world_.disk.durable();
    EXPECT_EQ(ask("GET", "/v1/transactions/txn_" + std::to_string(last.value), {}, {}).status, 200U)
        << "now a reader remembers the last block only";
    for (const auto& [first, block] : world_.disk.blocks()) {
        if (first < last) world_.disk.flip_bit(first, 8 * block.size() / 2);
    }
    for (const std::string& path : paths) EXPECT_EQ(ask("GET", path, {}, {}).status, 503U) << path;
}

// What could not be decoded was shown as if nobody had given it, also under the same key again.
TEST_F(Found, APersonalPartThatCannotBeReadIsNotEmpty) {
    start();
    ask("PUT", "/v1/accounts/ann", R"({"labels":{"team":"blue"}})", "k1");
    const Seq profile = world_.disk.durable();
    const std::string credited = R"({"amount":10,"description":"as agreed"})";
    const Answer granted = ask("POST", "/v1/accounts/ann/grants", credited, "k2");
    ASSERT_EQ(granted.status, 201U) << granted.body;
    const Seq grant = world_.disk.durable();
    const std::string path = "/v1/transactions/txn_" + std::to_string(grant.value);
    const std::vector<std::string> paths{path, "/v1/accounts/ann", "/v1/accounts",
                                         "/v1/accounts/ann/transactions", "/v1/events?after=0"};
    for (const std::string& one : paths) EXPECT_EQ(ask("GET", one, {}, {}).status, 200U) << one;
    world_.disk.spoil_personal(profile);
    world_.disk.spoil_personal(grant);
    for (const std::string& one : paths) EXPECT_EQ(ask("GET", one, {}, {}).status, 503U) << one;
    EXPECT_EQ(ask("POST", "/v1/accounts/ann/grants", credited, "k2").status, 503U);
    EXPECT_EQ(ask("GET", "/v1/accounts/ann/balance", {}, {}).status, 200U) << "has none";
}

}  // namespace
}  // namespace creditd::sim
