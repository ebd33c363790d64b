// A receiver that fails as it likes, restarts in between, and a log that grows: in the end
// everything was delivered, in order for each account, and twice only what a restart made
// uncertain.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "daemon/webhooks/outbox.hpp"

namespace creditd::daemon {
namespace {

/// A log, whoever reads it for an outbox, and whoever receives what that sends.
class World {
public:
    explicit World(std::uint64_t seed) : random_(seed) {}

    void run() {
        for (int step = 0; step < 2'000; ++step) take_step();
        is_receiver_well_ = true;
        for (int i = 0; i < 100'000 && !is_done(); ++i) {
            read();
            send();
            if (!in_flight_.empty()) answer();
            else now_ = now_ + Duration::seconds(60);
        }
        EXPECT_TRUE(is_done());
    }

    void check() const {
        std::map<AccountNo, std::vector<Seq>> meant;
        for (const WebhookMessage& message : log_) meant[message.account].push_back(message.seq);
        EXPECT_EQ(heard_.size(), meant.size());
        for (const auto& [account, seqs] : meant) {
            const auto heard = heard_.find(account);
            ASSERT_NE(heard, heard_.end()) << account.value;
            EXPECT_EQ(heard->second, seqs) << account.value;
        }
        EXPECT_LE(repeats_, repeats_allowed_);
    }

private:
    std::uint64_t below(std::uint64_t end) { return random_() % end; }

    void take_step() {
        switch (below(12)) {
            case 0:
            case 1: grow(); return;
            case 2: read(); return;
            case 3:
            case 4: send(); return;
            case 5: now_ = now_ + Duration::seconds(static_cast<std::int64_t>(below(400))); return;
            case 6:
                if (below(40) == 0) restart();
                else if (below(40) == 0) rewind();
                else if (below(4) == 0) save();
                return;
            case 7:
                if (below(20) == 0) is_receiver_well_ = !is_receiver_well_;
                return;
            default:
                if (!in_flight_.empty()) answer();
        }
    }

    void grow() {
        const AccountNo account{static_cast<std::uint32_t>(below(6))};
        ++end_.value;
        if (below(4) == 0) return;  // nobody's news
        log_.push_back({end_, "m", account, "t", "{}"});
    }

    /// What follows `after`, of one account or all; some of it.
    std::pair<std::vector<WebhookMessage>, Seq> find(std::optional<AccountNo> account, Seq after) {
        std::vector<WebhookMessage> found;
        const std::size_t most = 1 + below(5);
        for (const WebhookMessage& message : log_) {
            if (message.seq <= after || (account && message.account != *account)) continue;
            if (found.size() == most) return {found, found.back().seq};
            found.push_back(message);
        }
        return {found, end_};
    }

    void read() {
        if (const auto refill = outbox_.refill()) {
            auto [found, looked_to] = find(refill->account, refill->after);
            outbox_.refilled(refill->account, std::move(found), looked_to);
        }
        if (!outbox_.wants_more() || outbox_.position() == end_) return;
        auto [found, looked_to] = find(std::nullopt, outbox_.position());
        outbox_.add(std::move(found), looked_to);
    }

    void send() {
        const WebhookMessage* const message = outbox_.next(now_);
        if (message == nullptr) return;
        for (const auto& other : in_flight_) EXPECT_NE(other.first, message->account);
        in_flight_.emplace_back(message->account, message->seq);
    }

    void answer() {
        const std::size_t place = below(in_flight_.size());
        const auto [account, seq] = in_flight_[place];
        in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(place));
        const bool takes = is_receiver_well_ ? below(10) != 0 : below(10) == 0;
        if (!takes) {
            outbox_.failed(account, seq, now_, {}, 0.5);
            return;
        }
        hear(account, seq);
        outbox_.delivered(account, seq);
    }

    void hear(AccountNo account, Seq seq) {
        ++heard_since_save_;
        std::vector<Seq>& seqs = heard_[account];
        if (std::ranges::find(seqs, seq) != seqs.end()) {
            ++repeats_;
            return;
        }
        EXPECT_TRUE(seqs.empty() || seqs.back() < seq) << "out of order";
        seqs.push_back(seq);
    }

    void save() {
        saved_ = outbox_.print();
        heard_since_save_ = 0;
    }

    /// Half of what is under way arrives, and nobody hears of it.
    void lose_what_is_under_way() {
        for (const auto& [account, seq] : in_flight_) {
            if (below(2) == 0) hear(account, seq);
        }
        in_flight_.clear();
    }

    /// As after a kill: what was saved last is what there is.
    void restart() {
        lose_what_is_under_way();
        const auto again = Outbox::parse(saved_, limits_);
        ASSERT_TRUE(again);
        repeats_allowed_ += heard_since_save_;
        outbox_ = *again;
    }

    void rewind() {
        lose_what_is_under_way();
        const Seq after{below(outbox_.position().value + 1)};
        for (const auto& [account, seqs] : heard_) {
            for (const Seq seq : seqs) repeats_allowed_ += seq > after ? 1 : 0;
        }
        repeats_allowed_ += heard_since_save_;  // what was lost above, for one
        outbox_.rewind(after);
        save();
    }

    bool is_done() const { return outbox_.waiting() == 0 && outbox_.position() == end_; }

    std::mt19937_64 random_;
    OutboxLimits limits_{.in_flight_max = 4, .messages_max = 8, .failing_max = 3};
    Outbox outbox_{Seq{0}, limits_};
    std::vector<WebhookMessage> log_;
    Seq end_{};
    Timestamp now_{};
    bool is_receiver_well_ = true;
    std::vector<std::pair<AccountNo, Seq>> in_flight_;
    std::map<AccountNo, std::vector<Seq>> heard_;
    std::string saved_ = outbox_.print();
    std::size_t heard_since_save_ = 0;
    std::size_t repeats_ = 0;
    std::size_t repeats_allowed_ = 0;
};

TEST(RandomOutbox, DeliversEverythingInOrder) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.run();
        world.check();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace creditd::daemon
