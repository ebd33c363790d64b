#include "tests/replay/power_cut_followers.hpp"

#include <algorithm>
#include <map>
#include <ranges>

#include "replay/block.hpp"
#include "replay/proof/entry.hpp"
#include "tests/replay/power_cut_events.hpp"
#include "tests/replay/proof/trees.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
using followers::RunOptions;

constexpr std::size_t everything = 1'000'000;

RunOptions runs_in(const std::filesystem::path& folder) {
    RunOptions runs;
    runs.folder = folder;
    runs.entries = 30;
    runs.events = 60;
    runs.step_entries = 16;
    return runs;
}

template <class Index>
bool take(std::expected<std::unique_ptr<Index>, followers::FollowerFailure> opened,
          std::unique_ptr<Index>& into, std::string& failure) {
    if (opened) into = std::move(*opened);
    else failure = opened.error();
    return opened.has_value();
}

}  // namespace

std::unique_ptr<PowerCutFollowers> PowerCutFollowers::open(Database& database,
                                                           const Journal& journal,
                                                           const std::filesystem::path& folder,
                                                           std::string& failure) {
    std::unique_ptr<PowerCutFollowers> made(new PowerCutFollowers(journal));
    const auto runs = [&](const char* name) { return runs_in(folder / name); };
    const bool is_open =
        take(followers::KeyIndex::open(database, {runs("keys"), 64}), made->keys_, failure) &&
        take(followers::HistoryIndex::open(database, runs("history")), made->history_, failure) &&
        take(followers::AccountIndex::open(database, runs("accounts")), made->accounts_, failure) &&
        take(followers::PaymentIndex::open(database, runs("payments")), made->payments_, failure) &&
        take(followers::UsageIndex::open(database, runs("usage")), made->usage_, failure) &&
        take(followers::MerkleIndex::open(database, journal, runs("merkle")), made->merkle_,
             failure);
    return is_open ? std::move(made) : nullptr;
}

std::vector<followers::RunFollower*> PowerCutFollowers::all() const {
    return {keys_.get(),     history_.get(), accounts_.get(),
            payments_.get(), usage_.get(),   merkle_.get()};
}

bool PowerCutFollowers::feed() {
    Seq from = keys_->consumed();
    for (const auto* follower : all()) from = std::min(from, follower->consumed());
    bool is_good = true;
    const auto read = journal_.read(from.next(), [&](const StoredBlock& stored) {
        std::vector<followers::FollowedEvent> events;
        const auto block = BlockView::parse(stored.bytes);
        for (const std::string_view bytes : *block) {
            events.push_back({*schemas::EventView::of(bytes), {}});
        }
        for (auto* follower : all()) {
            is_good = is_good && follower->check_block(*block).has_value();
            is_good = is_good && follower->consume(events).has_value();
            is_good = is_good && follower->work().has_value();
        }
        return is_good;
    });
    return read.has_value() && is_good;
}

// --- checks --------------------------------------------------------------------------------------

std::vector<std::string> PowerCutFollowers::lies(Events events) const {
    std::vector<std::string> found;
    const auto check = [&found](bool is_so, const char* otherwise) {
        if (!is_so) found.emplace_back(otherwise);
    };
    check(are_at_the_end(), "a cursor is ahead of the journal, or a follower not at its end");
    check(know_keys(events), "a key is not found, or elsewhere");
    check(know_histories(events), "an account's history differs");
    check(know_accounts(events), "the list of accounts differs");
    check(know_orders(events), "the list of orders differs, or an order is not found");
    check(know_usage(events), "what an account has used differs");
    check(know_tree(events), "the tree has another root");
    return found;
}

bool PowerCutFollowers::are_at_the_end() const {
    const Seq tip = journal_.tip().seq;
    return std::ranges::all_of(all(), [tip](const auto* follower) {
        return follower->cursor() <= tip && follower->consumed() == tip;
    });
}

/// Of those that the index vouches for; younger ones are the engine's.
bool PowerCutFollowers::know_keys(Events events) const {
    return std::ranges::all_of(events, [this](const auto& stored) {
        const Event& event = stored.event;
        if (!event.origin || event.seq > keys_->synced()) return true;
        const auto found = keys_->find_key(power_cut_key(event.seq));
        return found && *found == event.seq;
    });
}

bool PowerCutFollowers::know_histories(Events events) const {
    std::map<AccountNo, std::vector<Seq>> expected;
    for (const auto& [bytes, event] : std::views::reverse(events)) {
        if (event.origin) expected[event.account_no].push_back(event.seq);
    }
    return std::ranges::all_of(expected, [this](const auto& account) {
        const auto page = history_->page(account.first, {}, Seq{UINT64_MAX}, everything);
        return page && page->seqs == account.second;
    });
}

bool PowerCutFollowers::know_accounts(Events events) const {
    std::vector<followers::ListedAccount> expected;
    for (const auto& [bytes, event] : events) {
        if (!std::holds_alternative<AccountCreated>(event.body)) continue;
        expected.push_back({event.account, event.account_no});
    }
    std::ranges::sort(expected, {}, &followers::ListedAccount::id);
    const auto page = accounts_->page("", "", everything);
    return page && page->accounts == expected;
}

bool PowerCutFollowers::know_orders(Events events) const {
    std::map<Seq, Seq, std::greater<>> latest;
    for (const auto& [bytes, event] : events) {
        const auto* const set = std::get_if<OrderSet>(&event.body);
        if (set != nullptr) latest[set->order.placed] = event.seq;
    }
    std::vector<followers::ListedPayment> expected;
    for (const auto& [placed, seq] : latest) expected.push_back({placed, seq});
    const auto page = payments_->orders({}, Seq{}, everything);
    return page && page->listed == expected && std::ranges::all_of(latest, [this](auto order) {
               const auto found = payments_->find_order(power_cut_order(order.first));
               return found && *found == order.second;
           });
}

bool PowerCutFollowers::know_usage(Events events) const {
    std::map<AccountNo, followers::UsageSums> expected;
    for (const auto& [bytes, event] : events) {
        const auto* const deducted = std::get_if<CreditsDeducted>(&event.body);
        if (deducted == nullptr) continue;
        ++expected[event.account_no].uses;
        expected[event.account_no].consumed += deducted->amount.value;
    }
    return std::ranges::all_of(expected, [this](const auto& account) {
        followers::UsageSums sums;
        const auto read =
            usage_->read({account.first}, [&](std::uint32_t, const auto& name, const auto& used) {
                if (name.feature == power_cut_feature) sums += used;
            });
        return read && sums == account.second;
    });
}

bool PowerCutFollowers::know_tree(Events events) const {
    if (events.empty()) return true;
    std::vector<std::string> entries;
    for (const auto& [bytes, event] : events) {
        std::string scratch;
        entries.emplace_back(proof::entry_of(bytes, scratch));
    }
    const auto root = merkle_->root(entries.size());
    return root && *root == slow_root(entries);
}

}  // namespace creditd::tests
