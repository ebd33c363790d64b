#include "replay/explain/explanation.hpp"

#include <algorithm>

#include "replay/evidence.hpp"
#include "replay/names.hpp"

namespace creditd::replay {
namespace {

/// Collects the grants that an event speaks of.
struct Named {
    std::vector<GrantId> ids;

    void add(GrantId id) {
        if (id != GrantId{} && std::ranges::count(ids, id) == 0) ids.push_back(id);
    }
    void add(const std::vector<GrantPart>& parts) {
        for (const GrantPart& part : parts) add(part.grant);
    }

    /// Kinds that bring their grants with them name none.
    template <class Body>
    void of(const Body&) {}
    void of(const GrantActivated& body) { add(body.grant); }
    void of(const GrantExpired& body) { add(body.grant); }
    void of(const GrantRevoked& body) { add(body.grant); }
    void of(const CreditsDeducted& body) { add(body.burned); }
    void of(const CreditsRefunded& body) {
        for (const RestoredPart& part : body.restored) add(part.burned_from);
    }
    void of(const PaymentReversed& body) {
        for (const LotReversal& part : body.reversed) add(part.grant);
    }
    void of(const PaymentRestored& body) {
        for (const RestoredPart& part : body.restored) add(part.burned_from);
    }
    void of(const HoldPlaced& body) { add(body.reserved); }
    void of(const HoldExtended& body) { add(body.reserved); }
    void of(const HoldCaptured& body) {
        add(body.burned);
        add(body.expired);
    }
    void of(const HoldReleased& body) { add(body.expired); }
    void of(const TransferredOut& body) { add(body.burned); }
    void of(const SubscriptionMoved& body) { add(body.expired); }
};

/// The older event that a transaction is about.
std::optional<Seq> subject_of(const EventBody& body) {
    if (const auto* refund = std::get_if<CreditsRefunded>(&body)) return refund->deduction.seq();
    if (const auto* extended = std::get_if<HoldExtended>(&body)) return extended->hold.id.seq();
    if (const auto* captured = std::get_if<HoldCaptured>(&body)) return captured->hold.id.seq();
    if (const auto* released = std::get_if<HoldReleased>(&body)) return released->hold.id.seq();
    return std::nullopt;
}

std::expected<void, JournalError> read_grants(EventLookup& lookup, Explanation& explanation) {
    Named named;
    std::visit([&](const auto& body) { named.of(body); }, explanation.event.body);
    explanation.grants.reserve(named.ids.size());
    for (const GrantId id : named.ids) {
        const auto made = lookup.event(id.seq());
        if (!made) return std::unexpected(made.error());
        const auto fact = *made ? grant_made_by(**made, id) : std::nullopt;
        if (fact) explanation.grants.push_back(*fact);
    }
    return {};
}

}  // namespace

const GrantFact* Explanation::grant(GrantId id) const {
    const auto found = std::ranges::find(grants, id, &GrantFact::id);
    return found == grants.end() ? nullptr : &*found;
}

const std::vector<GrantPart>& burned_parts(const EventBody& body) {
    static const std::vector<GrantPart> none;
    if (const auto* deducted = std::get_if<CreditsDeducted>(&body)) return deducted->burned;
    if (const auto* captured = std::get_if<HoldCaptured>(&body)) return captured->burned;
    if (const auto* sent = std::get_if<TransferredOut>(&body)) return sent->burned;
    return none;
}

std::expected<std::optional<Explanation>, JournalError> read_explanation(EventLookup& lookup,
                                                                         Seq seq,
                                                                         unsigned decimals) {
    auto stored = lookup.events(std::span(&seq, 1));
    if (!stored) return std::unexpected(stored.error());
    if (stored->empty() || transaction_type(stored->front().event).empty()) return std::nullopt;
    Explanation explanation;
    explanation.event = std::move(stored->front().event);
    explanation.decimals = decimals;
    const auto& personal = stored->front().personal;
    if (personal && !schemas::decode_personal(*personal, explanation.personal)) {
        explanation.personal = {};
    }
    if (const auto read = read_grants(lookup, explanation); !read) {
        return std::unexpected(read.error());
    }
    if (const auto subject = subject_of(explanation.event.body)) {
        auto about = lookup.event(*subject);
        if (!about) return std::unexpected(about.error());
        explanation.about = std::move(*about);
    }
    return explanation;
}

}  // namespace creditd::replay
