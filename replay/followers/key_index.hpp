// The index behind idempotency and evidence: from a key, a payment (or an order, or a notification:
// what has a digest of its own), a refunded deduction, a revoked grant, a loss of a grant or a
// closed hold to the event that tells the rest. Newest wins, but of losses all are found. Family
// `keys`, one entry for each bucket of a run, because most of the cost of a table is by the entry:
//
//   key    u8 type ‖ u16 bucket ‖ ~u64 last seq of the run      big-endian: newest run first
//   value  n × (14 bytes of the name ‖ u48 big-endian seq)      newest first
//
// A name is 16 bytes: a digest, or a number spread over 64 bits and the number itself. Its first
// two bytes are the bucket.
// Written by the follower thread; asked by any. `may_contain` touches no disk, the others do.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "replay/followers/key_filter.hpp"
#include "replay/followers/sorted_run.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {
class Database;
}  // namespace creditd::replay

namespace creditd::replay::followers {

struct KeyIndexOptions {
    RunOptions runs;
    std::uint64_t filter_first_capacity = KeyFilter::first_capacity_default;
};

class KeyIndex final : public RunFollower {
public:
    using Found = std::expected<std::optional<Seq>, JournalError>;

    /// Fills the filter from the family: about 50 ns a key.
    static std::expected<std::unique_ptr<KeyIndex>, FollowerFailure> open(Database& database,
                                                                          KeyIndexOptions options);

    /// Everything up to here is answered by the calls below, and is on disk: what a window of
    /// newer keys may forget. Read it before asking, and the answers hold as of it, or later.
    Seq synced() const { return cursor(); }

    /// False: neither a key nor a payment of this digest is in the index as of the `synced` that
    /// was read before. True: ask.
    bool may_contain(const Digest& digest) const;
    std::uint64_t filter_bytes() const { return filter_.bytes(); }
    std::uint64_t filter_keys() const { return filter_.count(); }

    /// The last event of the command that came under this key, as of `synced`.
    Found find_key(const Digest& digest) const;
    /// The latest event about this payment, order or notification, as of `synced`.
    Found find_payment(const Digest& digest) const;
    /// The latest refund of this deduction, as of `synced`.
    Found find_refund(DeductionId deduction) const;
    /// The revocation that took the whole of this grant, as of `synced`.
    Found find_revocation(GrantId grant) const;
    /// Every event in which this grant lost something, newest first, as of `synced` or later.
    std::expected<std::vector<Seq>, JournalError> find_losses(GrantId grant) const;
    /// The event that closed this hold, as of `consumed`.
    Found find_hold_end(HoldId hold) const;

protected:
    void gather(std::span<const FollowedEvent> events) override;
    std::size_t open_entries() const override;
    void close_run(Seq to) override;
    bool write_entries(RunWriter& writer, std::size_t entries) override;
    void drop_closing() override;

private:
    using Name = std::array<std::uint8_t, 16>;
    struct Entry {
        Name name;
        Seq seq;
    };
    /// In the order of their letters.
    enum class Type : std::uint8_t { hold, key, loss, payment, refund, revocation };
    static constexpr std::size_t type_count = 6;
    using Entries = std::array<std::vector<Entry>, type_count>;
    using HoldEnds = boost::unordered_flat_map<std::uint64_t, Seq>;

    /// Where the writing of the closing run stands.
    struct Position {
        std::size_t type = 0;
        std::size_t begin = 0;  // of the next bucket, in `order`
        bool is_sorted = false;
        std::vector<std::uint32_t> order;   // of the type's entries, by bucket, newest first
        std::vector<std::uint32_t> starts;  // of each bucket in `order`, and the end; or empty
    };

    KeyIndex(Database& database, KeyIndexOptions options);
    std::expected<void, FollowerFailure> fill_filter();
    static char letter(Type type);
    static Name name_of(std::uint64_t number);
    void add(Type type, const Name& name, Seq seq);
    void gather_one(const FollowedEvent& event);
    void sort_type();
    void sort_few();
    void sort_many();
    std::size_t bucket_at(std::size_t place) const;
    std::size_t bucket_end() const;
    void prefetch_after(std::size_t bucket) const;
    void write_bucket(RunWriter& writer, std::size_t end);
    Found find(Type type, const Name& name) const;
    /// Shows every entry of the name, newest first, until it is told that this is enough.
    template <class Show>
    std::expected<void, JournalError> find_each(Type type, const Name& name, Show&& show) const;

    KeyFilter filter_;
    Entries open_;
    Entries closing_;
    Seq closing_to_{};
    Position position_;
    std::string key_;
    std::string value_;
    std::vector<std::uint64_t> hashes_;

    mutable std::mutex holds_mutex_;
    HoldEnds open_holds_;
    HoldEnds closing_holds_;
};

}  // namespace creditd::replay::followers
