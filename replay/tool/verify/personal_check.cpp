#include "replay/tool/verify/personal_check.hpp"

#include <algorithm>

#include "replay/sha256.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::size_t rows_at_once = 1'024;

}  // namespace

std::expected<void, JournalError> PersonalCheck::add(const Event& event) {
    if (event.personal_hash) {
        // Copies of one part stay together.
        const bool is_copy =
            !commitments_.empty() && commitments_.back().hash == *event.personal_hash;
        if (commitments_.size() >= rows_at_once && !is_copy) {
            if (auto checked = finish(); !checked) return checked;
        }
        commitments_.push_back({event.seq, event.account_no, *event.personal_hash});
    }
    if (!std::holds_alternative<AccountForgotten>(event.body)) return {};
    if (auto checked = finish(); !checked) return checked;
    cover(event.account_no);
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
    seqs.reserve(commitments_.size());
    for (const Commitment& commitment : commitments_) seqs.push_back(commitment.seq);
    const auto rows = journal_.read_personal(seqs);
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t i = 0; i < seqs.size(); ++i) {
        const Commitment& commitment = commitments_[i];
        if (!(*rows)[i]) {
            ++forgotten_;
            ++lost_[owners_of(i)];
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

/// Everything of this account's up to here may be gone.
void PersonalCheck::cover(AccountNo account) {
    std::erase_if(lost_, [account](const auto& lost) {
        const Owners& owners = lost.first;
        return owners.one.is_none() || owners.one == account || owners.other == account;
    });
}

std::uint64_t PersonalCheck::lost() const {
    std::uint64_t sum = 0;
    for (const auto& [owners, count] : lost_) sum += count;
    return sum;
}

}  // namespace creditd::replay::tool
