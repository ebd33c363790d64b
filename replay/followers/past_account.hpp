// An account as it stood at a past moment, made again from its own events: the image before the
// moment, if there is one, then what its history says. For reader threads: this reads the disk.
#pragma once

#include <expected>
#include <memory>
#include <optional>

#include "core/state.hpp"
#include "replay/event_lookup.hpp"
#include "replay/followers/account_images.hpp"
#include "replay/followers/history_walk.hpp"

namespace creditd::replay::followers {

/// One account on a state of its own, where its number is 0.
class PastAccount {
public:
    /// Nothing yet: the event that makes the account comes first.
    PastAccount() = default;

    /// Begins with an image. False: it is not one; this object is not to be used further.
    [[nodiscard]] bool restore(const AccountImage& image);
    /// The account's next event. False: it does not follow what is here. What time alone took after
    /// `as_of`, because it was noticed late, is not taken yet.
    [[nodiscard]] bool add(Event event, Timestamp as_of = Timestamp::never());

    bool is_there() const { return state_.accounts.count() == 1; }
    const Account& account() const { return state_.accounts.get(AccountNo{0}); }
    const TermsTable& terms() const { return state_.terms; }

private:
    void keep_until(Event& event, Timestamp as_of);

    State state_;
    Credits kept_{};  // what later events take for granted to be gone
};

/// After event `seq`, at a time that is not before it. What fell due until `time` counts as
/// having happened, also where the event that says so was made later.
struct PastMoment {
    Seq seq{};
    Timestamp time{};
};

struct PastSources {
    const HistoryIndex& history;
    const AccountImages* images = nullptr;  // without them it takes longer
    EventLookup& lookup;
};

/// The account at the moment; nothing: it was not there yet. Something has happened to it after
/// the moment: where nothing has, the live state shows what is due.
std::expected<std::unique_ptr<PastAccount>, JournalError> read_past(const PastSources& sources,
                                                                    AccountNo no,
                                                                    PastMoment moment);

}  // namespace creditd::replay::followers
