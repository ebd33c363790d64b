#include "replay/snapshot_walk.hpp"

#include "core/canary.hpp"

namespace creditd::replay {
namespace {

constexpr std::size_t chunk_of(AccountNo no) { return no.value / limits::chunk_accounts; }

static_assert(limits::chunk_accounts <= 64, "Saved::places has a bit an account");

}  // namespace

bool SnapshotWalk::begin(State& state, const ChainTip& tip) {
    CREDITD_ASSERT(!is_running());
    CREDITD_ASSERT(tip.seq == state.head.seq && !tip.is_empty());
    SnapshotStart start;
    start.header = {tip, state.accounts.count(),
                    static_cast<std::uint32_t>(state.accounts.chunk_count())};
    start.ledger = {state.head, state.catalog(), state.redemptions()};
    if (!writer_.start(std::move(start))) return false;
    state_ = &state;
    accounts_ = state.accounts.count();
    chunks_ = static_cast<std::uint32_t>(state.accounts.chunk_count());
    next_ = 0;
    saved_.resize(chunks_);
    state.accounts.observe(this);
    return true;
}

SnapshotWalk::~SnapshotWalk() {
    if (!is_running()) return;
    writer_.give_up();
    drop();
}

void SnapshotWalk::drop() {
    if (!is_running()) return;
    state_->accounts.observe(nullptr);
    state_ = nullptr;
    saved_.clear();
    batch_.clear();
}

void SnapshotWalk::before_change(AccountNo account) {
    const std::size_t chunk = chunk_of(account);
    if (canary(Canary::snapshot_mixes_times)) return;
    if (account.value >= accounts_ || chunk < next_) return;
    auto& saved = saved_[chunk];
    if (!saved) saved = std::make_unique<Saved>();
    const auto place = static_cast<std::uint32_t>(account.value % limits::chunk_accounts);
    const std::uint64_t bit = std::uint64_t{1} << place;
    if ((saved->places & bit) != 0) return;
    saved->places |= bit;
    saved->accounts.emplace_back(place, state_->accounts.get(account));
}

ChunkCopy SnapshotWalk::copy_chunk(std::uint32_t chunk) {
    const std::size_t begin = chunk * limits::chunk_accounts;
    const std::size_t end = std::min(begin + limits::chunk_accounts, accounts_);
    const std::unique_ptr<Saved> saved = std::move(saved_[chunk]);
    const std::uint64_t places = saved ? saved->places : 0;
    ChunkCopy copy;
    copy.index = chunk;
    copy.accounts.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
        if ((places >> (i - begin) & 1) != 0) {
            copy.accounts.emplace_back();
        } else {
            copy.accounts.push_back(state_->accounts.get(AccountNo{static_cast<std::uint32_t>(i)}));
        }
    }
    if (saved) {
        for (auto& [place, account] : saved->accounts) copy.accounts[place] = std::move(account);
    }
    name_terms(copy);
    return copy;
}

// The copy leaves this thread, and the state's table of terms does not: the chunk takes the terms
// that its grants have along, under numbers of its own.
void SnapshotWalk::name_terms(ChunkCopy& copy) {
    terms_.clear();
    TermsNo last{UINT32_MAX};
    std::uint32_t last_local = 0;
    for (Account& account : copy.accounts) {
        for (Grant& grant : account.grants) {
            if (grant.terms != last) {
                last = grant.terms;
                const auto next = static_cast<std::uint32_t>(copy.terms.size());
                const auto [at, is_new] = terms_.emplace(last.value, next);
                if (is_new) copy.terms.push_back(state_->terms.get(last));
                last_local = at->second;
            }
            grant.terms = TermsNo{last_local};
        }
    }
}

SnapshotWalk::Progress SnapshotWalk::step(std::chrono::microseconds budget) {
    if (!is_running()) return {};
    const auto until = std::chrono::steady_clock::now() + budget;
    while (next_ < chunks_ || !batch_.empty()) {
        if (writer_.has_failed()) {
            drop();
            return {};
        }
        if (!writer_.has_room()) return {true, true};
        while (next_ < chunks_ && batch_.size() < batch_chunks_) {
            batch_.push_back(copy_chunk(next_));
            ++next_;
        }
        writer_.hand_over(batch_);
        if (!batch_.empty()) return {true, true};
        if (next_ < chunks_ && std::chrono::steady_clock::now() >= until) return {true, false};
    }
    writer_.finish();
    drop();
    return {};
}

}  // namespace creditd::replay
