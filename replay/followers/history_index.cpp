#include "replay/followers/history_index.hpp"

#include <rocksdb/db.h>

#include <algorithm>
#include <utility>

#include "core/assert.hpp"
#include "core/canary.hpp"
#include "replay/database.hpp"

namespace creditd::replay::followers {
namespace {

HistoryEntry entry_of(const FollowedEvent& event) {
    HistoryEntry entry;
    entry.seq = event.seq;
    entry.kind = static_cast<std::uint8_t>(event.kind);
    const std::array fields{event.feature, event.user, event.model, event.resource};
    static_assert(std::tuple_size_v<decltype(fields)> == history_fields);
    for (std::size_t i = 0; i < history_fields; ++i) {
        if (fields[i].empty()) continue;
        entry.mask = static_cast<std::uint8_t>(entry.mask | 1u << i);
        entry.hashes[i] = history_hash(fields[i]);
    }
    return entry;
}

bool is_busy(const HistoryRun::Account& account) { return account.count >= history_busy_entries; }

std::uint32_t group_of(const HistoryRun::Account& account) {
    return account.no.value >> history_group_bits;
}

/// One account's stored entries of one sort of key, newest first, a chunk at a time.
class StoredChunks {
public:
    StoredChunks(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, AccountNo account,
                 bool is_grouped, Seq before)
        : account_(account),
          is_grouped_(is_grouped),
          prefix_(is_grouped ? history_group_prefix(account) : history_account_prefix(account)),
          at_(db.NewIterator({}, family)) {
        std::string first = prefix_;
        append_history_seq(first, Seq{before.value - 1});
        at_->Seek(first);
    }

    /// Reads on until there are entries, or no more.
    std::expected<void, JournalError> load() {
        while (entries_.empty() && at_->Valid() && at_->key().starts_with(prefix_)) {
            const Seq oldest = oldest_in_key(at_->key().ToStringView(), prefix_);
            const std::string_view value = at_->value().ToStringView();
            const bool is_sound = is_grouped_ ? read_group(value, account_, oldest, entries_)
                                              : read_chunk(value, oldest, entries_);
            if (!is_sound) {
                return std::unexpected(JournalError{
                    JournalFault::damaged, "an entry of the history is malformed", std::nullopt});
            }
            at_->Next();
        }
        if (at_->status().ok()) return {};
        return std::unexpected(JournalError{
            JournalFault::io, "reading the history: " + at_->status().ToString(), std::nullopt});
    }
    /// Zero when there are no more.
    Seq newest() const { return entries_.empty() ? Seq{} : entries_.front().seq; }
    const std::vector<HistoryEntry>& entries() const { return entries_; }
    void clear() { entries_.clear(); }

private:
    const AccountNo account_;
    const bool is_grouped_;
    const std::string prefix_;
    const std::unique_ptr<rocksdb::Iterator> at_;
    std::vector<HistoryEntry> entries_;
};

}  // namespace

HistoryIndex::HistoryIndex(Database& database, RunOptions options)
    : RunFollower(database.db(), database.family("history"), std::move(options)) {}

std::expected<std::unique_ptr<HistoryIndex>, FollowerFailure> HistoryIndex::open(
    Database& database, RunOptions options) {
    auto index = std::unique_ptr<HistoryIndex>(new HistoryIndex(database, std::move(options)));
    const auto cursor = index->restore();
    if (!cursor) return std::unexpected(cursor.error());
    index->open_ = std::make_shared<HistoryRun>(*cursor, index->run_options().entries);
    return index;
}

// --- runs ----------------------------------------------------------------------------------------
void HistoryIndex::gather(std::span<const FollowedEvent> events) {
    const std::scoped_lock lock(mutex_);
    for (const FollowedEvent& event : events) {
        if (!event.account_no.is_none()) open_->add(event.account_no, entry_of(event));
    }
}

// Only the follower thread changes `open_`, so it may look at it without the lock.
std::size_t HistoryIndex::open_entries() const { return open_->count(); }

void HistoryIndex::close_run(Seq to) {
    {
        auto next = std::make_shared<HistoryRun>(to, run_options().entries);
        const std::scoped_lock lock(mutex_);
        CREDITD_ASSERT(closing_ == nullptr);
        closing_ = std::exchange(open_, std::move(next));
    }
    position_ = {};
    position_.accounts = closing_->accounts();
}

void HistoryIndex::prefetch_next() const {
    constexpr std::size_t ahead = 16;
    const std::size_t next = position_.next + ahead;
    if (next < position_.accounts.size()) closing_->prefetch(position_.accounts[next].newest);
}

std::size_t HistoryIndex::write_busy(RunWriter& writer) {
    const HistoryRun::Account& account = position_.accounts[position_.next];
    if (!is_busy(account)) {
        ++position_.next;
        return 1;
    }
    if (position_.place == HistoryRun::none) position_.place = account.newest;
    std::vector<HistoryEntry>& entries = entries_.front();
    entries.clear();
    while (position_.place != HistoryRun::none && entries.size() < history_chunk_entries) {
        entries.push_back(closing_->entry(position_.place));
        position_.place = closing_->previous(position_.place);
    }
    key_ = history_account_prefix(account.no);
    append_history_seq(key_, entries.back().seq);
    value_.clear();
    append_chunk(value_, entries);
    writer.put(key_, value_);
    if (position_.place == HistoryRun::none) ++position_.next;
    return entries.size();
}

std::size_t HistoryIndex::write_group(RunWriter& writer) {
    const auto& accounts = position_.accounts;
    const std::size_t begin = position_.next;
    const std::uint32_t group = group_of(accounts[begin]);
    Seq oldest{UINT64_MAX};
    std::size_t written = 1;
    for (; position_.next < accounts.size() && group_of(accounts[position_.next]) == group;
         ++position_.next) {
        prefetch_next();
        const HistoryRun::Account& account = accounts[position_.next];
        std::vector<HistoryEntry>& entries = entries_[position_.next - begin];
        entries.clear();
        if (is_busy(account)) continue;
        for (auto place = account.newest; place != HistoryRun::none;
             place = closing_->previous(place)) {
            entries.push_back(closing_->entry(place));
        }
        oldest = std::min(oldest, entries.back().seq);
        written += entries.size();
    }
    if (written == 1) return written;
    key_ = history_group_prefix(accounts[begin].no);
    append_history_seq(key_, oldest);
    value_.clear();
    for (std::size_t i = begin; i < position_.next; ++i) {
        const auto& entries = entries_[i - begin];
        if (!entries.empty()) append_to_group(value_, accounts[i].no, oldest, entries);
    }
    writer.put(key_, value_);
    return written;
}

bool HistoryIndex::write_entries(RunWriter& writer, std::size_t entries) {
    for (std::size_t written = 0; written < entries;) {
        if (position_.next == position_.accounts.size()) {
            if (position_.is_at_groups) return false;
            position_.is_at_groups = true;
            position_.next = 0;
            continue;
        }
        written += position_.is_at_groups ? write_group(writer) : write_busy(writer);
    }
    return true;
}

void HistoryIndex::drop_closing() {
    position_ = {};
    const std::scoped_lock lock(mutex_);
    closing_.reset();
}

// --- pages ---------------------------------------------------------------------------------------
HistoryIndex::Snapshot HistoryIndex::snapshot(AccountNo account) const {
    const std::scoped_lock lock(mutex_);
    Snapshot result;
    result.chains[0] = {open_, open_->newest(account)};
    result.stored_to = open_->from();
    if (closing_ != nullptr && !canary(Canary::closing_run_unseen)) {
        result.chains[1] = {closing_, closing_->newest(account)};
        result.stored_to = closing_->from();
    }
    return result;
}

std::expected<HistoryPage, JournalError> HistoryIndex::page(
    AccountNo account, const HistoryFilter& filter, Seq before, std::size_t limit,
    const HistoryConfirmation& confirm) const {
    PageMaker maker(filter, before, limit, confirm);
    // The memory first: a run that is taken in meanwhile is then seen there, and what is read from
    // the family ends where the memory begins.
    const Snapshot memory = snapshot(account);
    for (const auto& [run, newest] : memory.chains) {
        if (run == nullptr) continue;
        std::uint32_t place = run->newest_before(newest, maker.end());
        for (; place != HistoryRun::none && !maker.is_done(); place = run->previous(place)) {
            const auto taken = maker.take(run->entry(place));
            if (!taken) return std::unexpected(taken.error());
        }
    }
    if (!maker.is_done()) {
        const auto read = read_stored(account, memory.stored_to, maker);
        if (!read) return std::unexpected(read.error());
    }
    return std::move(maker).page();
}

std::expected<void, JournalError> HistoryIndex::read_stored(AccountNo account, Seq stored_to,
                                                            PageMaker& maker) const {
    const Seq end = std::min(maker.end(), stored_to.next());
    if (end <= Seq{1}) return {};
    // The runs of a family follow one another, and in each the account is either busy or not: the
    // newer chunk of both is newer altogether.
    StoredChunks busy(db(), family(), account, /*is_grouped=*/false, end);
    StoredChunks quiet(db(), family(), account, /*is_grouped=*/true, end);
    while (!maker.is_done()) {
        if (auto loaded = busy.load(); !loaded) return loaded;
        if (auto loaded = quiet.load(); !loaded) return loaded;
        StoredChunks& newer = busy.newest() > quiet.newest() ? busy : quiet;
        if (newer.newest() == Seq{}) return {};
        for (const HistoryEntry& entry : newer.entries()) {
            if (entry.seq >= end) continue;
            if (auto taken = maker.take(entry); !taken) return taken;
        }
        newer.clear();
    }
    return {};
}

}  // namespace creditd::replay::followers
