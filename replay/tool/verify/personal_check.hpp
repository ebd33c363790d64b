// Compares personal parts with the commitments to them in the events, many at a time. Part of
// verify; one thread.
#pragma once

#include <expected>
#include <vector>

#include "core/event.hpp"
#include "replay/journal.hpp"

namespace creditd::replay::tool {

class PersonalCheck {
public:
    /// `journal` outlives this.
    explicit PersonalCheck(const Journal& journal) : journal_(journal) {}

    std::expected<void, JournalError> add(const Event& event);
    std::expected<void, JournalError> finish();
    std::uint64_t present() const { return present_; }
    std::uint64_t forgotten() const { return forgotten_; }

private:
    const Journal& journal_;
    std::vector<Seq> seqs_;
    std::vector<Hash256> hashes_;
    std::uint64_t present_ = 0;
    std::uint64_t forgotten_ = 0;
};

}  // namespace creditd::replay::tool
