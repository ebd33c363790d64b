#include "replay/followers/payment_index.hpp"

#include <rocksdb/db.h>

#include <algorithm>

#include "core/assert.hpp"
#include "replay/database.hpp"
#include "replay/followers/encoding.hpp"

namespace creditd::replay::followers {
namespace {

/// Keys take memory while their run is open.
constexpr std::size_t run_entries_max = 128 * 1024;
/// A page looks at no more than this for its filter.
constexpr std::size_t scanned_max = 1'000;

RunOptions with_small_runs(RunOptions options) {
    options.entries = std::min(options.entries, run_entries_max);
    return options;
}

std::string place_key(const std::string& prefix, Seq first) {
    std::string key = prefix;
    append_be(key, ~first.value, 8);
    return key;
}

std::string account_prefix(AccountNo account) {
    std::string prefix(1, 'a');
    append_be(prefix, account.value, 4);
    return prefix;
}

std::string digest_key(const Digest& digest) {
    std::string key(1, 'd');
    key.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
    return key;
}

/// The last eight bytes of a key of a list.
Seq place_of(std::string_view key) { return Seq{~read_be(key.substr(key.size() - 8))}; }

/// Adds at most `count` entries of one source that come after `after`.
template <class Map>
void collect(const Map& from, std::string_view prefix, std::string_view after, std::size_t count,
             Map& found) {
    for (auto at = from.upper_bound(after);
         at != from.end() && count > 0 && at->first.starts_with(prefix); ++at, --count) {
        found.insert(*at);
    }
}

JournalError malformed() {
    return {JournalFault::damaged, "an entry of the payment index is malformed", {}};
}

}  // namespace

PaymentIndex::PaymentIndex(Database& database, RunOptions options)
    : RunFollower(database.db(), database.family("payments"), with_small_runs(std::move(options))) {
}

std::expected<std::unique_ptr<PaymentIndex>, FollowerFailure> PaymentIndex::open(
    Database& database, RunOptions options) {
    auto index = std::unique_ptr<PaymentIndex>(new PaymentIndex(database, std::move(options)));
    if (const auto cursor = index->restore(); !cursor) return std::unexpected(cursor.error());
    return index;
}

void PaymentIndex::gather(std::span<const FollowedEvent> events) {
    for (const FollowedEvent& event : events) {
        const bool is_order = event.kind == schemas::EventKind::order_set;
        if (!is_order && event.kind != schemas::EventKind::notification_noted) continue;
        const Latest latest{event.seq, event.about_status};
        const std::scoped_lock lock(mutex_);
        open_[place_key(is_order ? "o" : "i", event.about)] = latest;
        if (!is_order) continue;
        open_[place_key(account_prefix(event.account_no), event.about)] = latest;
        open_[digest_key(event.payment_digest)] = latest;
    }
}

// At most one for each event, of which an order makes three entries.
std::size_t PaymentIndex::open_entries() const { return open_.size() / 3; }

void PaymentIndex::close_run(Seq) {
    const std::scoped_lock lock(mutex_);
    CREDITD_ASSERT(closing_.empty());
    closing_.swap(open_);
    next_ = closing_.begin();
}

bool PaymentIndex::write_entries(RunWriter& writer, std::size_t entries) {
    for (; entries > 0 && next_ != closing_.end(); ++next_, --entries) {
        value_.clear();
        append_be(value_, next_->second.seq.value, 8);
        append_be(value_, next_->second.status, 1);
        writer.put(next_->first, value_);
    }
    return next_ != closing_.end();
}

void PaymentIndex::drop_closing() {
    Run dropped;  // freed after the lock
    const std::scoped_lock lock(mutex_);
    dropped.swap(closing_);
}

std::expected<PaymentPage, JournalError> PaymentIndex::orders(const PaymentFilter& filter,
                                                              Seq before, std::size_t limit) const {
    return page(filter.account ? account_prefix(*filter.account) : "o", filter.status, before,
                limit);
}

std::expected<PaymentPage, JournalError> PaymentIndex::notifications(const PaymentFilter& filter,
                                                                     Seq before,
                                                                     std::size_t limit) const {
    return page("i", filter.status, before, limit);
}

std::expected<std::optional<Seq>, JournalError> PaymentIndex::find_order(
    const Digest& digest) const {
    return find(digest_key(digest));
}

std::expected<std::optional<Seq>, JournalError> PaymentIndex::find_notification(
    Seq received) const {
    return find(place_key("i", received));
}

std::expected<PaymentPage, JournalError> PaymentIndex::page(const std::string& prefix,
                                                            std::optional<std::uint8_t> status,
                                                            Seq before, std::size_t limit) const {
    CREDITD_ASSERT(limit > 0);
    const std::size_t count = status ? scanned_max : limit + 1;
    const std::string after = before == Seq{} ? prefix : place_key(prefix, before);
    // The memory first: what is taken into the family meanwhile is seen twice, and the newer stays.
    Run found;
    {
        const std::scoped_lock lock(mutex_);
        collect(open_, prefix, after, count, found);
        collect(closing_, prefix, after, count, found);
    }
    if (const auto read = read_stored(prefix, after, count, found); !read) {
        return std::unexpected(read.error());
    }
    PaymentPage page;
    std::size_t seen = 0;
    for (const auto& [key, latest] : found) {
        if (page.listed.size() == limit || seen++ == count) {
            page.has_more = true;
            break;
        }
        page.last = place_of(key);
        if (status && latest.status != *status) continue;
        page.listed.push_back({page.last, latest.seq});
    }
    if (status && seen == scanned_max) page.has_more = true;
    return page;
}

std::expected<std::optional<Seq>, JournalError> PaymentIndex::find(const std::string& key) const {
    {
        const std::scoped_lock lock(mutex_);
        for (const Run* run : {&open_, &closing_}) {
            if (const auto found = run->find(key); found != run->end()) return found->second.seq;
        }
    }
    // Not before the memory has been asked: a run that is taken in meanwhile is in the family.
    std::string value;
    const auto status = db().Get({}, family(), key, &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) {
        return std::unexpected(
            JournalError{JournalFault::io, "reading the payments: " + status.ToString(), {}});
    }
    if (value.size() != 9) return std::unexpected(malformed());
    return Seq{read_be(std::string_view(value).substr(0, 8))};
}

std::expected<void, JournalError> PaymentIndex::read_stored(const std::string& prefix,
                                                            const std::string& after,
                                                            std::size_t count, Run& found) const {
    const std::unique_ptr<rocksdb::Iterator> at(db().NewIterator({}, family()));
    for (at->Seek(after + '\0'); at->Valid() && count > 0; at->Next(), --count) {
        const std::string_view key = at->key().ToStringView();
        if (!key.starts_with(prefix)) break;
        if (at->value().size() != 9 || key.size() != prefix.size() + 8) {
            return std::unexpected(malformed());
        }
        Reader value(at->value().ToStringView());
        const Seq seq{value.be(8)};
        found.emplace(key, Latest{seq, static_cast<std::uint8_t>(value.be(1))});
    }
    if (at->status().ok()) return {};
    return std::unexpected(
        JournalError{JournalFault::io, "reading the payments: " + at->status().ToString(), {}});
}

}  // namespace creditd::replay::followers
