// Heads of the log with the cosignatures that they have got, and which of them is shown. A head is
// *settled* when as many witnesses as are wanted have cosigned it, one at least: the newest such
// one is kept in `proof.cosigned`, synced, so that a start has what was shown before.
// Thread-safe.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "replay/log_signer.hpp"

namespace creditd::daemon {

class CosignedHeads {
public:
    using Head = std::shared_ptr<const replay::SignedHead>;
    using Clock = std::chrono::steady_clock;
    /// Told once whether a settled head covers what was waited for.
    using Waiting = std::move_only_function<void(bool)>;

    /// `quorum`: so many cosignatures are waited for; 0: none is. Takes what `folder` has from
    /// before, if it is signed by the log's `keys` and by witnesses of today, and is no more than
    /// the `signed_size` leaves that the log has signed.
    CosignedHeads(const std::filesystem::path& folder,
                  std::vector<replay::proof::VerifierKey> witnesses, std::size_t quorum,
                  std::span<const replay::proof::VerifierKey> keys, std::uint64_t signed_size);

    std::size_t quorum() const { return quorum_; }

    /// A valid cosignature: the head is kept while it may be of use. Writes and syncs the file
    /// where this settles the head; what cannot be written is not shown.
    void add(const Head& head, std::size_t witness, std::string line);

    /// The newest settled head, with its cosignatures as part of the note; null before any.
    Head settled() const;
    /// Of the settled heads of at least so many leaves, one with the most cosignatures; or null.
    Head covering(std::uint64_t size) const;
    /// This head with what cosignatures it has.
    Head with_cosignatures(const Head& head) const;
    /// Does this witness's cosignature of this head stand here?
    bool has(const Head& head, std::size_t witness) const;
    /// The newest of these heads that the witness has cosigned, in leaves; 0: none.
    std::uint64_t size_of(std::size_t witness) const;

    /// Calls `then` on the thread of `add` or `give_up` when a settled head of so many leaves is
    /// there, or `until` has passed; at once where it is there already.
    void wait(std::uint64_t size, Clock::time_point until, Waiting then);
    /// Those whose time has passed are told so.
    void give_up(Clock::time_point now);

private:
    /// As many as a slow witness may be behind: nobody is asked about an older one any more.
    static constexpr std::size_t heads_max = 16;

    struct Entry {
        Head head;
        std::vector<std::string> lines;  // one of each witness; empty: it has not cosigned
        Head complete;                   // the head with these lines
        std::size_t count() const;
    };
    struct Waiter {
        std::uint64_t size = 0;
        Clock::time_point until;
        Waiting then;
    };

    void load(std::span<const replay::proof::VerifierKey> keys, std::uint64_t signed_size);
    const Entry* find(const replay::SignedHead& head) const;
    Entry& entry_of(const Head& head);
    static void complete(Entry& entry);
    bool is_settled(const Entry& entry) const;
    Head enter(const Head& head, std::size_t witness, std::string line);
    void show(const Head& head);
    void drop_other_history(const replay::SignedHead& head);
    void forget_old();
    std::vector<Waiter> take_waiters(const std::function<bool(const Waiter&)>& is_meant);

    const std::filesystem::path file_;
    const std::vector<replay::proof::VerifierKey> witnesses_;
    const std::size_t quorum_;

    std::mutex writing_;  // of the file; whoever reads heads does not wait for the disk
    mutable std::mutex mutex_;
    std::deque<Entry> entries_;  // by size
    Head settled_;
    std::vector<Waiter> waiters_;
};

inline std::uint64_t leaves_of(const CosignedHeads::Head& head) {
    return head->checkpoint.head.size;
}

}  // namespace creditd::daemon
