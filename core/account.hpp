// One account in memory: what is open (live grants, open holds), its sums, and nothing that only
// history needs. Compact: 104 bytes, plus 56 a grant; what few accounts have is in AccountExtra.
// Owned by the state; only `apply` changes it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/boxed.hpp"
#include "core/event.hpp"

namespace creditd {

/// Number of interned GrantTerms in TermsTable.
struct TermsNo : Strong<struct TermsNoTag, std::uint32_t> {
    using Strong::Strong;
};

/// A live grant: something of it remains. `reserved` is the part that open holds keep.
struct Grant {
    GrantId id{};
    Credits amount{};
    Credits remaining{};
    Credits reserved{};
    Timestamp effective_at{};
    Timestamp expires_at = Timestamp::never();
    TermsNo terms{};
    std::uint16_t priority = limits::grant_priority_default;
    bool paid = false;
    bool pending = false;  // its effective time has not come

    Credits free() const { return remaining - reserved; }
};
static_assert(sizeof(Grant) == 56);

/// The published burn order: priority, earliest expiry, free before paid, oldest. Total.
inline bool burns_before(const Grant& a, const Grant& b) {
    if (a.priority != b.priority) return a.priority < b.priority;
    if (a.expires_at != b.expires_at) return a.expires_at < b.expires_at;
    if (a.paid != b.paid) return !a.paid;
    return a.id < b.id;
}

/// Grants in burn order. A vector with a header of 12 bytes, exact in memory for few grants.
class GrantList {
public:
    GrantList() = default;
    GrantList(const GrantList& other) { *this = other; }
    GrantList(GrantList&&) noexcept = default;
    GrantList& operator=(const GrantList& other);
    GrantList& operator=(GrantList&&) noexcept = default;
    ~GrantList() = default;

    Grant* begin() { return items_.get(); }
    Grant* end() { return items_.get() + count_; }
    const Grant* begin() const { return items_.get(); }
    const Grant* end() const { return items_.get() + count_; }
    std::size_t count() const { return count_; }

    Grant* find(GrantId id);
    const Grant* find(GrantId id) const;
    /// Inserts at its place in burn order.
    Grant& insert(const Grant& grant);
    void erase(Grant* grant);

private:
    std::unique_ptr<Grant[]> items_;
    std::uint16_t count_ = 0;
    std::uint16_t capacity_ = 0;
};
static_assert(limits::account_grants_max * 3 / 2 + 1 <= UINT16_MAX);

/// An account's id in 25 bytes: in place up to 24, else behind a pointer that is kept there.
class CompactId {
public:
    CompactId() = default;
    explicit CompactId(std::string_view id);
    CompactId(const CompactId& other) : CompactId(other.text()) {}
    CompactId(CompactId&& other) noexcept { swap(other); }
    CompactId& operator=(CompactId other) noexcept {
        swap(other);
        return *this;
    }
    ~CompactId() {
        if (is_long()) delete[] pointer();
    }

    std::string_view text() const { return {is_long() ? pointer() : bytes_.data(), size_}; }

private:
    static constexpr std::size_t bytes_in_place = 24;
    bool is_long() const { return size_ > bytes_in_place; }
    char* pointer() const {
        char* result = nullptr;
        std::memcpy(&result, bytes_.data(), sizeof result);
        return result;
    }
    void swap(CompactId& other) noexcept {
        std::swap(bytes_, other.bytes_);
        std::swap(size_, other.size_);
    }

    std::array<char, bytes_in_place> bytes_{};
    std::uint8_t size_ = 0;
};
static_assert(limits::id_bytes_max <= UINT8_MAX);

/// An open hold. `reserved` is in burn order; `on_credit` is what the credit limit covers.
struct Hold {
    HoldId id{};
    Credits amount{};
    Credits captured{};
    Timestamp expires_at{};
    OnExpiry on_expiry = OnExpiry::release;
    std::vector<GrantPart> reserved;
    Credits on_credit{};
    Usage usage;
    Credits waived{};  // its price, where an unlimited plan covers it: the amount is 0
    bool operator==(const Hold&) const = default;

    Credits remaining() const { return amount - captured; }
};

/// Lifetime sums; the order is part of the snapshot format.
enum class Total : std::uint8_t {
    granted,
    purchased,
    consumed,
    refunded,
    expired,
    revoked,
    transferred_in,
    transferred_out
};
inline constexpr std::size_t totals_count = 8;

/// What few accounts have.
struct AccountExtra {
    Credits debt{};
    Credits credit_limit{};
    Credits pending{};  // Σ remaining of grants that are not yet effective
    std::string parent;
    Seq profile_seq{};
    std::array<std::uint64_t, totals_count> totals{};       // low words; the frequent three unused
    std::array<std::uint64_t, totals_count> totals_high{};  // carries of all eight
    std::vector<Hold> holds;                                // by id
    Timestamp refusals_since{};                             // window of recorded refusals
    std::uint32_t refusals_count = 0;
    bool closed = false;
    Boxed<Arrangements> arrangements;
    bool operator==(const AccountExtra&) const = default;
};

class Account {
public:
    Account() = default;
    Account(std::string_view id, Timestamp created_at) : id_(id), created_at_(created_at) {
        CREDITD_ASSERT(!id.empty());
    }
    Account(const Account& other);
    Account(Account&&) noexcept = default;
    Account& operator=(const Account& other);
    Account& operator=(Account&&) noexcept = default;
    ~Account() = default;

    std::string_view id() const { return id_.text(); }
    Timestamp created_at() const { return created_at_; }

    const AccountExtra& extra() const { return extra_ ? *extra_ : no_extra(); }
    AccountExtra& touch_extra();
    bool has_extra() const { return extra_ != nullptr; }

    Credits debt() const { return extra_ ? extra_->debt : Credits{}; }
    Credits credit_limit() const { return extra_ ? extra_->credit_limit : Credits{}; }
    Credits pending() const { return extra_ ? extra_->pending : Credits{}; }
    bool closed() const { return extra_ && extra_->closed; }
    /// Those of an account that has none are empty.
    const Arrangements& arrangements() const;
    Arrangements& touch_arrangements() { return touch_extra().arrangements.touch(); }
    /// The subscription, unless there is none or it has ended.
    const Subscription* running_subscription() const;
    Credits available() const { return balance - held; }

    WideCredits total(Total which) const;
    void add_to_total(Total which, Credits amount);
    /// What was added before.
    void take_from_total(Total which, Credits amount);
    void restore_total(Total which, std::uint64_t low, std::uint64_t high);

    const Hold* find_hold(HoldId id) const;
    Hold* find_hold(HoldId id);

    Credits balance{};  // Σ remaining of effective, unexpired grants − debt
    Credits held{};     // Σ remaining of open holds
    /// Earliest moment at which time alone changes this account (a grant becomes effective or
    /// expires, a hold expires). Never later than the truth.
    Timestamp next_due = Timestamp::never();
    [[no_unique_address]] GrantList grants;  // the id begins in its padding

private:
    static const AccountExtra& no_extra();
    std::uint64_t* frequent_total(Total which);

    CompactId id_;
    std::array<std::uint64_t, 3> totals_frequent_{};  // granted, purchased, consumed
    Timestamp created_at_{};
    std::unique_ptr<AccountExtra> extra_;
};
static_assert(sizeof(Account) == 104);

/// Earliest due moment of an account, from its grants and holds.
Timestamp earliest_due(const Account& account);
/// What the account can spend on `usable` grants: Σ their free parts − debt − holds on credit.
/// (`usable` decides per grant whether the feature may use it; see burn.hpp.)
Credits held_on_credit(const Account& account);

}  // namespace creditd
