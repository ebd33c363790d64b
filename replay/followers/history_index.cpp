#include "replay/followers/history_index.hpp"

#include <rocksdb/db.h>

#include <algorithm>
#include <utility>

#include "core/assert.hpp"
#include "replay/database.hpp"
#include "replay/followers/encoding.hpp"

namespace creditd::replay::followers {
namespace {

constexpr std::size_t chunk_entries = 64;
constexpr std::size_t key_bytes = 12;

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

void append_key(std::string& out, AccountNo account, Seq oldest) {
    append_be(out, account.value, 4);
    append_be(out, ~oldest.value, 8);
}

HistoryEntry entry_of(const FollowedEvent& event) {
    HistoryEntry entry;
    entry.seq = event.seq.value;
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

JournalError damaged(const char* detail) {
    return {JournalFault::damaged, std::string("the history ") + detail, std::nullopt};
}

}  // namespace

/// Takes entries newest first and keeps those that pass, until the page is full.
class HistoryIndex::PageMaker {
public:
    PageMaker(const HistoryFilter& filter, Seq before, std::size_t limit,
              const HistoryConfirmation& confirm)
        : filter_(filter),
          confirm_(confirm),
          limit_(limit),
          end_(std::min(before, filter.to)),
          is_by_text_(filter.asks_for_text()) {
        CREDITD_ASSERT(limit > 0 && (!is_by_text_ || confirm));
        const std::array texts{&filter.feature, &filter.user, &filter.model, &filter.resource};
        for (std::size_t i = 0; i < history_fields; ++i) {
            if (*texts[i]) hashes_[i] = history_hash(**texts[i]);
        }
    }

    /// Nothing at or after this is wanted.
    Seq end() const { return end_; }
    bool is_done() const { return is_done_; }

    /// The next older entry.
    std::expected<void, JournalError> take(const HistoryEntry& entry) {
        const Seq seq{entry.seq};
        if (is_done_ || seq >= end_) return {};
        if (seq < filter_.from) {
            is_done_ = true;
            return {};
        }
        if (++scanned_ > scan_max) return cut_short();
        scanned_to_ = seq;
        if (!matches(entry)) return {};
        if (is_by_text_) {
            const auto confirmed = confirm_(seq);
            if (!confirmed) return std::unexpected(confirmed.error());
            if (!*confirmed) return {};
        }
        if (page_.seqs.size() == limit_) {
            page_.has_more = is_done_ = true;
            return {};
        }
        page_.seqs.push_back(seq);
        page_.next = seq;
        return {};
    }
    HistoryPage page() && { return std::move(page_); }

private:
    std::expected<void, JournalError> cut_short() {
        page_.has_more = is_done_ = true;
        page_.next = scanned_to_;
        return {};
    }
    bool matches(const HistoryEntry& entry) const {
        if ((filter_.kinds >> entry.kind & 1) == 0) return false;
        for (std::size_t i = 0; i < history_fields; ++i) {
            if (!hashes_[i]) continue;
            if ((entry.mask >> i & 1) == 0 || entry.hashes[i] != *hashes_[i]) return false;
        }
        return true;
    }

    const HistoryFilter& filter_;
    const HistoryConfirmation& confirm_;
    const std::size_t limit_;
    const Seq end_;
    const bool is_by_text_;
    std::array<std::optional<std::uint32_t>, history_fields> hashes_;
    HistoryPage page_;
    std::size_t scanned_ = 0;
    Seq scanned_to_{};
    bool is_done_ = false;
};

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
    accounts_ = closing_->accounts();
    next_account_ = 0;
    next_entry_ = HistoryEntry::none;
}

void HistoryIndex::write_account(RunWriter& writer, AccountNo account) {
    if (next_entry_ == HistoryEntry::none) next_entry_ = closing_->newest(account);
    chunk_.clear();
    while (next_entry_ != HistoryEntry::none && chunk_.size() < chunk_entries) {
        chunk_.push_back(closing_->entry(next_entry_));
        next_entry_ = chunk_.back().previous;
    }
    key_.clear();
    append_key(key_, account, Seq{chunk_.back().seq});
    value_.clear();
    append_chunk(value_, chunk_);
    writer.put(key_, value_);
}

bool HistoryIndex::write_entries(RunWriter& writer, std::size_t entries) {
    for (std::size_t written = 0; written < entries && next_account_ < accounts_.size();) {
        write_account(writer, AccountNo{accounts_[next_account_]});
        written += chunk_.size();
        if (next_entry_ == HistoryEntry::none) ++next_account_;
    }
    return next_account_ < accounts_.size();
}

void HistoryIndex::drop_closing() {
    const std::scoped_lock lock(mutex_);
    closing_.reset();
}

// --- pages ---------------------------------------------------------------------------------------
HistoryIndex::Snapshot HistoryIndex::snapshot(AccountNo account) const {
    const std::scoped_lock lock(mutex_);
    Snapshot result;
    result.chains[0] = {open_, open_->newest(account)};
    result.stored_to = open_->from();
    if (closing_ != nullptr) {
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
        std::uint32_t at = run->newest_before(newest, maker.end());
        while (at != HistoryEntry::none && !maker.is_done()) {
            const HistoryEntry& entry = run->entry(at);
            if (const auto taken = maker.take(entry); !taken) return std::unexpected(taken.error());
            at = entry.previous;
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
    std::string first;
    append_key(first, account, Seq{end.value - 1});
    const std::string_view prefix = std::string_view(first).substr(0, 4);
    std::vector<HistoryEntry> entries;
    const std::unique_ptr<rocksdb::Iterator> at(db().NewIterator({}, family()));
    for (at->Seek(first); at->Valid() && !maker.is_done(); at->Next()) {
        const std::string_view key = view(at->key());
        if (!key.starts_with(prefix)) break;
        if (key.size() != key_bytes) return std::unexpected(damaged("has a malformed key"));
        entries.clear();
        if (!read_chunk(view(at->value()), Seq{~read_be(key.substr(4))}, entries)) {
            return std::unexpected(damaged("has a malformed entry"));
        }
        for (const HistoryEntry& entry : entries) {
            if (Seq{entry.seq} >= end) continue;
            if (const auto taken = maker.take(entry); !taken) return taken;
        }
    }
    if (at->status().ok()) return {};
    return std::unexpected(JournalError{
        JournalFault::io, "reading the history: " + at->status().ToString(), std::nullopt});
}

}  // namespace creditd::replay::followers
