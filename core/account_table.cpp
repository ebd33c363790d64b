#include "core/account_table.hpp"

namespace creditd {
namespace {

constexpr unsigned segment_bits = 10;
static_assert(limits::map_segments == std::size_t{1} << segment_bits);

}  // namespace

AccountTable::AccountTable(const AccountTable* base)
    : base_(base), base_count_(base == nullptr ? 0 : base->count()), count_(base_count_) {
    const std::size_t segments = base == nullptr ? limits::map_segments : 1;
    segments_.reserve(segments);
    for (std::size_t i = 0; i < segments; ++i) segments_.emplace_back(0, Hash{this}, Equal{this});
}

// Both the segment and the flat set's group come from the same hash: the segment takes bits from
// the middle, since the set uses the top for its groups and the bottom for its metadata.
AccountTable::Segment& AccountTable::segment_of(std::size_t hash) {
    return segments_[base_ == nullptr ? (hash >> 20) & (limits::map_segments - 1) : 0];
}
const AccountTable::Segment& AccountTable::segment_of(std::size_t hash) const {
    return const_cast<AccountTable*>(this)->segment_of(hash);
}

std::optional<AccountNo> AccountTable::find(std::string_view id) const {
    const Segment& segment = segment_of(hash_of(id));
    if (const auto found = segment.find(id); found != segment.end()) return AccountNo{*found};
    return base_ == nullptr ? std::nullopt : base_->find(id);
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
    const std::size_t hash = hash_of(account.id());
    if (base_ != nullptr) {
        own_copies_.emplace(no.value, std::move(account));
    } else {
        const std::size_t chunk = no.value / limits::chunk_accounts;
        if (chunk == chunks_.size()) chunks_.push_back(std::make_unique<Chunk>());
        if (observer_ != nullptr) observer_->before_change(no);
        (*chunks_[chunk])[no.value % limits::chunk_accounts] = std::move(account);
    }
    ++count_;
    const bool inserted = segment_of(hash).insert(no.value).second;
    CREDITD_ASSERT(inserted);
    return no;
}

void AccountTable::reserve(std::size_t accounts) {
    CREDITD_ASSERT(base_ == nullptr);
    chunks_.reserve((accounts + limits::chunk_accounts - 1) / limits::chunk_accounts);
    // A little above the mean, since ids do not spread over the segments quite evenly.
    for (Segment& segment : segments_) segment.reserve(accounts / segments_.size() * 17 / 16);
}

void AccountTable::prefetch(std::string_view id) const {
    if (const auto no = find(id)) __builtin_prefetch(&get(*no));
}

}  // namespace creditd
