#include "tests/replay/followers/model.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/utc.hpp"

namespace creditd::tests {
namespace {

/// The texts of an event that pages are filtered by.
struct Texts {
    std::string feature;
    std::string user;
    std::string model;
};

Texts texts_of(const Event& event) {
    const auto of = [](const Usage& usage) {
        return Texts{usage.feature, usage.user, usage.model};
    };
    if (const auto* body = std::get_if<CreditsDeducted>(&event.body)) return of(body->usage);
    if (const auto* body = std::get_if<HoldPlaced>(&event.body)) return of(body->usage);
    if (const auto* body = std::get_if<HoldCaptured>(&event.body)) return of(body->usage);
    if (const auto* body = std::get_if<CommandRefused>(&event.body)) return {body->feature, "", ""};
    return {};
}

bool has_texts(const World& world, const Event& event, const followers::HistoryFilter& filter) {
    const Texts texts = texts_of(event);
    const auto is = [](const std::optional<std::string>& wanted, const std::string& text) {
        return !wanted || *wanted == text;
    };
    const auto found = world.resources().find(event.seq);
    return is(filter.feature, texts.feature) && is(filter.user, texts.user) &&
           is(filter.model, texts.model) &&
           is(filter.resource, found == world.resources().end() ? "" : found->second);
}

/// For each name the newest event that tells it.
struct Newest {
    std::map<Digest, Seq> keys;
    std::map<Digest, Seq> payments;
    std::map<std::uint64_t, Seq> refunds;
    std::map<std::uint64_t, Seq> revocations;
    std::map<std::uint64_t, Seq> hold_ends;
};

Newest newest_up_to(const World& world, Seq end) {
    Newest newest;
    for (const Event& event : world.events()) {
        if (event.seq > end) break;
        if (event.origin && !event.origin->key.empty()) {
            newest.keys[event.origin->key_digest] = event.seq;
        }
        if (const auto* body = std::get_if<CreditsPurchased>(&event.body)) {
            newest.payments[body->payment_digest] = event.seq;
        } else if (const auto* refund = std::get_if<CreditsRefunded>(&event.body)) {
            newest.refunds[refund->deduction.value] = event.seq;
        } else if (const auto* revoked = std::get_if<GrantRevoked>(&event.body)) {
            if (revoked->whole) newest.revocations[revoked->grant.value] = event.seq;
        } else if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
            if (captured->hold.status == HoldStatus::open) continue;
            newest.hold_ends[captured->hold.id.value] = event.seq;
        } else if (const auto* released = std::get_if<HoldReleased>(&event.body)) {
            newest.hold_ends[released->hold.id.value] = event.seq;
        }
    }
    return newest;
}

void expect_found(const followers::KeyIndex::Found& found, Seq seq) {
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(*found) << "seq " << seq.value;
    EXPECT_EQ(**found, seq);
}

}  // namespace

std::vector<Seq> naive_page(const World& world, AccountNo account,
                            const followers::HistoryFilter& filter, Seq before, Seq end) {
    std::vector<Seq> page;
    for (auto event = world.events().rbegin(); event != world.events().rend(); ++event) {
        if (event->seq > end || event->seq >= before || event->account_no != account) continue;
        if (event->seq < filter.from || event->seq >= filter.to) continue;
        if ((filter.kinds >> event->body.index() & 1) == 0) continue;
        if (has_texts(world, *event, filter)) page.push_back(event->seq);
    }
    return page;
}

void expect_page(const World& world, AccountNo account, const followers::HistoryFilter& filter,
                 Seq before, std::size_t limit, Seq end) {
    const auto confirm = [&](Seq seq) -> std::expected<bool, replay::JournalError> {
        return has_texts(world, world.events()[seq.value - 1], filter);
    };
    const auto page = world.indexes.history->page(account, filter, before, limit, confirm);
    ASSERT_TRUE(page) << page.error().detail;
    std::vector<Seq> expected = naive_page(world, account, filter, before, end);
    EXPECT_EQ(page->has_more, expected.size() > limit);
    expected.resize(std::min(expected.size(), limit));
    EXPECT_EQ(page->seqs, expected);
    if (page->has_more) {
        EXPECT_EQ(page->next, expected.back());
    }
}

/// A thread may seal another run meanwhile, and an entry is there a moment before the cursor says
/// so: an answer holds as of the cursor that was read before, or later.
template <class Name, class Find>
void expect_as_of(const std::map<Name, Seq>& synced, const std::map<Name, Seq>& all, Find find) {
    for (const auto& [name, newest] : all) {
        const followers::KeyIndex::Found found = find(name);
        ASSERT_TRUE(found) << found.error().detail;
        const auto earliest = synced.find(name);
        EXPECT_TRUE(*found || earliest == synced.end()) << newest.value;
        if (!*found) continue;
        EXPECT_LE(**found, newest);
        EXPECT_GE(**found, earliest == synced.end() ? Seq{} : earliest->second);
    }
}

void expect_keys(const World& world, Seq end) {
    const followers::KeyIndex& index = *world.indexes.keys;
    const Newest synced = newest_up_to(world, index.synced());
    const Newest all = newest_up_to(world, end);
    for (const auto& [digest, seq] : synced.keys) EXPECT_TRUE(index.may_contain(digest));
    for (const auto& [digest, seq] : synced.payments) EXPECT_TRUE(index.may_contain(digest));
    expect_as_of(synced.keys, all.keys, [&](const Digest& key) { return index.find_key(key); });
    expect_as_of(synced.payments, all.payments,
                 [&](const Digest& payment) { return index.find_payment(payment); });
    expect_as_of(synced.refunds, all.refunds,
                 [&](std::uint64_t id) { return index.find_refund(DeductionId{id}); });
    expect_as_of(synced.revocations, all.revocations,
                 [&](std::uint64_t id) { return index.find_revocation(GrantId{id}); });
    for (const auto& [id, seq] : all.hold_ends) expect_found(index.find_hold_end(HoldId{id}), seq);
    EXPECT_FALSE(*index.find_key(digest_of(UINT64_MAX)));
    EXPECT_FALSE(*index.find_hold_end(HoldId{1'000'000}));
}

void expect_accounts(const World& world, Seq end, std::size_t limit) {
    for (const std::string prefix : {"", "org:", "user:", "user:7", "zzz"}) {
        std::vector<followers::ListedAccount> expected;
        for (const Event& event : world.events()) {
            const bool is_new = std::holds_alternative<AccountCreated>(event.body);
            if (event.seq > end || !is_new || !event.account.starts_with(prefix)) continue;
            expected.push_back({event.account, event.account_no});
        }
        std::ranges::sort(expected, {}, &followers::ListedAccount::id);
        std::vector<followers::ListedAccount> listed;
        for (bool has_more = true; has_more;) {
            const std::string after = listed.empty() ? "" : listed.back().id;
            const auto page = world.indexes.accounts->page(prefix, after, limit);
            ASSERT_TRUE(page) << page.error().detail;
            ASSERT_LE(page->accounts.size(), limit);
            listed.insert(listed.end(), page->accounts.begin(), page->accounts.end());
            has_more = page->has_more;
            ASSERT_TRUE(!has_more || page->accounts.size() == limit);
        }
        EXPECT_EQ(listed, expected) << "prefix " << prefix;
    }
}

namespace {

/// Hour, feature, user and model.
using UsageKey = std::tuple<std::uint32_t, std::string, std::string, std::string>;
using UsageTable = std::map<UsageKey, followers::UsageSums>;

followers::UsageSums sums_of(const Event& event) {
    followers::UsageSums sums;
    const auto use = [&](Credits amount, Credits waived) {
        sums.uses = 1;
        sums.consumed = waived.is_positive() ? 0 : amount.value;
        sums.waived = waived.value;
    };
    if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) {
        use(deducted->amount, deducted->waived);
    } else if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
        use(captured->amount, captured->waived);
    } else if (const auto* refund = std::get_if<CreditsRefunded>(&event.body)) {
        sums.refunded = refund->amount.value;
    } else if (std::holds_alternative<CommandRefused>(event.body)) {
        sums.refusals = 1;
    }
    return sums;
}

Texts usage_texts_of(const Event& event) {
    const auto* const refund = std::get_if<CreditsRefunded>(&event.body);
    return refund == nullptr ? texts_of(event)
                             : Texts{refund->feature, refund->user, refund->model};
}

/// Of every account, in one pass.
std::map<AccountNo, UsageTable> naive_usage(const World& world, Seq end) {
    std::map<AccountNo, UsageTable> tables;
    for (const Event& event : world.events()) {
        if (event.seq > end) break;
        const followers::UsageSums sums = sums_of(event);
        if (sums == followers::UsageSums{}) continue;
        const auto hour = static_cast<std::uint32_t>(event.time.value / one_hour.value);
        const Texts texts = usage_texts_of(event);
        tables[event.account_no][{hour, texts.feature, texts.user, texts.model}] += sums;
    }
    return tables;
}

/// What lies in these hours.
UsageTable within(UsageTable table, const followers::UsageRange& range) {
    std::erase_if(table, [&range](const auto& entry) {
        const std::uint32_t hour = std::get<0>(entry.first);
        return hour < range.from || hour >= range.to;
    });
    return table;
}

UsageTable read_usage(const World& world, const followers::UsageRange& range) {
    UsageTable table;
    const auto read = world.indexes.usage->read(range, [&](std::uint32_t hour,
                                                           const followers::UsageName& name,
                                                           const auto& sums) {
        table[{hour, std::string(name.feature), std::string(name.user), std::string(name.model)}] +=
            sums;
    });
    EXPECT_TRUE(read) << read.error().detail;
    return table;
}

}  // namespace

void expect_usage(const World& world, Seq end) {
    auto expected = naive_usage(world, end);
    const auto first =
        static_cast<std::uint32_t>(world.events().front().time.value / one_hour.value);
    for (std::uint32_t no = 0; no < world.account_count(); ++no) {
        const AccountNo account{no};
        EXPECT_EQ(read_usage(world, {account}), expected[account]) << "account " << no;
        const followers::UsageRange some{account, first + 1, first + 4};
        EXPECT_EQ(read_usage(world, some), within(expected[account], some)) << "account " << no;
    }
}

void expect_all_found(const World& world, Seq end) {
    for (std::uint32_t no = 0; no < world.account_count(); ++no) {
        expect_page(world, AccountNo{no}, {}, Seq{UINT64_MAX}, 1'000, end);
    }
    expect_keys(world, end);
    expect_accounts(world, end);
    expect_usage(world, end);
    expect_merkle(world, end);
}

}  // namespace creditd::tests
