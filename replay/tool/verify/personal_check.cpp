#include "replay/tool/verify/personal_check.hpp"

#include "replay/sha256.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::size_t rows_at_once = 1'024;

}  // namespace

std::expected<void, JournalError> PersonalCheck::add(const Event& event) {
    if (!event.personal_hash) return {};
    seqs_.push_back(event.seq);
    hashes_.push_back(*event.personal_hash);
    return seqs_.size() < rows_at_once ? std::expected<void, JournalError>{} : finish();
}

std::expected<void, JournalError> PersonalCheck::finish() {
    const auto rows = journal_.read_personal(seqs_);
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t i = 0; i < seqs_.size(); ++i) {
        (*rows)[i] ? ++present_ : ++forgotten_;
        if (!(*rows)[i] || sha256(*(*rows)[i]) == hashes_[i]) continue;
        return std::unexpected(
            JournalError{JournalFault::damaged,
                         "seq " + std::to_string(seqs_[i].value) +
                             ": its personal part is not the one that the event commits to",
                         seqs_[i]});
    }
    seqs_.clear();
    hashes_.clear();
    return {};
}

}  // namespace creditd::replay::tool
