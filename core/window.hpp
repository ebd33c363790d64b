// The window: recent facts that the indexes on disk have not synced yet, so that a command is
// checked in memory for (C, now] whatever position C its evidence was read at. Kept in
// generations: the oldest is dropped whole once an index has synced all of it.
#pragma once

#include <deque>
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

    void add_key(const Digest& digest, Seq seq);
    void add_payment(const Digest& digest, const PaymentFact& fact);
    void set_refunded(DeductionId deduction, Credits refunded_total, Seq seq);
    void add_revoked(GrantId grant, Seq seq);

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
    static auto has_digest(const Digest& digest) {
        return [&digest](const KeySlot& slot) { return slot.digest == digest; };
    }
    struct SeqHash {
        using is_avalanching = void;
        std::size_t operator()(std::uint64_t value) const {
            return static_cast<std::size_t>(value * 0x9E3779B97F4A7C15ULL ^ (value >> 32));
        }
    };
    struct Generation {
        Seq from{};  // exclusive
        ProbeTable<KeySlot> keys;
        boost::unordered_flat_map<Digest, PaymentFact, DigestHash> payments;
        boost::unordered_flat_map<std::uint64_t, Credits, SeqHash> refunded;
        boost::unordered_flat_map<std::uint64_t, Seq, SeqHash> revoked;
    };
    /// The generation that takes a fact of position `seq`.
    Generation& current(Seq seq);

    const Window* base_;
    std::deque<Generation> generations_;  // oldest first, never empty
};

}  // namespace creditd
