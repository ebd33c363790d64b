// All of a ledger's followers, as the power cuts drive and judge them: one thread, small runs, and
// every question that they answer compared with the events themselves.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "replay/followers/account_index.hpp"
#include "replay/followers/history_index.hpp"
#include "replay/followers/key_index.hpp"
#include "replay/followers/merkle_index.hpp"
#include "replay/followers/payment_index.hpp"
#include "replay/followers/usage_index.hpp"

namespace creditd::tests {

/// An event as it stands in the journal, and decoded.
struct StoredPowerCutEvent {
    std::string bytes;
    Event event;
};

class PowerCutFollowers {
public:
    /// Null: one of them cannot be opened, and `failure` says why. `database` and `journal` outlive
    /// them.
    static std::unique_ptr<PowerCutFollowers> open(replay::Database& database,
                                                   const replay::Journal& journal,
                                                   const std::filesystem::path& folder,
                                                   std::string& failure);

    /// They read on to the journal's end, and do some of what they have to do. False: one failed.
    bool feed();

    using Events = std::span<const StoredPowerCutEvent>;
    /// What they say that is not so, one sentence each. `events` are all that the journal has.
    std::vector<std::string> lies(Events events) const;

private:
    explicit PowerCutFollowers(const replay::Journal& journal) : journal_(journal) {}
    std::vector<replay::followers::RunFollower*> all() const;
    bool are_at_the_end() const;
    bool know_keys(Events events) const;
    bool know_histories(Events events) const;
    bool know_accounts(Events events) const;
    bool know_orders(Events events) const;
    bool know_usage(Events events) const;
    bool know_tree(Events events) const;

    const replay::Journal& journal_;
    std::unique_ptr<replay::followers::KeyIndex> keys_;
    std::unique_ptr<replay::followers::HistoryIndex> history_;
    std::unique_ptr<replay::followers::AccountIndex> accounts_;
    std::unique_ptr<replay::followers::PaymentIndex> payments_;
    std::unique_ptr<replay::followers::UsageIndex> usage_;
    std::unique_ptr<replay::followers::MerkleIndex> merkle_;
};

}  // namespace creditd::tests
