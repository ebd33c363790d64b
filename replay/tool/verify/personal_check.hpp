// Compares personal parts with the commitments to them in the events, many at a time. Where one is
// gone, a later event should say that its account was forgotten; for what a payment provider has
// sent, that some account was. Where none does, that is counted: the event may have been given up
// with the end of the log. Part of verify; one thread.
#pragma once

#include <expected>
#include <map>
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
    /// After the last event: parts that are gone though nobody was to be forgotten.
    std::uint64_t lost() const;

private:
    /// An event that commits to a part; whoever it belongs to.
    struct Commitment {
        Seq seq{};
        AccountNo account = AccountNo::none();
        Hash256 hash{};
    };
    /// Whose part it is: of a transfer, each side has a copy of one, and both lose it.
    struct Owners {
        AccountNo one = AccountNo::none();
        AccountNo other = AccountNo::none();
        auto operator<=>(const Owners&) const = default;
    };

    Owners owners_of(std::size_t place) const;
    void cover(AccountNo account);

    const Journal& journal_;
    std::vector<Commitment> commitments_;
    std::map<Owners, std::uint64_t> lost_;  // as far as no event has come that explains it
    std::uint64_t present_ = 0;
    std::uint64_t forgotten_ = 0;
};

}  // namespace creditd::replay::tool
