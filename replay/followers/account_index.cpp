#include "replay/followers/account_index.hpp"

#include <rocksdb/db.h>

#include <algorithm>

#include "core/assert.hpp"
#include "replay/database.hpp"
#include "replay/followers/encoding.hpp"

namespace creditd::replay::followers {
namespace {

RunOptions with_small_runs(RunOptions options) {
    options.entries = std::min(options.entries, AccountIndex::run_entries_max);
    return options;
}

/// Adds at most `count` entries of one source to `found`.
template <class Map>
void collect(const Map& from, std::string_view prefix, std::string_view after, std::size_t count,
             Map& found) {
    auto at = after < prefix ? from.lower_bound(prefix) : from.upper_bound(after);
    for (; at != from.end() && count > 0 && at->first.starts_with(prefix); ++at, --count) {
        found.insert(*at);
    }
}

}  // namespace

AccountIndex::AccountIndex(Database& database, RunOptions options)
    : RunFollower(database.db(), database.family("accounts"), with_small_runs(std::move(options))) {
}

std::expected<std::unique_ptr<AccountIndex>, FollowerFailure> AccountIndex::open(
    Database& database, RunOptions options) {
    auto index = std::unique_ptr<AccountIndex>(new AccountIndex(database, std::move(options)));
    if (const auto cursor = index->restore(); !cursor) return std::unexpected(cursor.error());
    return index;
}

void AccountIndex::gather(std::span<const FollowedEvent> events) {
    for (const FollowedEvent& event : events) {
        if (event.kind != schemas::EventKind::account_created) continue;
        const std::scoped_lock lock(mutex_);
        open_.emplace(event.account, event.account_no);
    }
}

std::size_t AccountIndex::open_entries() const { return open_.size(); }

void AccountIndex::close_run(Seq) {
    const std::scoped_lock lock(mutex_);
    CREDITD_ASSERT(closing_.empty());
    closing_.swap(open_);
    next_ = closing_.begin();
}

bool AccountIndex::write_entries(RunWriter& writer, std::size_t entries) {
    for (; entries > 0 && next_ != closing_.end(); ++next_, --entries) {
        value_.clear();
        append_be(value_, next_->second.value, 4);
        writer.put(next_->first, value_);
    }
    return next_ != closing_.end();
}

void AccountIndex::drop_closing() {
    Run dropped;  // freed after the lock
    const std::scoped_lock lock(mutex_);
    dropped.swap(closing_);
}

std::expected<AccountPage, JournalError> AccountIndex::page(std::string_view prefix,
                                                            std::string_view after,
                                                            std::size_t limit) const {
    CREDITD_ASSERT(limit > 0);
    // One more than wanted tells whether there are more. The memory first: a run that is taken in
    // meanwhile is then seen twice, which the map does not mind.
    Run found;
    {
        const std::scoped_lock lock(mutex_);
        collect(open_, prefix, after, limit + 1, found);
        collect(closing_, prefix, after, limit + 1, found);
    }
    if (const auto read = read_stored(prefix, after, limit + 1, found); !read) {
        return std::unexpected(read.error());
    }
    AccountPage page;
    page.has_more = found.size() > limit;
    for (const auto& [id, no] : found) {
        if (page.accounts.size() == limit) break;
        page.accounts.push_back({id, no});
    }
    return page;
}

std::expected<void, JournalError> AccountIndex::read_stored(std::string_view prefix,
                                                            std::string_view after,
                                                            std::size_t count, Run& found) const {
    // The least key after an id is the id and a zero; the cursor's sorts before every id.
    std::string first = after < prefix ? std::string(prefix) : std::string(after) + '\0';
    if (first <= cursor_key) first = "\1";
    const std::unique_ptr<rocksdb::Iterator> at(db().NewIterator({}, family()));
    for (at->Seek(first); at->Valid() && count > 0; at->Next(), --count) {
        const std::string_view id = at->key().ToStringView();
        if (!id.starts_with(prefix)) break;
        if (at->value().size() != 4) {
            return std::unexpected(JournalError{
                JournalFault::damaged, "an entry of the account list is malformed", {}});
        }
        const auto no = static_cast<std::uint32_t>(read_be(at->value().ToStringView()));
        found.emplace(id, AccountNo{no});
    }
    if (at->status().ok()) return {};
    return std::unexpected(
        JournalError{JournalFault::io, "reading the accounts: " + at->status().ToString(), {}});
}

}  // namespace creditd::replay::followers
