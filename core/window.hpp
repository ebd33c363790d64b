// The window: recent facts that the indexes on disk have not synced yet, so that a command is
// checked in memory for (C, now] whatever position C its evidence was read at. Kept in
// generations: the oldest is dropped whole once an index has synced all of it.
#pragma once

#include <bit>
#include <deque>
#include <map>
#include <optional>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/command.hpp"
#include "core/probe_table.hpp"

namespace creditd {

class Window {
public:
    /// `base`, if any, is searched after this one and never changed.
    explicit Window(const Window* base = nullptr);

    /// Everything after this position is here.
    Seq from() const;
    std::size_t key_count() const;

    std::optional<Seq> find_key(const Digest& digest) const;
    std::optional<PaymentFact> find_payment(const Digest& digest) const;
    /// Refunded so far of a deduction, if a refund of it is in the window.
    std::optional<Credits> find_refunded(DeductionId deduction) const;
    /// Was the grant revoked whole within the window?
    bool is_revoked(GrantId grant) const;

    /// What is known of a payment beside its purchase, of an order or of a notification, if
    /// something was told of it within the window.
    const StandingFact* find_standing(const Digest& digest) const;
    const OrderFact* find_order(const Digest& digest) const;
    const Notification* find_notification(const Digest& digest) const;
    /// What the grant has lost after `as_of`, which must not be before the window.
    Credits lost_after(GrantId grant, Seq as_of) const;

    void add_key(const Digest& digest, Seq seq);
    void add_payment(const Digest& digest, const PaymentFact& fact);
    void set_refunded(DeductionId deduction, Credits refunded_total, Seq seq);
    void add_revoked(GrantId grant, Seq seq);
    void set_standing(const StandingFact& fact, Seq seq);
    void set_order(const OrderFact& fact, Seq seq);
    void set_notification(const Notification& notification, Seq seq);
    void add_lost(const GrantPart& part, Seq seq);

    /// Before anything is added: how many keys a generation takes.
    void set_generation_keys(std::size_t count) { generation_keys_ = count; }
    /// Before anything is added: everything up to `seq` is in the indexes.
    void start_at(Seq seq);
    /// The indexes have synced everything up to `seq`: forget what is wholly older.
    void trim(Seq synced);
    /// Brings in what `find_key` and `add_key` will look at.
    void prefetch_key(const Digest& digest) const;

private:
    struct KeySlot {
        Digest digest{};
        Seq seq{};
        bool is_empty() const { return seq.value == 0; }
        std::uint64_t place() const { return digest.prefix(); }
    };
    struct PaymentSlot {
        Digest digest{};
        PaymentFact fact{};
        bool is_empty() const { return fact.seq.value == 0; }
        std::uint64_t place() const { return digest.prefix(); }
    };
    /// Facts by digest, in many small tables: none of them takes long to make, to grow or to drop.
    template <class Slot>
    class Tables {
    public:
        explicit Tables(std::size_t tables) : tables_(tables) {
            CREDITD_ASSERT(std::has_single_bit(tables) && tables <= 256);
        }
        std::size_t count() const { return count_; }
        const Slot* find(const Digest& digest) const {
            return table_of(digest).find(digest.prefix(), is_of(digest));
        }
        /// The digest must be new.
        void add(const Slot& slot) {
            const bool is_new =
                const_cast<ProbeTable<Slot>&>(table_of(slot.digest)).add(slot, is_of(slot.digest));
            CREDITD_ASSERT(is_new);
            ++count_;
        }
        void prefetch(const Digest& digest) const { table_of(digest).prefetch(digest.prefix()); }

    private:
        static auto is_of(const Digest& digest) {
            return [&digest](const Slot& slot) { return slot.digest == digest; };
        }
        const ProbeTable<Slot>& table_of(const Digest& digest) const {
            return tables_[digest.bytes.back() & (tables_.size() - 1)];
        }
        std::vector<ProbeTable<Slot>> tables_;
        std::size_t count_ = 0;
    };
    struct SeqHash {
        using is_avalanching = void;
        std::size_t operator()(std::uint64_t value) const {
            return static_cast<std::size_t>(value * 0x9E3779B97F4A7C15ULL ^ (value >> 32));
        }
    };
    struct Loss {
        Seq seq{};
        Credits amount{};
    };
    struct Generation {
        explicit Generation(std::size_t tables) : keys(tables), payments(tables) {}
        Seq from{};  // exclusive
        Tables<KeySlot> keys;
        Tables<PaymentSlot> payments;
        boost::unordered_flat_map<std::uint64_t, Credits, SeqHash> refunded;
        boost::unordered_flat_map<std::uint64_t, Seq, SeqHash> revoked;
        boost::unordered_flat_map<std::uint64_t, std::vector<Loss>, SeqHash> lost;
        std::map<Digest, StandingFact> standings;
        std::map<Digest, OrderFact> orders;
        std::map<Digest, Notification> notifications;

        /// What decides that it is full.
        std::size_t count() const {
            return keys.count() + lost.size() + standings.size() + orders.size() +
                   notifications.size();
        }
    };
    /// The newest fact of this digest, in these generations alone.
    template <class Fact>
    const Fact* find_in(std::map<Digest, Fact> Generation::* facts, const Digest& digest) const {
        for (auto at = generations_.rbegin(); at != generations_.rend(); ++at) {
            const auto found = ((*at).*facts).find(digest);
            if (found != ((*at).*facts).end()) return &found->second;
        }
        return nullptr;
    }
    void add_generation() { generations_.emplace_back(base_ == nullptr ? root_tables : 1); }
    /// The generation that takes a fact of position `seq`.
    Generation& current(Seq seq);

    static constexpr std::size_t root_tables = 256;
    const Window* base_;
    std::size_t generation_keys_ = limits::window_generation_keys;
    std::deque<Generation> generations_;  // oldest first, never empty
    Seq newest_{};                        // of the latest fact
};

}  // namespace creditd
