#include "replay/followers/key_index.hpp"

#include <rocksdb/db.h>

#include <algorithm>
#include <numeric>

#include "core/assert.hpp"
#include "replay/database.hpp"
#include "replay/followers/encoding.hpp"

namespace creditd::replay::followers {
namespace {

constexpr std::size_t buckets = 65'536;
constexpr std::size_t bucket_bytes = 2;
constexpr std::size_t rest_bytes = 14;
constexpr std::size_t entry_bytes = rest_bytes + 6;
constexpr std::size_t key_bytes = 1 + bucket_bytes + 8;
/// To count is to look at every bucket: fewer entries are sorted sooner by comparing them.
constexpr std::size_t counted_min = 2'048;

std::string_view chars(const std::array<std::uint8_t, 16>& name) {
    return {reinterpret_cast<const char*>(name.data()), name.size()};
}

std::size_t bucket_of(const std::array<std::uint8_t, 16>& name) {
    return static_cast<std::size_t>(name[0]) << 8 | name[1];
}

bool is_sound(const rocksdb::Iterator& at) {
    return at.key().size() == key_bytes && at.value().size() % entry_bytes == 0;
}

}  // namespace

char KeyIndex::letter(Type type) {
    static constexpr std::array<char, type_count> letters{'h', 'k', 'l', 'p', 'r', 'v'};
    return letters[static_cast<std::size_t>(type)];
}

KeyIndex::Name KeyIndex::name_of(std::uint64_t number) {
    Name name;
    const std::uint64_t spread_number = spread(number);
    for (std::size_t i = 0; i < 8; ++i) {
        name[i] = static_cast<std::uint8_t>(spread_number >> (56 - 8 * i));
        name[8 + i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    }
    return name;
}

KeyIndex::KeyIndex(Database& database, KeyIndexOptions options)
    : RunFollower(database.db(), database.family("keys"), std::move(options.runs)),
      filter_(options.filter_first_capacity) {}

std::expected<std::unique_ptr<KeyIndex>, FollowerFailure> KeyIndex::open(Database& database,
                                                                         KeyIndexOptions options) {
    auto index = std::unique_ptr<KeyIndex>(new KeyIndex(database, std::move(options)));
    if (const auto cursor = index->restore(); !cursor) return std::unexpected(cursor.error());
    if (const auto filled = index->fill_filter(); !filled) return std::unexpected(filled.error());
    return index;
}

std::expected<void, FollowerFailure> KeyIndex::fill_filter() {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = 2u << 20;
    const std::unique_ptr<rocksdb::Iterator> at(db().NewIterator(options, family()));
    for (const Type type : {Type::key, Type::payment}) {
        const char first = letter(type);
        for (at->Seek(rocksdb::Slice(&first, 1)); at->Valid(); at->Next()) {
            if (at->key()[0] != first) break;
            if (!is_sound(*at)) return std::unexpected(FollowerFailure("an entry is malformed"));
            const std::uint64_t bucket = read_be(at->key().ToStringView().substr(1, bucket_bytes))
                                         << 48;
            hashes_.clear();
            for (Reader reader(at->value().ToStringView()); !reader.is_empty(); reader.take(14)) {
                hashes_.push_back(bucket | reader.be(6));
            }
            filter_.add(hashes_);
        }
    }
    hashes_.clear();
    if (!at->status().ok()) return std::unexpected("reading: " + at->status().ToString());
    return {};
}

// --- the open run --------------------------------------------------------------------------------
void KeyIndex::add(Type type, const Name& name, Seq seq) {
    open_[static_cast<std::size_t>(type)].push_back({name, seq});
}

void KeyIndex::gather_one(const FollowedEvent& event) {
    if (event.has_key) add(Type::key, event.key_digest.bytes, event.seq);
    if (event.has_payment) add(Type::payment, event.payment_digest.bytes, event.seq);
    if (event.refunded.value != 0) add(Type::refund, name_of(event.refunded.value), event.seq);
    if (event.revoked_whole.value != 0) {
        add(Type::revocation, name_of(event.revoked_whole.value), event.seq);
    }
    for (const GrantId grant : event.lost) add(Type::loss, name_of(grant.value), event.seq);
    if (event.closed_hold.value != 0) {
        add(Type::hold, name_of(event.closed_hold.value), event.seq);
        const std::scoped_lock lock(holds_mutex_);
        open_holds_.insert_or_assign(event.closed_hold.value, event.seq);
    }
}

void KeyIndex::gather(std::span<const FollowedEvent> events) {
    for (const FollowedEvent& event : events) gather_one(event);
}

std::size_t KeyIndex::open_entries() const {
    std::size_t count = 0;
    for (const auto& entries : open_) count += entries.size();
    return count;
}

// --- the closing run -----------------------------------------------------------------------------
void KeyIndex::close_run(Seq to) {
    for (std::size_t i = 0; i < type_count; ++i) {
        closing_[i].clear();
        closing_[i].swap(open_[i]);
    }
    closing_to_ = to;
    position_.type = 0;
    position_.is_sorted = false;
    const std::scoped_lock lock(holds_mutex_);
    CREDITD_ASSERT(closing_holds_.empty());
    closing_holds_.swap(open_holds_);
}

void KeyIndex::sort_type() {
    if (closing_[position_.type].size() < counted_min) sort_few();
    else sort_many();
    position_.is_sorted = true;
    position_.begin = 0;
}

void KeyIndex::sort_few() {
    const std::vector<Entry>& entries = closing_[position_.type];
    position_.starts.clear();
    position_.order.resize(entries.size());
    std::iota(position_.order.rbegin(), position_.order.rend(), 0u);
    std::ranges::stable_sort(position_.order, {},
                             [&](std::uint32_t place) { return bucket_of(entries[place].name); });
}

/// Counting sort by bucket; taken from the back, so that the newest of a bucket comes first.
void KeyIndex::sort_many() {
    const std::vector<Entry>& entries = closing_[position_.type];
    std::vector<std::uint32_t>& starts = position_.starts;
    starts.assign(buckets + 1, 0);
    for (const Entry& entry : entries) ++starts[bucket_of(entry.name) + 1];
    for (std::size_t i = 0; i < buckets; ++i) starts[i + 1] += starts[i];
    std::vector<std::uint32_t> next(starts.begin(), starts.end() - 1);
    position_.order.resize(entries.size());
    for (std::size_t i = entries.size(); i-- > 0;) {
        position_.order[next[bucket_of(entries[i].name)]++] = static_cast<std::uint32_t>(i);
    }
}

std::size_t KeyIndex::bucket_at(std::size_t place) const {
    return bucket_of(closing_[position_.type][position_.order[place]].name);
}

/// Behind the entries of the bucket that comes next.
std::size_t KeyIndex::bucket_end() const {
    const std::size_t bucket = bucket_at(position_.begin);
    if (!position_.starts.empty()) return position_.starts[bucket + 1];
    std::size_t end = position_.begin + 1;
    while (end < position_.order.size() && bucket_at(end) == bucket) ++end;
    return end;
}

void KeyIndex::prefetch_after(std::size_t bucket) const {
    if (position_.starts.empty()) return;
    const std::size_t next = std::min(bucket + 1, buckets - 1);
    for (std::size_t i = position_.starts[next]; i < position_.starts[next + 1]; ++i) {
        __builtin_prefetch(&closing_[position_.type][position_.order[i]]);
    }
}

void KeyIndex::write_bucket(RunWriter& writer, std::size_t end) {
    const std::size_t bucket = bucket_at(position_.begin);
    prefetch_after(bucket);
    const auto type = static_cast<Type>(position_.type);
    key_.assign(1, letter(type));
    append_be(key_, bucket, bucket_bytes);
    append_be(key_, ~closing_to_.value, 8);
    value_.clear();
    hashes_.clear();
    for (std::size_t i = position_.begin; i < end; ++i) {
        const Entry& entry = closing_[position_.type][position_.order[i]];
        value_.append(chars(entry.name).substr(bucket_bytes));
        append_be(value_, entry.seq.value, 6);
        hashes_.push_back(filter_hash(Digest{entry.name}));
    }
    writer.put(key_, value_);
    // In the order of the table, which is the filter's: the memory is touched once, in sequence.
    // Long before `synced` passes these keys, but to say "maybe" too early does no harm.
    if (type == Type::key || type == Type::payment) filter_.add(hashes_);
}

bool KeyIndex::write_entries(RunWriter& writer, std::size_t entries) {
    std::size_t written = 0;
    while (position_.type < type_count && written < entries) {
        if (closing_[position_.type].empty()) {
            ++position_.type;
            continue;
        }
        if (!position_.is_sorted) {
            sort_type();
            return true;
        }
        const std::size_t end = bucket_end();
        written += 1 + end - position_.begin;
        write_bucket(writer, end);
        position_.begin = end;
        if (end == position_.order.size()) {
            ++position_.type;
            position_.is_sorted = false;
        }
    }
    return position_.type < type_count;
}

void KeyIndex::drop_closing() {
    const std::scoped_lock lock(holds_mutex_);
    closing_holds_.clear();
}

// --- questions -----------------------------------------------------------------------------------
bool KeyIndex::may_contain(const Digest& digest) const {
    return filter_.may_contain(filter_hash(digest));
}

template <class Show>
std::expected<void, JournalError> KeyIndex::find_each(Type type, const Name& name,
                                                      Show&& show) const {
    std::string first(1, letter(type));
    first.append(chars(name).substr(0, bucket_bytes));
    const std::string_view rest = chars(name).substr(bucket_bytes);
    const std::unique_ptr<rocksdb::Iterator> at(db().NewIterator({}, family()));
    for (at->Seek(first); at->Valid() && at->key().ToStringView().starts_with(first); at->Next()) {
        if (!is_sound(*at)) {
            return std::unexpected(
                JournalError{JournalFault::damaged, "an entry of the key index is malformed", {}});
        }
        for (Reader reader(at->value().ToStringView()); !reader.is_empty();) {
            const bool is_it = reader.take(rest_bytes) == rest;
            const Seq seq{reader.be(6)};
            if (is_it && show(seq)) return {};
        }
    }
    if (at->status().ok()) return {};
    return std::unexpected(
        JournalError{JournalFault::io, "reading the key index: " + at->status().ToString(), {}});
}

KeyIndex::Found KeyIndex::find(Type type, const Name& name) const {
    std::optional<Seq> found;
    const auto searched = find_each(type, name, [&](Seq seq) {
        found = seq;
        return true;
    });
    if (!searched) return std::unexpected(searched.error());
    return found;
}

std::expected<std::vector<Seq>, JournalError> KeyIndex::find_losses(GrantId grant) const {
    std::vector<Seq> found;
    const auto searched = find_each(Type::loss, name_of(grant.value), [&](Seq seq) {
        found.push_back(seq);
        return false;
    });
    if (!searched) return std::unexpected(searched.error());
    return found;
}

KeyIndex::Found KeyIndex::find_key(const Digest& digest) const {
    return find(Type::key, digest.bytes);
}
KeyIndex::Found KeyIndex::find_payment(const Digest& digest) const {
    return find(Type::payment, digest.bytes);
}
KeyIndex::Found KeyIndex::find_refund(DeductionId deduction) const {
    return find(Type::refund, name_of(deduction.value));
}
KeyIndex::Found KeyIndex::find_revocation(GrantId grant) const {
    return find(Type::revocation, name_of(grant.value));
}

KeyIndex::Found KeyIndex::find_hold_end(HoldId hold) const {
    {
        const std::scoped_lock lock(holds_mutex_);
        for (const HoldEnds* ends : {&open_holds_, &closing_holds_}) {
            if (const auto found = ends->find(hold.value); found != ends->end()) {
                return found->second;
            }
        }
    }
    // Not before the memory has been asked: a run that is taken in meanwhile is in the family.
    return find(Type::hold, name_of(hold.value));
}

}  // namespace creditd::replay::followers
