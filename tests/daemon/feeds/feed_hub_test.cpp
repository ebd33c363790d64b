// Who is woken by what, and that nothing is missed between a look and a sleep.
#include "daemon/feeds/feed_hub.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "replay/memory_journal.hpp"
#include "tests/support/ledger_world.hpp"

namespace creditd::daemon {
namespace {

using namespace std::chrono_literals;

/// Runs what is posted on whoever posts.
class Home final : public http::IoThread {
public:
    void post(std::move_only_function<void()> task) override { task(); }
    unsigned index() const override { return 0; }
};

class Listener final : public FeedListener {
public:
    Listener(Home& home, AccountNo account) : home_(home), account_(account) {}
    http::IoThread& home() override { return home_; }
    AccountNo account() const override { return account_; }
    void on_news() override { ++news; }
    void on_beat() override { ++beats; }

    std::atomic<int> news{0};
    std::atomic<int> beats{0};

private:
    Home& home_;
    const AccountNo account_;
};

template <class Condition>
bool soon(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!condition() && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(1ms);
    }
    return condition();
}

/// A ledger of two accounts whose events become durable when the test says so.
class Hub : public ::testing::Test {
protected:
    explicit Hub(std::chrono::milliseconds beat = 1h) : hub_(journal_, beat) {
        world_.put_account("a");
        world_.put_account("b");
        EXPECT_TRUE(journal_.open());
        publish();
        hub_.start();
    }
    ~Hub() override { hub_.stop(); }

    std::shared_ptr<Listener> listen(std::uint32_t account) {
        auto listener = std::make_shared<Listener>(home_, AccountNo{account});
        hub_.add(listener);
        return listener;
    }
    void publish() {
        world_.append_to(journal_);
        hub_.publish(journal_.tip().seq);
    }

    Home home_;
    tests::LedgerWorld world_;
    replay::MemoryJournal journal_{std::make_shared<replay::MemoryStore>()};
    FeedHub hub_;
};

class BeatingHub : public Hub {
protected:
    BeatingHub() : Hub(5ms) {}
};

TEST_F(Hub, WakesWhoIsConcerned) {
    const auto first = listen(0);
    const auto second = listen(1);
    const auto everything = listen(AccountNo::none().value);
    world_.grant("b", 10);
    publish();
    EXPECT_TRUE(soon([&] { return second->news == 1 && everything->news == 1; }));
    EXPECT_EQ(first->news, 0);
    world_.grant("a", 10);
    publish();
    EXPECT_TRUE(soon([&] { return first->news == 1 && everything->news == 2; }));
    EXPECT_EQ(second->news, 1);
}

TEST_F(Hub, SaysNothingOfWhatWasBefore) {
    world_.grant("a", 10);
    publish();
    const auto late = listen(0);
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(late->news, 0);
}

TEST_F(Hub, ForgetsWhoIsRemoved) {
    const auto gone = listen(0);
    const auto stays = listen(0);
    hub_.remove(*gone);
    EXPECT_EQ(hub_.count(), 1U);
    world_.grant("a", 10);
    publish();
    EXPECT_TRUE(soon([&] { return stays->news == 1; }));
    EXPECT_EQ(gone->news, 0);
    hub_.remove(*stays);
    hub_.remove(*stays);
    EXPECT_EQ(hub_.count(), 0U);
}

TEST_F(Hub, MissesNothing) {
    const auto listener = listen(0);
    for (int i = 1; i <= 200; ++i) {
        const int before = listener->news;
        world_.grant("a", 1);
        publish();
        ASSERT_TRUE(soon([&] { return listener->news > before; })) << i;
    }
}

TEST_F(BeatingHub, BeatsWithoutNews) {
    const auto listener = listen(0);
    EXPECT_TRUE(soon([&] { return listener->beats >= 3; }));
    EXPECT_EQ(listener->news, 0);
}

}  // namespace
}  // namespace creditd::daemon
