// Compares personal parts with the commitments to them in the events, many at a time. Where one is
// gone, a later event must say that its account was forgotten; for what a payment provider has
// sent, that some account was. Part of verify; one thread.
#pragma once

#include <expected>
#include <map>
#include <optional>
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
    /// After the last event: the first part that is gone though nobody was to be forgotten.
    std::optional<Seq> first_lost() const;

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
    /// Which parts are gone.
    struct Gone {
        Seq first{};
        Seq last{};
    };

    Owners owners_of(std::size_t place) const;
    Seq covered(const Owners& owners) const;

    const Journal& journal_;
    std::vector<Commitment> commitments_;
    std::map<Owners, Gone> gone_;
    std::map<AccountNo, Seq> forgotten_at_;
    Seq any_forgotten_at_{};
    std::uint64_t present_ = 0;
    std::uint64_t forgotten_ = 0;
};

}  // namespace creditd::replay::tool
