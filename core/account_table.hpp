// All accounts, in chunks behind 32-bit numbers, found by id through an index that is split so
// that growing it never stalls. A table may be stacked on another: it then reads through to the
// base and keeps its own copies of what it changes (atomic batches, dry runs).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/account.hpp"
#include "core/probe_table.hpp"

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
    /// Bring in what a later `find(id)`, and then work on the account, will look at. Each step
    /// relies on the one before having had time: do a step for many ids, then the next. Root only.
    void prefetch_slot(std::string_view id) const;
    void prefetch_account(std::string_view id) const;
    void prefetch_grants(std::string_view id) const;

    void observe(ChangeObserver* observer) { observer_ = observer; }
    /// For loading a snapshot: makes room for this many accounts at once. Slow; root only.
    void reserve(std::size_t accounts);

private:
    using Chunk = std::array<Account, limits::chunk_accounts>;

    /// Where an account is: the hash of its id, shortened, and its number.
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t no_plus_1 = 0;
        bool is_empty() const { return no_plus_1 == 0; }
        std::uint64_t place() const { return std::uint64_t{tag} << 32; }
        AccountNo no() const { return AccountNo{no_plus_1 - 1}; }
    };
    using Segment = ProbeTable<Slot>;
    struct Hashed {
        std::size_t segment = 0;
        std::uint32_t tag = 0;
        std::uint64_t place() const { return std::uint64_t{tag} << 32; }
    };
    Hashed hash_of(std::string_view id) const;
    bool has_id(const Slot& slot, const Hashed& hashed, std::string_view id) const;
    /// The first account whose hash fits; mostly, but not surely, the one.
    const Account* likely(std::string_view id) const;

    const AccountTable* base_;
    std::size_t base_count_;
    std::size_t count_;
    std::vector<std::unique_ptr<Chunk>> chunks_;   // root only
    std::vector<Segment> segments_;                // one in a stacked table
    std::map<std::uint32_t, Account> own_copies_;  // stacked only: changed and new accounts
    ChangeObserver* observer_ = nullptr;
};

}  // namespace creditd
