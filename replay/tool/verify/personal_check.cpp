#include "replay/tool/verify/personal_check.hpp"

#include <algorithm>

#include "replay/sha256.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::size_t rows_at_once = 1'024;

}  // namespace

std::expected<void, JournalError> PersonalCheck::add(const Event& event) {
    if (std::holds_alternative<AccountForgotten>(event.body)) {
        forgotten_at_[event.account_no] = event.seq;
        any_forgotten_at_ = event.seq;
    }
    if (!event.personal_hash) return {};
    // Copies of one part stay together.
    if (commitments_.size() >= rows_at_once && commitments_.back().hash != *event.personal_hash) {
        if (auto checked = finish(); !checked) return checked;
    }
    commitments_.push_back({event.seq, event.account_no, *event.personal_hash});
    return {};
}

PersonalCheck::Owners PersonalCheck::owners_of(std::size_t place) const {
    const Commitment& own = commitments_[place];
    Owners owners{own.account, own.account};
    const std::size_t end = std::min(place + 2, commitments_.size());
    for (std::size_t i = place == 0 ? 0 : place - 1; i < end; ++i) {
        if (commitments_[i].hash == own.hash && i != place) owners.other = commitments_[i].account;
    }
    return owners;
}

std::expected<void, JournalError> PersonalCheck::finish() {
    std::vector<Seq> seqs;
    for (const Commitment& commitment : commitments_) seqs.push_back(commitment.seq);
    const auto rows = journal_.read_personal(seqs);
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t i = 0; i < seqs.size(); ++i) {
        const Commitment& commitment = commitments_[i];
        if (!(*rows)[i]) {
            ++forgotten_;
            gone_.try_emplace(owners_of(i), Gone{commitment.seq, {}}).first->second.last =
                commitment.seq;
        } else if (sha256(*(*rows)[i]) == commitment.hash) {
            ++present_;
        } else {
            return std::unexpected(damaged_at(
                commitment.seq, "its personal part is not the one that the event commits to"));
        }
    }
    commitments_.clear();
    return {};
}

/// Everything of theirs before this may be gone.
Seq PersonalCheck::covered(const Owners& owners) const {
    Seq covered = owners.one.is_none() ? any_forgotten_at_ : Seq{};
    for (const AccountNo account : {owners.one, owners.other}) {
        const auto at = forgotten_at_.find(account);
        if (at != forgotten_at_.end()) covered = std::max(covered, at->second);
    }
    return covered;
}

std::optional<Seq> PersonalCheck::first_lost() const {
    std::optional<Seq> first;
    for (const auto& [owners, gone] : gone_) {
        if (gone.last < covered(owners)) continue;
        if (!first || gone.first < *first) first = gone.first;
    }
    return first;
}

}  // namespace creditd::replay::tool
