#include "replay/followers/past_account.hpp"

#include <algorithm>

#include "core/apply.hpp"
#include "schemas/snapshot_codec.hpp"

namespace creditd::replay::followers {
namespace {

using Made = std::expected<std::unique_ptr<PastAccount>, JournalError>;

/// False: an event does not fit.
std::expected<bool, JournalError> add_all(PastAccount& past, EventLookup& lookup,
                                          const std::vector<Seq>& seqs) {
    for (const Seq seq : seqs) {
        auto event = lookup.event(seq);
        if (!event) return std::unexpected(std::move(event.error()));
        if (!*event || !past.add(std::move(**event))) return false;
    }
    return true;
}

/// Goes on while the next event is time's own and was due by then.
std::expected<bool, JournalError> add_what_was_due(PastAccount& past, const PastSources& sources,
                                                   AccountNo no, PastMoment moment) {
    if (past.account().next_due > moment.time) return true;
    const auto newest = newest_of(sources.history, no);
    if (!newest) return std::unexpected(newest.error());
    if (!*newest) return true;
    const auto seqs = next_seqs(sources.history, no, moment.seq, **newest);
    if (!seqs) return std::unexpected(seqs.error());
    for (const Seq seq : *seqs) {
        if (past.account().next_due > moment.time) return true;
        auto event = sources.lookup.event(seq);
        if (!event) return std::unexpected(std::move(event.error()));
        if (!*event) return false;
        if ((*event)->origin) return true;
        if (!past.add(std::move(**event), moment.time)) return false;
    }
    return true;
}

/// From the image, or from the account's first event. Nothing: an event did not fit.
Made make(const PastSources& sources, AccountNo no, PastMoment moment,
          const std::optional<AccountImage>& image) {
    auto past = std::make_unique<PastAccount>();
    if (image && !past->restore(*image)) return nullptr;
    const Seq from = image ? image->seq.next() : Seq{1};
    const auto seqs = seqs_between(sources.history, no, from, moment.seq.next());
    if (!seqs) return std::unexpected(seqs.error());
    const auto added = add_all(*past, sources.lookup, *seqs);
    if (!added) return std::unexpected(added.error());
    if (!*added) return nullptr;
    if (!past->is_there()) return past;
    const auto due = add_what_was_due(*past, sources, no, moment);
    if (!due) return std::unexpected(due.error());
    return *due ? std::move(past) : nullptr;
}

}  // namespace

bool PastAccount::restore(const AccountImage& image) {
    return schemas::restore_chunk(image.chunk, state_).has_value() && is_there();
}

// A hold that ran out while the daemon was off is released when it is on again, and with it expires
// what has outlived its grant by then, which may be much later than the hold's own end.
void PastAccount::keep_until(Event& event, Timestamp as_of) {
    std::vector<GrantPart>* expired = nullptr;
    if (auto* released = std::get_if<HoldReleased>(&event.body)) expired = &released->expired;
    if (auto* captured = std::get_if<HoldCaptured>(&event.body)) expired = &captured->expired;
    if (expired == nullptr || event.origin) return;
    const auto is_later = [&](const GrantPart& part) {
        const Grant* const grant = account().grants.find(part.grant);
        return grant != nullptr && grant->expires_at > as_of;
    };
    for (const GrantPart& part : *expired) {
        if (!is_later(part)) continue;
        kept_ += part.amount;
        event.balances.after += part.amount;
        event.balances.available += part.amount;
    }
    std::erase_if(*expired, is_later);
}

bool PastAccount::add(Event event, Timestamp as_of) {
    event.balances.before += kept_;
    event.balances.after += kept_;
    event.balances.available += kept_;
    const bool makes = std::holds_alternative<AccountCreated>(event.body);
    if (makes == is_there() || event.seq <= state_.head.seq || event.time < state_.head.time) {
        return false;
    }
    if (is_there() && account().balance != event.balances.before) return false;
    keep_until(event, as_of);
    state_.head.seq = Seq{event.seq.value - 1};
    event.account_no = AccountNo{0};
    event.origin.reset();  // keys are not asked for here
    apply(state_, event);
    return true;
}

Made read_past(const PastSources& sources, AccountNo no, PastMoment moment) {
    std::optional<AccountImage> image;
    if (sources.images != nullptr) {
        auto found = sources.images->find(no, moment.seq);
        if (!found) return std::unexpected(std::move(found.error()));
        image = std::move(*found);
    }
    auto past = make(sources, no, moment, image);
    if (past && *past == nullptr && image) past = make(sources, no, moment, std::nullopt);
    if (past && *past == nullptr) {
        return std::unexpected(JournalError{
            JournalFault::damaged, "the account's history does not fit together", moment.seq});
    }
    if (past && !(*past)->is_there()) return nullptr;
    return past;
}

}  // namespace creditd::replay::followers
