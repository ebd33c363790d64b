#include "replay/followers/usage_index.hpp"

#include <rocksdb/db.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "core/assert.hpp"
#include "core/utc.hpp"
#include "replay/database.hpp"
#include "replay/followers/encoding.hpp"

namespace creditd::replay::followers {
namespace {

RunOptions with_small_runs(RunOptions options) {
    options.entries = std::min(options.entries, UsageIndex::run_entries_max);
    return options;
}

std::uint32_t hour_of(Timestamp time) {
    return static_cast<std::uint32_t>(std::max<std::int64_t>(0, time.value / one_hour.value));
}

void append_text(std::string& out, std::string_view text) {
    append_varint(out, text.size());
    out += text;
}

void append_wide(std::string& out, WideCredits value) {
    append_varint(out, static_cast<std::uint64_t>(value));
    append_varint(out, static_cast<std::uint64_t>(value >> 64));
}

WideCredits read_wide(Reader& reader) {
    const std::uint64_t low = reader.varint();
    return (static_cast<WideCredits>(reader.varint()) << 64) | low;
}

void append_sums(std::string& out, const UsageSums& sums) {
    append_varint(out, sums.uses);
    append_varint(out, sums.refusals);
    append_wide(out, sums.consumed);
    append_wide(out, sums.waived);
    append_wide(out, sums.refunded);
}

UsageSums read_sums(Reader& reader) {
    UsageSums sums;
    sums.uses = reader.varint();
    sums.refusals = reader.varint();
    sums.consumed = read_wide(reader);
    sums.waived = read_wide(reader);
    sums.refunded = read_wide(reader);
    return sums;
}

std::string_view read_text(Reader& reader) { return reader.take(reader.varint()); }

constexpr std::size_t key_bytes = 16;

}  // namespace

UsageSums& UsageSums::operator+=(const UsageSums& other) {
    uses += other.uses;
    refusals += other.refusals;
    consumed += other.consumed;
    waived += other.waived;
    refunded += other.refunded;
    return *this;
}

std::uint32_t UsageIndex::Run::number_of(std::string_view text) {
    // Most uses name no user or model: the empty text is number 0 without a look.
    if (texts.empty()) texts.push_back(&numbers.emplace(std::string{}, 0).first->first);
    if (text.empty()) return 0;
    const auto next = static_cast<std::uint32_t>(texts.size());
    const auto [at, is_new] = numbers.emplace(std::string(text), next);
    if (is_new) texts.push_back(&at->first);
    return at->second;
}

UsageName UsageIndex::Run::name_of(const Record& record) const {
    return {*texts[record.feature], *texts[record.user], *texts[record.model]};
}

UsageIndex::UsageIndex(Database& database, RunOptions options)
    : RunFollower(database.db(), database.family("usage"), with_small_runs(std::move(options))) {}

std::expected<std::unique_ptr<UsageIndex>, FollowerFailure> UsageIndex::open(Database& database,
                                                                             RunOptions options) {
    auto index = std::unique_ptr<UsageIndex>(new UsageIndex(database, std::move(options)));
    const auto cursor = index->restore();
    if (!cursor) return std::unexpected(cursor.error());
    index->stored_to_ = *cursor;
    return index;
}

std::optional<UsageIndex::Record> UsageIndex::record_of(const FollowedEvent& event) {
    using schemas::EventKind;
    Record record;
    record.account = event.account_no;
    record.hour = hour_of(event.time);
    record.amount = event.amount;
    switch (event.kind) {
        case EventKind::credits_deducted:
        case EventKind::hold_captured:
            record.kind = Kind::consumed;
            if (!event.waived.is_positive()) return record;
            record.kind = Kind::waived;
            record.amount = event.waived;
            return record;
        case EventKind::credits_refunded: record.kind = Kind::refunded; return record;
        case EventKind::command_refused: record.kind = Kind::refused; return record;
        default: return std::nullopt;
    }
}

UsageSums UsageIndex::sums_of(const Record& record) {
    UsageSums sums;
    switch (record.kind) {
        case Kind::consumed:
            sums.uses = 1;
            sums.consumed = record.amount.value;
            break;
        case Kind::waived:
            sums.uses = 1;
            sums.waived = record.amount.value;
            break;
        case Kind::refunded: sums.refunded = record.amount.value; break;
        case Kind::refused: sums.refusals = 1; break;
    }
    return sums;
}

void UsageIndex::gather(std::span<const FollowedEvent> events) {
    const std::scoped_lock lock(mutex_);
    for (const FollowedEvent& event : events) {
        auto record = record_of(event);
        if (!record) continue;
        record->feature = open_.number_of(event.feature);
        record->user = open_.number_of(event.user);
        record->model = open_.number_of(event.model);
        open_.records.push_back(*record);
    }
}

std::size_t UsageIndex::open_entries() const { return open_.records.size(); }

void UsageIndex::close_run(Seq to) {
    closing_to_ = to;
    {
        const std::scoped_lock lock(mutex_);
        CREDITD_ASSERT(closing_.records.empty());
        std::swap(closing_, open_);
    }
    // Readers scan the records meanwhile: their order is kept beside them.
    const std::vector<Record>& records = closing_.records;
    const auto place = [&records](std::uint32_t at) {
        const Record& record = records[at];
        return std::tuple(record.account, record.hour, record.feature, record.user, record.model);
    };
    order_.resize(records.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::ranges::sort(order_, {}, place);
    next_ = 0;
}

void UsageIndex::write_hour(RunWriter& writer) {
    const std::vector<Record>& records = closing_.records;
    const Record& first = records[order_[next_]];
    key_.clear();
    append_be(key_, first.account.value, 4);
    append_be(key_, first.hour, 4);
    append_be(key_, closing_to_.value, 8);
    value_.clear();
    const auto is_of = [&](const Record& record, const Record& name, bool whole) {
        const bool same_hour = record.account == name.account && record.hour == name.hour;
        if (!same_hour || !whole) return same_hour;
        return record.feature == name.feature && record.user == name.user &&
               record.model == name.model;
    };
    while (next_ < order_.size() && is_of(records[order_[next_]], first, false)) {
        const Record& name = records[order_[next_]];
        UsageSums sums;
        for (; next_ < order_.size() && is_of(records[order_[next_]], name, true); ++next_) {
            sums += sums_of(records[order_[next_]]);
        }
        const UsageName texts = closing_.name_of(name);
        for (const std::string_view text : {texts.feature, texts.user, texts.model}) {
            append_text(value_, text);
        }
        append_sums(value_, sums);
    }
    writer.put(key_, value_);
}

bool UsageIndex::write_entries(RunWriter& writer, std::size_t entries) {
    for (; entries > 0 && next_ < order_.size(); --entries) write_hour(writer);
    return next_ < order_.size();
}

void UsageIndex::drop_closing() {
    Run dropped;  // freed after the lock
    const std::scoped_lock lock(mutex_);
    std::swap(dropped, closing_);
    stored_to_ = closing_to_;
}

void UsageIndex::scan(const Run& run, const UsageRange& range, const Use& use) {
    for (const Record& record : run.records) {
        if (record.account != range.account) continue;
        if (record.hour < range.from || record.hour >= range.to) continue;
        use(record.hour, run.name_of(record), sums_of(record));
    }
}

std::expected<void, JournalError> UsageIndex::read(const UsageRange& range, const Use& use) const {
    Seq stored_to{};
    {
        const std::scoped_lock lock(mutex_);
        scan(open_, range, use);
        scan(closing_, range, use);
        stored_to = stored_to_;
    }
    return read_stored(range, stored_to, use);
}

// A run that is taken in while this reads has been counted in memory already: it is passed over.
std::expected<void, JournalError> UsageIndex::read_stored(const UsageRange& range, Seq stored_to,
                                                          const Use& use) const {
    std::string first;
    append_be(first, range.account.value, 4);
    append_be(first, range.from, 4);
    const JournalError damaged{JournalFault::damaged, "an entry of the usage is malformed", {}};
    const std::unique_ptr<rocksdb::Iterator> at(db().NewIterator({}, family()));
    for (at->Seek(first); at->Valid(); at->Next()) {
        const std::string_view key = at->key().ToStringView();
        if (key.size() != key_bytes) return std::unexpected(damaged);
        const auto hour = static_cast<std::uint32_t>(read_be(key.substr(4, 4)));
        if (read_be(key.substr(0, 4)) != range.account.value || hour >= range.to) break;
        if (read_be(key.substr(8)) > stored_to.value) continue;
        Reader reader(at->value().ToStringView());
        while (!reader.is_empty()) {
            UsageName name;
            name.feature = read_text(reader);
            name.user = read_text(reader);
            name.model = read_text(reader);
            const UsageSums sums = read_sums(reader);
            if (reader.is_bad()) return std::unexpected(damaged);
            use(hour, name, sums);
        }
    }
    if (at->status().ok()) return {};
    return std::unexpected(
        JournalError{JournalFault::io, "reading the usage: " + at->status().ToString(), {}});
}

}  // namespace creditd::replay::followers
