// What evidence should say: a naive look at all events, for tests of who reads it from indexes, and
// the comparison of both. Values only.
#pragma once

#include "core/command.hpp"
#include "tests/replay/followers/world.hpp"

namespace creditd::tests {

/// What a look at the events up to `as_of` says; what made a thing may be newer.
class Naive {
public:
    Naive(const World& world, Seq as_of) : events_(world.events()), as_of_(as_of) {}

    std::optional<Seq> key(const Digest& digest) const {
        std::optional<Seq> found;
        each([&](const Event& event) {
            if (event.origin && event.origin->key_digest == digest) found = event.seq;
        });
        return found;
    }
    std::optional<PaymentFact> payment(const Digest& digest) const {
        std::optional<PaymentFact> found;
        each([&](const Event& event) {
            const auto* body = std::get_if<CreditsPurchased>(&event.body);
            if (body == nullptr || body->payment_digest != digest) return;
            found = payment_fact_of(event, *body);
        });
        return found;
    }
    std::optional<GrantFact> grant(GrantId id) const {
        std::optional<GrantFact> found;
        for (const Event& event : events_) {
            if (event.seq == id.seq()) found = made_by(event, id);
        }
        if (!found) return found;
        each([&](const Event& event) {
            const auto* body = std::get_if<GrantRevoked>(&event.body);
            if (body != nullptr && body->grant == id && body->whole) found->revoked = true;
        });
        return found;
    }
    /// What the latest event says of it; null: none says anything since the purchase.
    const PaymentStanding* standing(const Digest& digest) const {
        const PaymentStanding* found = nullptr;
        each([&](const Event& event) {
            const auto look = [&](const PaymentStanding& standing) {
                if (standing.payment_digest == digest) found = &standing;
            };
            if (const auto* noted = std::get_if<PaymentNoted>(&event.body)) look(noted->standing);
            if (const auto* to = std::get_if<PaymentReversed>(&event.body)) look(to->standing);
            if (const auto* to = std::get_if<PaymentRestored>(&event.body)) look(to->standing);
            const auto* bought = std::get_if<CreditsPurchased>(&event.body);
            if (bought != nullptr && bought->payment_digest == digest) found = nullptr;
        });
        return found;
    }
    const creditd::Order* order(const Digest& digest) const {
        const creditd::Order* found = nullptr;
        each([&](const Event& event) {
            const auto* set = std::get_if<OrderSet>(&event.body);
            if (set != nullptr && set->order.digest == digest) found = &set->order;
        });
        return found;
    }
    const Notification* notification(const Digest& digest) const {
        const Notification* found = nullptr;
        each([&](const Event& event) {
            const auto* told = std::get_if<NotificationNoted>(&event.body);
            if (told != nullptr && told->notification.digest == digest) {
                found = &told->notification;
            }
        });
        return found;
    }
    /// By what was expired, revoked, or came back into it after that.
    Credits lost(GrantId grant) const {
        Credits sum{};
        each([&](const Event& event) {
            const auto look = [&](GrantId lost, Credits amount) {
                if (lost == grant) sum += amount;
            };
            const auto into_revoked = [&](const std::vector<RestoredPart>& parts) {
                for (const RestoredPart& part : parts) {
                    if (part.into == RestoredInto::revoked_grant) look(part.grant, part.amount);
                }
            };
            if (const auto* one = std::get_if<GrantExpired>(&event.body)) {
                look(one->grant, one->amount);
            } else if (const auto* taken = std::get_if<GrantRevoked>(&event.body)) {
                look(taken->grant, taken->amount);
            } else if (const auto* back = std::get_if<CreditsRefunded>(&event.body)) {
                into_revoked(back->restored);
            } else if (const auto* won = std::get_if<PaymentRestored>(&event.body)) {
                into_revoked(won->restored);
            } else if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
                for (const GrantPart& part : captured->expired) look(part.grant, part.amount);
            } else if (const auto* released = std::get_if<HoldReleased>(&event.body)) {
                for (const GrantPart& part : released->expired) look(part.grant, part.amount);
            }
        });
        return sum;
    }
    Credits refunded(DeductionId id) const {
        Credits total{};
        each([&](const Event& event) {
            const auto* body = std::get_if<CreditsRefunded>(&event.body);
            if (body != nullptr && body->deduction == id) total += body->amount;
        });
        return total;
    }
    const Event* at(Seq seq) const {
        return seq.value >= 1 && seq.value <= events_.size() ? &events_[seq.value - 1] : nullptr;
    }

private:
    void each(const auto& look) const {
        for (const Event& event : events_) {
            if (event.seq <= as_of_) look(event);
        }
    }
    static std::optional<GrantFact> made_by(const Event& event, GrantId id) {
        std::map<GrantId, GrantFact> made;
        const auto make = [&](GrantId grant, Credits amount, const GrantTerms& terms) {
            made[grant] = GrantFact{grant, event.account_no, amount, terms, false};
        };
        const GrantId first = GrantId::of(event.seq, 0);
        if (const auto* granted = std::get_if<CreditsGranted>(&event.body)) {
            make(first, granted->amount, granted->terms);
        } else if (const auto* bought = std::get_if<CreditsPurchased>(&event.body)) {
            make(first, bought->amount, bought->terms);
            if (bought->bonus.is_positive()) {
                make(GrantId::of(event.seq, 1), bought->bonus, bought->bonus_terms);
            }
        } else if (const auto* in = std::get_if<TransferredIn>(&event.body)) {
            for (std::size_t i = 0; i < in->moved.size(); ++i) {
                make(GrantId::of(event.seq, static_cast<std::uint16_t>(i)), in->moved[i].amount,
                     in->moved[i].terms);
            }
        } else if (const auto* refund = std::get_if<CreditsRefunded>(&event.body)) {
            for (const RestoredPart& part : refund->restored) {
                if (part.into == RestoredInto::new_grant) make(part.grant, part.amount, part.terms);
            }
        } else if (const auto* won = std::get_if<PaymentRestored>(&event.body)) {
            for (const RestoredPart& part : won->restored) {
                if (part.into == RestoredInto::new_grant) make(part.grant, part.amount, part.terms);
            }
        }
        return made.contains(id) ? std::optional{made[id]} : std::nullopt;
    }

    const std::vector<Event>& events_;
    Seq as_of_;
};

/// Compares the facts of the command's evidence with the naive look.
void expect_facts(const Command& command, const Naive& naive);

}  // namespace creditd::tests
