#include "daemon/webhooks/webhook_store.hpp"

#include <gtest/gtest.h>

#include "replay/database.hpp"
#include "replay/followers/families.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::daemon {
namespace {

class Store : public ::testing::Test {
protected:
    void SetUp() override { reopen(); }
    void reopen() {
        store_.reset();
        database_.reset();
        replay::DatabaseOptions options;
        options.folder = folder_.path() / "db";
        options.followers = replay::followers::follower_families();
        auto opened = replay::Database::open(std::move(options));
        ASSERT_TRUE(opened.has_value());
        database_ = std::move(*opened);
        store_.emplace(*database_);
    }
    bool save(std::string endpoint, std::string outbox, std::vector<WebhookAttempt> attempts = {}) {
        return store_->save(std::vector<WebhookStore::Change>{
            {std::move(endpoint), std::move(outbox), std::move(attempts)}});
    }

    tests::TemporaryFolder folder_;
    std::unique_ptr<replay::Database> database_;
    std::optional<WebhookStore> store_;
};

WebhookAttempt attempt(std::uint64_t number) {
    return {number, "msg_7", "credits.granted",          Timestamp{1'700'000'000'000'000}, 2,
            503,    1'250,   "it said: no\nand no again"};
}

TEST_F(Store, KeepsWhereEachEndpointStands) {
    EXPECT_FALSE(store_->outbox("ep_1"));
    EXPECT_TRUE(save("ep_1", "1 5\n"));
    EXPECT_TRUE(save("ep_10", "1 6\n"));
    reopen();
    EXPECT_EQ(store_->outbox("ep_1"), "1 5\n");
    EXPECT_EQ(store_->outbox("ep_10"), "1 6\n");
}

TEST_F(Store, KeepsTheLatestAttempts) {
    EXPECT_EQ(store_->last_attempt("ep_1"), 0U);
    ASSERT_TRUE(save("ep_1", "1 5\n", {attempt(1), attempt(2)}));
    ASSERT_TRUE(save("ep_10", "1 5\n", {attempt(1)}));
    reopen();
    EXPECT_EQ(store_->last_attempt("ep_1"), 2U);
    const auto attempts = store_->attempts("ep_1", 0, 10);
    ASSERT_EQ(attempts.size(), 2U);
    EXPECT_EQ(attempts[0], attempt(2));
    EXPECT_EQ(attempts[1], attempt(1));
    EXPECT_EQ(store_->attempts("ep_1", 2, 10).size(), 1U);
    EXPECT_EQ(store_->attempts("ep_1", 0, 1).size(), 1U);
}

TEST_F(Store, ForgetsTheOldest) {
    for (std::uint64_t i = 1; i <= attempts_kept + 3; ++i) {
        ASSERT_TRUE(save("ep_1", "1 5\n", {attempt(i)}));
    }
    const auto attempts = store_->attempts("ep_1", 0, 2 * attempts_kept);
    EXPECT_EQ(attempts.size(), attempts_kept);
    EXPECT_EQ(attempts.back().number, 4U);
}

TEST_F(Store, ForgetsAnEndpointThatIsGone) {
    ASSERT_TRUE(save("ep_1", "1 5\n", {attempt(1)}));
    ASSERT_TRUE(save("ep_10", "1 6\n", {attempt(1)}));
    ASSERT_TRUE(save("ep_1", ""));
    EXPECT_FALSE(store_->outbox("ep_1"));
    EXPECT_EQ(store_->last_attempt("ep_1"), 0U);
    EXPECT_EQ(store_->last_attempt("ep_10"), 1U);
}

}  // namespace
}  // namespace creditd::daemon
