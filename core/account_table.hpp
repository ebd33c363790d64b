// All accounts, in chunks behind 32-bit numbers, found by id through an index that is split so
// that growing it never stalls. A table may be stacked on another: it then reads through to the
// base and keeps its own copies of what it changes (atomic batches, dry runs).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "core/account.hpp"

namespace creditd {

/// Called on the ledger thread before an account changes, and before a new one is added; a running
/// snapshot copies the account then, if its walk has not passed it.
class ChangeObserver {
public:
    virtual ~ChangeObserver() = default;
    virtual void before_change(AccountNo account) = 0;
};

class AccountTable {
public:
    explicit AccountTable(const AccountTable* base = nullptr);

    std::size_t count() const { return count_; }
    std::size_t chunk_count() const {
        return (count_ + limits::chunk_accounts - 1) / limits::chunk_accounts;
    }

    std::optional<AccountNo> find(std::string_view id) const;
    const Account& get(AccountNo no) const;
    /// For changing: copies into a stacked table, tells the observer of a root table.
    Account& touch(AccountNo no);
    /// Adds under the next number; the id must be new.
    AccountNo add(Account account);
    /// Brings the cache lines of a later `find(id)` in.
    void prefetch(std::string_view id) const;

    void observe(ChangeObserver* observer) { observer_ = observer; }
    /// For loading a snapshot: makes room for this many accounts at once. Slow; root only.
    void reserve(std::size_t accounts);

private:
    using Chunk = std::array<Account, limits::chunk_accounts>;

    static std::size_t hash_of(std::string_view id) { return boost::hash<std::string_view>{}(id); }
    struct Hash {
        using is_transparent = void;
        using is_avalanching = void;
        const AccountTable* table = nullptr;
        std::size_t operator()(std::string_view id) const { return hash_of(id); }
        std::size_t operator()(std::uint32_t no) const {
            return hash_of(table->get(AccountNo{no}).id());
        }
    };
    struct Equal {
        using is_transparent = void;
        const AccountTable* table = nullptr;
        bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
        bool operator()(std::string_view id, std::uint32_t no) const {
            return table->get(AccountNo{no}).id() == id;
        }
        bool operator()(std::uint32_t no, std::string_view id) const { return (*this)(id, no); }
    };
    using Segment = boost::unordered_flat_set<std::uint32_t, Hash, Equal>;

    Segment& segment_of(std::size_t hash);
    const Segment& segment_of(std::size_t hash) const;

    const AccountTable* base_;
    std::size_t base_count_;
    std::size_t count_;
    std::vector<std::unique_ptr<Chunk>> chunks_;   // root only
    std::vector<Segment> segments_;                // one in a stacked table
    std::map<std::uint32_t, Account> own_copies_;  // stacked only: changed and new accounts
    ChangeObserver* observer_ = nullptr;
};

}  // namespace creditd
