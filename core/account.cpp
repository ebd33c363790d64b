#include "core/account.hpp"

#include "core/consequences.hpp"

namespace creditd {

// --- GrantList -----------------------------------------------------------------------------------

GrantList& GrantList::operator=(const GrantList& other) {
    if (this == &other) return *this;
    items_ = other.count_ == 0 ? nullptr : std::make_unique<Grant[]>(other.count_);
    std::copy(other.begin(), other.end(), items_.get());
    count_ = capacity_ = other.count_;
    return *this;
}

Grant* GrantList::find(GrantId id) {
    Grant* const found = std::find_if(begin(), end(), [id](const Grant& g) { return g.id == id; });
    return found == end() ? nullptr : found;
}

const Grant* GrantList::find(GrantId id) const { return const_cast<GrantList*>(this)->find(id); }

Grant& GrantList::insert(const Grant& grant) {
    if (count_ == capacity_) {
        // Exact for the first, then by half: most accounts have one or two grants.
        const auto grown = static_cast<std::uint16_t>(capacity_ + 1 + capacity_ / 2);
        auto larger = std::make_unique<Grant[]>(grown);
        std::copy(begin(), end(), larger.get());
        items_ = std::move(larger);
        capacity_ = grown;
    }
    Grant* const place = std::upper_bound(begin(), end(), grant, burns_before);
    std::copy_backward(place, end(), end() + 1);
    *place = grant;
    ++count_;
    return *place;
}

void GrantList::erase(Grant* grant) {
    CREDITD_ASSERT(grant >= begin() && grant < end());
    std::copy(grant + 1, end(), grant);
    --count_;
    if (count_ == 0) {
        items_.reset();
        capacity_ = 0;
    }
}

// --- Account -------------------------------------------------------------------------------------

CompactId::CompactId(std::string_view id) : size_(static_cast<std::uint8_t>(id.size())) {
    CREDITD_ASSERT(id.size() <= limits::id_bytes_max);
    char* target = bytes_.data();
    if (is_long()) {
        target = new char[id.size()];
        std::memcpy(bytes_.data(), &target, sizeof target);
    }
    std::copy(id.begin(), id.end(), target);
}

Account::Account(const Account& other) : Account(other.id(), other.created_at_) {
    balance = other.balance;
    held = other.held;
    next_due = other.next_due;
    grants = other.grants;
    totals_frequent_ = other.totals_frequent_;
    if (other.extra_) extra_ = std::make_unique<AccountExtra>(*other.extra_);
}

Account& Account::operator=(const Account& other) {
    if (this != &other) *this = Account(other);
    return *this;
}

const AccountExtra& Account::no_extra() {
    static const AccountExtra empty;
    return empty;
}

AccountExtra& Account::touch_extra() {
    if (!extra_) extra_ = std::make_unique<AccountExtra>();
    return *extra_;
}

const Arrangements& Account::arrangements() const {
    static const Arrangements none;
    const Boxed<Arrangements>& boxed = extra().arrangements;
    return boxed ? *boxed : none;
}

const Subscription* Account::running_subscription() const {
    const auto& subscription = arrangements().subscription;
    return subscription && subscription->is_running() ? &*subscription : nullptr;
}

std::uint64_t* Account::frequent_total(Total which) {
    const auto index = static_cast<std::size_t>(which);
    return index < totals_frequent_.size() ? &totals_frequent_[index] : nullptr;
}

WideCredits Account::total(Total which) const {
    const auto index = static_cast<std::size_t>(which);
    const std::uint64_t low =
        index < totals_frequent_.size() ? totals_frequent_[index] : extra().totals[index];
    return (static_cast<WideCredits>(extra().totals_high[index]) << 64) | low;
}

void Account::add_to_total(Total which, Credits amount) {
    CREDITD_ASSERT(amount.value >= 0);
    if (amount.is_zero()) return;
    const auto index = static_cast<std::size_t>(which);
    std::uint64_t* low = frequent_total(which);
    if (low == nullptr) low = &touch_extra().totals[index];
    if (__builtin_add_overflow(*low, static_cast<std::uint64_t>(amount.value), low)) {
        ++touch_extra().totals_high[index];
    }
}

void Account::take_from_total(Total which, Credits amount) {
    CREDITD_ASSERT(amount.value >= 0 && WideCredits{amount.value} <= total(which));
    if (amount.is_zero()) return;
    const auto index = static_cast<std::size_t>(which);
    std::uint64_t* low = frequent_total(which);
    if (low == nullptr) low = &touch_extra().totals[index];
    if (__builtin_sub_overflow(*low, static_cast<std::uint64_t>(amount.value), low)) {
        --touch_extra().totals_high[index];
    }
}

void Account::restore_total(Total which, std::uint64_t low, std::uint64_t high) {
    const auto index = static_cast<std::size_t>(which);
    if (std::uint64_t* frequent = frequent_total(which)) {
        *frequent = low;
    } else if (low != 0) {
        touch_extra().totals[index] = low;
    }
    if (high != 0) touch_extra().totals_high[index] = high;
}

const Hold* Account::find_hold(HoldId id) const {
    if (!extra_) return nullptr;
    for (const Hold& hold : extra_->holds) {
        if (hold.id == id) return &hold;
    }
    return nullptr;
}

Hold* Account::find_hold(HoldId id) {
    return const_cast<Hold*>(static_cast<const Account*>(this)->find_hold(id));
}

Timestamp earliest_due(const Account& account) {
    Timestamp earliest = Timestamp::never();
    for (const Grant& grant : account.grants) {
        if (grant.pending) earliest = std::min(earliest, grant.effective_at);
        // A part that a hold keeps does not expire while it is held.
        if (grant.free().is_positive()) earliest = std::min(earliest, grant.expires_at);
    }
    for (const Hold& hold : account.extra().holds) earliest = std::min(earliest, hold.expires_at);
    if (const Subscription* const subscription = account.running_subscription()) {
        earliest = std::min(earliest, subscription->due_at());
    }
    return std::min(earliest, consequence_due(account));
}

Credits held_on_credit(const Account& account) {
    Credits sum{};
    for (const Hold& hold : account.extra().holds) sum += hold.on_credit;
    return sum;
}

}  // namespace creditd
