// Whom the keeper asks, when and from where on, and what it makes of the answers.
#include "daemon/witnesses/witness_keeper.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/witnesses/log_and_witness.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

using daemon::CosignedHeads;
using daemon::HttpRequest;
using daemon::HttpResult;
using daemon::leaves_of;
using daemon::WitnessKeeper;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Keeping : public testing::Test {
protected:
    struct Call {
        HttpRequest request;
        daemon::HttpClient::Done done;
    };

    Keeping() { log_.grow(5); }

    void begin(std::size_t witnesses, std::size_t quorum = 0) {
        std::vector<daemon::Witness> asked;
        std::vector<proof::VerifierKey> keys;
        for (std::size_t i = 0; i < witnesses; ++i) {
            cosigners_.emplace_back("w" + std::to_string(i) + ".example");
            asked.push_back(cosigners_.back().witness());
            keys.push_back(cosigners_.back().key());
        }
        open(asked, keys, quorum);
    }
    /// As a start does.
    void open(const std::vector<daemon::Witness>& asked,
              const std::vector<proof::VerifierKey>& keys, std::size_t quorum) {
        keeper_.reset();
        heads_ =
            std::make_unique<CosignedHeads>(folder_.path(), keys, quorum, log_.keys(), UINT64_MAX);
        keeper_ = std::make_unique<WitnessKeeper>(WitnessKeeper::Parts{
            .witnesses = asked,
            .heads = *heads_,
            .newest_head = [this]() -> std::expected<CosignedHeads::Head, proof::ProofError> {
                if (!head_error_.empty()) return std::unexpected(head_error_);
                return log_.tree().size() == 0 ? nullptr : log_.head();
            },
            .consistency = [this](std::uint64_t from, std::uint64_t to)
                -> std::expected<proof::Proof, proof::ProofError> {
                return log_.tree().consistency(from, to);
            },
            .send =
                [this](HttpRequest request, daemon::HttpClient::Done done) {
                    calls_.push_back({std::move(request), std::move(done)});
                },
            .wake = [] {}});
        look({});
    }
    /// Some time later.
    void look(milliseconds later) {
        now_ += later;
        keeper_->look(now_);
    }
    void answer(std::size_t call, int status, std::string body = {}) {
        ASSERT_LT(call, calls_.size());
        calls_[call].done({.status = status, .body = std::move(body)});
        look({});
    }
    void cosign(std::size_t call, std::size_t witness = 0) {
        ASSERT_LT(call, calls_.size());
        answer(call, 200, cosigners_[witness].cosign(text_of(call)));
    }
    /// What the call asks to be cosigned.
    std::string text_of(std::size_t call) const {
        const std::string& body = calls_[call].request.body;
        const std::size_t begin = body.find("\n\n") + 2;
        return body.substr(begin, body.rfind("\n\n") + 1 - begin);
    }
    std::uint64_t from_of(std::size_t call) const {
        return std::stoull(calls_[call].request.body.substr(4));
    }
    std::uint64_t settled() const { return heads_->settled() ? leaves_of(heads_->settled()) : 0; }

    TemporaryFolder folder_;
    SmallLog log_;
    std::vector<Cosigner> cosigners_;
    std::string head_error_;
    std::unique_ptr<CosignedHeads> heads_;
    std::unique_ptr<WitnessKeeper> keeper_;
    std::vector<Call> calls_;
    WitnessKeeper::Clock::time_point now_{};
};

TEST_F(Keeping, EachNewHeadIsAskedForOnce) {
    begin(1);
    ASSERT_EQ(calls_.size(), 1U);
    EXPECT_EQ(calls_[0].request.body, "old 0\n\n" + heads_->with_cosignatures(log_.head())->note);
    look(seconds(1));
    EXPECT_EQ(calls_.size(), 1U) << "one at a time";
    cosign(0);
    EXPECT_EQ(settled(), 5U);
    look(seconds(100));
    EXPECT_EQ(calls_.size(), 1U) << "nothing new";
    EXPECT_EQ(keeper_->stats()[0].cosigned_size, 5U);
    log_.grow(8);
    look({});
    ASSERT_EQ(calls_.size(), 2U);
    EXPECT_EQ(from_of(1), 5U);
    const auto line = [](const Hash256& hash) { return proof::to_base64(as_text(hash)) + '\n'; };
    std::string body = "old 5\n";
    for (const Hash256& hash : log_.tree().consistency(5, 13)) body += line(hash);
    EXPECT_TRUE(calls_[1].request.body.starts_with(body + "\nlog.example/a\n13\n"));
    cosign(1);
    log_.grow(1);
    look(milliseconds(900));
    EXPECT_EQ(calls_.size(), 2U) << "once a second";
    look(milliseconds(100));
    EXPECT_EQ(calls_.size(), 3U);
    EXPECT_EQ(keeper_->stats()[0].failures, 0U);
}

TEST_F(Keeping, AfterAStartTheFileSaysFromWhere) {
    begin(1);
    cosign(0);
    log_.grow(2);
    calls_.clear();
    open({cosigners_[0].witness()}, {cosigners_[0].key()}, 0);
    EXPECT_EQ(keeper_->stats()[0].cosigned_size, 5U);
    ASSERT_EQ(calls_.size(), 1U);
    EXPECT_EQ(from_of(0), 5U);
}

TEST_F(Keeping, AWitnessKnowsBetterHowFarItIs) {
    log_.grow(10);
    begin(1);
    answer(0, 409, "7\n");
    ASSERT_EQ(calls_.size(), 2U) << "at once";
    EXPECT_EQ(from_of(1), 7U);
    cosign(1);
    EXPECT_EQ(settled(), 15U);
    EXPECT_EQ(keeper_->stats()[0].failures, 0U);
}

TEST_F(Keeping, ButNotOneSizeAfterTheOther) {
    log_.grow(10);
    begin(1);
    for (std::size_t i = 0; i < calls_.size() && i < 100; ++i) {
        answer(i, 409, std::to_string(i % 2 + 1) + '\n');
    }
    EXPECT_EQ(calls_.size(), 1U + WitnessKeeper::corrections_max);
    EXPECT_EQ(keeper_->stats()[0].failures, 1U);
    EXPECT_FALSE(keeper_->stats()[0].disagrees);
}

TEST_F(Keeping, OneThatIsAheadIsAskedSeldom) {
    begin(1);
    answer(0, 409, "6\n");
    EXPECT_TRUE(keeper_->stats()[0].disagrees);
    log_.grow(1);  // which is no reason to believe that it is the same sixth leaf
    look(seconds(59));
    EXPECT_EQ(calls_.size(), 1U);
    look(seconds(1));
    ASSERT_EQ(calls_.size(), 2U);
    EXPECT_EQ(from_of(1), 0U);
    answer(1, 409, "6\n");
    EXPECT_EQ(from_of(2), 6U);
    cosign(2);
    EXPECT_FALSE(keeper_->stats()[0].disagrees);
}

TEST_F(Keeping, AnotherHistoryIsSaidLoudlyAndNotPressed) {
    begin(1);
    cosign(0);
    for (const auto& [status, body] : {std::pair{422, ""}, std::pair{409, "5\n"}}) {
        log_.grow(2);
        look(seconds(60));
        const std::size_t last = calls_.size() - 1;
        const std::uint64_t failures = keeper_->stats()[0].failures;
        answer(last, status, body);
        if (from_of(last) == 0) answer(last + 1, 422);  // it had said how far it is
        EXPECT_TRUE(keeper_->stats()[0].disagrees) << status;
        EXPECT_EQ(keeper_->stats()[0].failures, failures + 1);
        const std::size_t asked = calls_.size();
        look(seconds(59));
        EXPECT_EQ(calls_.size(), asked);
    }
    EXPECT_EQ(settled(), 5U);
}

TEST_F(Keeping, AFailureIsTriedAgainLaterAndLater) {
    begin(1);
    std::vector<std::int64_t> pauses;
    for (std::size_t call = 0; call < 9; ++call) {
        answer(call, 500);
        std::int64_t waited = 0;
        for (; calls_.size() == call + 1 && waited < 1'000; ++waited) look(seconds(1));
        pauses.push_back(waited);
    }
    EXPECT_EQ(pauses, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 60, 60, 60}));
    cosign(9);
    EXPECT_EQ(settled(), 5U);
    log_.grow(1);
    look(seconds(1));
    answer(10, 500);
    look(seconds(1));
    EXPECT_EQ(calls_.size(), 12U) << "and begins anew";
    // Who does not know the log will not know it in a second.
    answer(11, 404);
    look(seconds(59));
    EXPECT_EQ(calls_.size(), 12U);
    look(seconds(1));
    EXPECT_EQ(calls_.size(), 13U);
}

TEST_F(Keeping, ALieSettlesNothing) {
    begin(1, 1);
    const std::string text = text_of(0);
    const Cosigner stranger("w0.example");
    const std::vector<std::string> lies{"", "garbage\n", stranger.cosign(text),
                                        cosigners_[0].cosign("another text\n"),
                                        cosigners_[0].cosign(log_.head(4)->checkpoint.text())};
    for (std::size_t i = 0; i < lies.size(); ++i) {
        answer(i, 200, lies[i]);
        EXPECT_EQ(settled(), 0U) << lies[i];
        look(seconds(60));
    }
    EXPECT_EQ(keeper_->stats()[0].failures, lies.size());
    cosign(lies.size());
    EXPECT_EQ(settled(), 5U);
}

TEST_F(Keeping, ASlowWitnessHoldsUpNobody) {
    begin(2, 1);
    ASSERT_EQ(calls_.size(), 2U);
    cosign(0);
    for (std::uint64_t size = 6; size <= 8; ++size) {
        log_.grow(1);
        look(seconds(1));
        cosign(calls_.size() - 1);
        EXPECT_EQ(settled(), size);
    }
    EXPECT_EQ(calls_.size(), 5U) << "the slow one is still busy with the first";
    cosign(1, 1);
    EXPECT_TRUE(heads_->has(log_.head(5), 1));
    ASSERT_EQ(calls_.size(), 6U);
    EXPECT_EQ(from_of(5), 5U);
    cosign(5, 1);
    EXPECT_TRUE(heads_->has(log_.head(8), 1));
}

TEST_F(Keeping, ARoundWaitsForAQuorumButNotForEver) {
    begin(2, 2);
    cosign(0);
    log_.grow(1);
    look(seconds(4));
    EXPECT_EQ(calls_.size(), 2U) << "the second one is still at it";
    look(seconds(1));
    ASSERT_EQ(calls_.size(), 3U);
    cosign(1, 1);
    EXPECT_EQ(settled(), 5U) << "late, and of use all the same";
    // One that has failed is not waited for.
    cosign(2);
    answer(3, 500);
    log_.grow(1);
    look(milliseconds(999));
    EXPECT_EQ(calls_.size(), 4U);
    look(milliseconds(1));
    EXPECT_GT(calls_.size(), 4U);
}

TEST_F(Keeping, WithoutAHeadNobodyIsAsked) {
    head_error_ = "the log has signed another history";
    begin(1);
    look(seconds(10));
    EXPECT_TRUE(calls_.empty());
    head_error_.clear();
    look(seconds(1));
    EXPECT_EQ(calls_.size(), 1U);
}

}  // namespace
}  // namespace creditd::tests
