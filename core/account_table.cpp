#include "core/account_table.hpp"

#include <bit>

#include <boost/container_hash/hash.hpp>

namespace creditd {

static_assert(std::has_single_bit(limits::map_segments));

AccountTable::AccountTable(const AccountTable* base)
    : base_(base), base_count_(base == nullptr ? 0 : base->count()), count_(base_count_) {
    segments_.resize(base == nullptr ? limits::map_segments : 1);
}

// The segment takes the lowest bits of the hash, the place in it the highest.
AccountTable::Hashed AccountTable::hash_of(std::string_view id) const {
    const std::uint64_t hash = boost::hash<std::string_view>{}(id);
    return {base_ == nullptr ? hash & (limits::map_segments - 1) : 0,
            static_cast<std::uint32_t>(hash >> 32)};
}

bool AccountTable::has_id(const Slot& slot, const Hashed& hashed, std::string_view id) const {
    return slot.tag == hashed.tag && get(slot.no()).id() == id;
}

std::optional<AccountNo> AccountTable::find(std::string_view id) const {
    const Hashed hashed = hash_of(id);
    const auto* found = segments_[hashed.segment].find(
        hashed.place(), [&](const Slot& slot) { return has_id(slot, hashed, id); });
    if (found != nullptr) return found->no();
    return base_ == nullptr ? std::nullopt : base_->find(id);
}

const Account* AccountTable::likely(std::string_view id) const {
    const Hashed hashed = hash_of(id);
    const auto* found = segments_[hashed.segment].find(
        hashed.place(), [&](const Slot& slot) { return slot.tag == hashed.tag; });
    return found == nullptr ? nullptr : &get(found->no());
}

const Account& AccountTable::get(AccountNo no) const {
    CREDITD_ASSERT(no.value < count_);
    if (base_ == nullptr) {
        return (*chunks_[no.value / limits::chunk_accounts])[no.value % limits::chunk_accounts];
    }
    const auto own = own_copies_.find(no.value);
    return own != own_copies_.end() ? own->second : base_->get(no);
}

Account& AccountTable::touch(AccountNo no) {
    CREDITD_ASSERT(no.value < count_);
    if (base_ != nullptr) {
        auto own = own_copies_.find(no.value);
        if (own == own_copies_.end()) own = own_copies_.emplace(no.value, base_->get(no)).first;
        return own->second;
    }
    if (observer_ != nullptr) observer_->before_change(no);
    return (*chunks_[no.value / limits::chunk_accounts])[no.value % limits::chunk_accounts];
}

AccountNo AccountTable::add(Account account) {
    CREDITD_ASSERT(count_ < UINT32_MAX - 1);
    const AccountNo no{static_cast<std::uint32_t>(count_)};
    const Hashed hashed = hash_of(account.id());
    if (base_ != nullptr) {
        own_copies_.emplace(no.value, std::move(account));
    } else {
        const std::size_t chunk = no.value / limits::chunk_accounts;
        if (chunk == chunks_.size()) chunks_.push_back(std::make_unique<Chunk>());
        if (observer_ != nullptr) observer_->before_change(no);
        (*chunks_[chunk])[no.value % limits::chunk_accounts] = std::move(account);
    }
    ++count_;
    const std::string_view id = get(no).id();
    const bool is_new = segments_[hashed.segment].add(
        {hashed.tag, no.value + 1}, [&](const Slot& slot) { return has_id(slot, hashed, id); });
    CREDITD_ASSERT(is_new);
    return no;
}

void AccountTable::reserve(std::size_t accounts) {
    CREDITD_ASSERT(base_ == nullptr);
    chunks_.reserve((accounts + limits::chunk_accounts - 1) / limits::chunk_accounts);
    // A little above the mean, since ids do not spread over the segments quite evenly.
    for (Segment& segment : segments_) segment.reserve(accounts / segments_.size() * 17 / 16);
}

void AccountTable::prefetch_slot(std::string_view id) const {
    const Hashed hashed = hash_of(id);
    segments_[hashed.segment].prefetch(hashed.place());
}

void AccountTable::prefetch_account(std::string_view id) const {
    const Account* account = likely(id);
    if (account == nullptr) return;
    const auto* bytes = reinterpret_cast<const char*>(account);
    __builtin_prefetch(bytes);
    __builtin_prefetch(bytes + sizeof(Account) - 1);
}

void AccountTable::prefetch_grants(std::string_view id) const {
    const Account* account = likely(id);
    if (account != nullptr) __builtin_prefetch(account->grants.begin());
}

}  // namespace creditd
