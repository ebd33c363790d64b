#include "replay/tool/books/movements.hpp"

#include <algorithm>
#include <type_traits>

namespace creditd::replay::tool {
namespace {

using enum MovementKind;

template <class Body, class... Others>
inline constexpr bool is_one_of = (std::is_same_v<Body, Others> || ...);

template <class Body>
inline constexpr bool moves_nothing =
    is_one_of<Body, LedgerOpened, EpochClaimed, AccountCreated, AccountUpdated, AccountClosed,
              AccountReopened, PurchaseRepeated, HoldPlaced, HoldExtended, CommandRefused,
              FeatureSet, FeatureRemoved, ApiKeyCreated, ApiKeyRevoked, OfferSet, OfferRemoved,
              ReferralMade, BudgetSet, BudgetRemoved, AlertSet, AlertRemoved, BalanceAlerted,
              AutoTopUpSet, AutoTopUpRemoved, TopUpAsked, ClockAdvanced, EndpointSet,
              EndpointRemoved, OrderSet, PaymentNoted, NotificationNoted, AccountForgotten>;

class Collector {
public:
    Collector(const Event& event, std::vector<Movement>& out) : event_(event), out_(out) {}

    template <class Body>
        requires moves_nothing<Body>
    void add(const Body&) {}

    void add(const CreditsGranted& body) { born(0, body.amount, body.terms, body.debt_repaid); }
    void add(const CreditsPurchased& body) {
        born(0, body.amount, body.terms, body.debt_repaid, body.provider, true);
        born(1, body.bonus, body.bonus_terms, body.bonus_debt_repaid);
    }
    void add(const PromotionRedeemed& body) { born(0, body.amount, body.terms, body.debt_repaid); }
    void add(const ReferralRewarded& body) { born(0, body.amount, body.terms, body.debt_repaid); }
    void add(const SubscriptionMoved& body) {
        parts(expired, body.expired);
        born(0, body.granted, body.terms, body.debt_repaid);
    }
    void add(const GrantActivated& body) {
        put({activated, body.amount, body.grant});
        put({repaid, body.debt_repaid, body.grant});
    }
    void add(const GrantExpired& body) { put({expired, body.amount, body.grant}); }
    void add(const GrantRevoked& body) { put({revoked, body.amount, body.grant}); }
    void add(const CreditsDeducted& body) {
        parts(used, body.burned, body.usage.feature);
        on_credit(used_on_credit, body.debt, body.usage.feature);
    }
    void add(const HoldCaptured& body) {
        parts(used, body.burned, body.usage.feature);
        on_credit(used_on_credit, body.debt, body.usage.feature);
        parts(expired, body.expired);
    }
    void add(const HoldReleased& body) { parts(expired, body.expired); }
    void add(const CreditsRefunded& body) {
        on_credit(debt_reversed, body.debt_reversed, body.feature);
        for (const RestoredPart& part : body.restored) {
            const bool is_revoked = part.into == RestoredInto::revoked_grant;
            Movement movement{is_revoked ? restored_revoked : restored, part.amount, part.grant,
                              part.burned_from, &part.terms};
            movement.name = body.feature;
            put(movement);
        }
    }
    void add(const PaymentReversed& body) {
        for (const LotReversal& part : body.reversed) {
            put({revoked, part.taken, part.grant});
        }
        const auto is_owed = [](const LotReversal& part) { return part.owed.is_positive(); };
        if (std::ranges::any_of(body.reversed, is_owed)) owed_of(body.standing);
    }
    // What was revoked since stays so: nothing moves.
    void add(const PaymentRestored& body) {
        const auto was_debt = [](const RestoredPart& part) {
            return part.burned_from == GrantId{};
        };
        if (body.debt_reversed.is_positive() || std::ranges::any_of(body.restored, was_debt)) {
            owed_of(body.standing);
        }
        for (const RestoredPart& part : body.restored) {
            if (part.into == RestoredInto::revoked_grant) continue;
            put({was_debt(part) ? unrevoked_repaid : unrevoked, part.amount, part.grant,
                 part.burned_from, &part.terms});
        }
    }
    void add(const TransferredOut& body) { parts(moved_out, body.burned); }
    void add(const TransferredIn& body) {
        for (std::size_t i = 0; i < body.moved.size(); ++i) {
            const MovedPart& part = body.moved[i];
            const GrantId id = GrantId::of(event_.seq, static_cast<std::uint16_t>(i));
            put({moved_in, part.amount, id, part.from, &part.terms});
            put({repaid, part.debt_repaid, id});
        }
    }

private:
    void put(const Movement& movement) {
        if (movement.amount.is_positive()) out_.push_back(movement);
    }
    /// Even where nothing is.
    void owed_of(const PaymentStanding& standing) {
        for (const PaymentLot& lot : standing.lots) out_.push_back({owed, lot.owed, lot.grant});
    }
    void parts(MovementKind kind, const std::vector<GrantPart>& parts, std::string_view name = {}) {
        for (const GrantPart& part : parts) {
            Movement movement{kind, part.amount, part.grant};
            movement.name = name;
            put(movement);
        }
    }
    void on_credit(MovementKind kind, Credits amount, std::string_view feature) {
        Movement movement{kind, amount};
        movement.name = feature;
        put(movement);
    }
    void born(std::uint16_t index, Credits amount, const GrantTerms& terms, Credits debt_repaid,
              std::string_view provider = {}, bool is_purchase = false) {
        const GrantId id = GrantId::of(event_.seq, index);
        const bool is_pending = terms.effective_at > event_.time;
        put({MovementKind::born, amount, id, {}, &terms, is_pending, is_purchase, provider});
        put({repaid, debt_repaid, id});
    }

    const Event& event_;
    std::vector<Movement>& out_;
};

}  // namespace

void movements_of(const Event& event, std::vector<Movement>& out) {
    out.clear();
    Collector collector(event, out);
    std::visit([&](const auto& body) { collector.add(body); }, event.body);
}

}  // namespace creditd::replay::tool
