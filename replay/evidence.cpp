#include "replay/evidence.hpp"

#include <type_traits>
#include <utility>

#include "core/losses.hpp"
#include "replay/event_lookup.hpp"

namespace creditd::replay {
std::optional<GrantFact> grant_made_by(const Event& event, GrantId id) {
    const auto fact = [&](Credits amount, const GrantTerms& terms) {
        return GrantFact{id, event.account_no, amount, terms, false};
    };
    if (const auto* granted = std::get_if<CreditsGranted>(&event.body);
        granted && id.index() == 0) {
        return fact(granted->amount, granted->terms);
    }
    if (const auto* bought = std::get_if<CreditsPurchased>(&event.body);
        bought && id.index() == 0) {
        return fact(bought->amount, bought->terms);
    } else if (bought && id.index() == 1 && bought->bonus.is_positive()) {
        return fact(bought->bonus, bought->bonus_terms);
    }
    const bool is_only_grant = id.index() == 0;
    if (const auto* cycle = std::get_if<SubscriptionMoved>(&event.body); cycle && is_only_grant) {
        if (cycle->granted.is_positive()) return fact(cycle->granted, cycle->terms);
    }
    if (const auto* redeemed = std::get_if<PromotionRedeemed>(&event.body);
        redeemed && is_only_grant) {
        return fact(redeemed->amount, redeemed->terms);
    }
    if (const auto* reward = std::get_if<ReferralRewarded>(&event.body); reward && is_only_grant) {
        if (reward->amount.is_positive()) return fact(reward->amount, reward->terms);
    }
    if (const auto* moved = std::get_if<TransferredIn>(&event.body)) {
        if (id.index() >= moved->moved.size()) return std::nullopt;
        return fact(moved->moved[id.index()].amount, moved->moved[id.index()].terms);
    }
    const auto in_parts = [&](const auto& parts) -> std::optional<GrantFact> {
        for (const RestoredPart& part : parts) {
            if (part.into == RestoredInto::new_grant && part.grant == id) {
                return fact(part.amount, part.terms);
            }
        }
        return std::nullopt;
    };
    if (const auto* refunded = std::get_if<CreditsRefunded>(&event.body)) {
        return in_parts(refunded->restored);
    }
    if (const auto* back = std::get_if<PaymentRestored>(&event.body)) {
        return in_parts(back->restored);
    }
    return std::nullopt;
}

namespace {

template <class Fact>
using Found = std::expected<std::optional<Fact>, JournalError>;

std::optional<DeductionFact> deduction_made_by(const Event& event) {
    const auto fact = [&](const auto& body) {
        DeductionFact result;
        result.id = DeductionId{event.seq.value};
        result.account_no = event.account_no;
        result.amount = body.amount;
        result.debt = body.debt;
        result.burned = body.burned;
        result.user = body.usage.user;
        result.feature = body.usage.feature;
        result.model = body.usage.model;
        result.deducted_at = event.time;
        return result;
    };
    if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) return fact(*deducted);
    if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) return fact(*captured);
    return std::nullopt;
}

/// An entry of the index points to an event of another kind: index and journal do not belong
/// together.
JournalError strange(Seq seq, const char* kind) {
    return {JournalFault::damaged,
            "the key index takes seq " + std::to_string(seq.value) + " for " + kind, seq};
}

const PaymentStanding* standing_in(const EventBody& body) {
    if (const auto* noted = std::get_if<PaymentNoted>(&body)) return &noted->standing;
    if (const auto* taken = std::get_if<PaymentReversed>(&body)) return &taken->standing;
    if (const auto* back = std::get_if<PaymentRestored>(&body)) return &back->standing;
    return nullptr;
}

/// The payment that a command brings, if it does.
const Digest* payment_of(const CommandBody& body) {
    if (const auto* bought = std::get_if<PurchaseCredits>(&body)) return &bought->payment_digest;
    if (const auto* note = std::get_if<NotePayment>(&body)) return &note->news.payment_digest;
    if (const auto* first = std::get_if<Subscribe>(&body); first && first->payment) {
        return &first->payment->payment_digest;
    }
    if (const auto* next = std::get_if<RenewSubscription>(&body); next && next->payment) {
        return &next->payment->payment_digest;
    }
    return nullptr;
}

/// The order that a command names, if it does.
Digest order_of(const CommandBody& body) {
    if (const auto* placed = std::get_if<PlaceOrder>(&body)) return placed->digest;
    if (const auto* changed = std::get_if<ChangeOrder>(&body)) return changed->digest;
    if (const auto* note = std::get_if<NotePayment>(&body)) return note->order_digest;
    return {};
}

/// Reads one command's facts.
class FactReader {
public:
    using Result = std::expected<void, JournalError>;

    FactReader(const followers::KeyIndex& index, EventLookup& lookup)
        : index_(index), lookup_(lookup) {}

    /// What is known of a payment: its purchase, and what was told of it.
    Result payment(const Digest& digest, Evidence& evidence) {
        const auto event = latest(digest);
        if (!event) return std::unexpected(event.error());
        if (!*event) return {};
        if (const auto* bought = std::get_if<CreditsPurchased>(&(*event)->body)) {
            evidence.payment = payment_fact_of(**event, *bought);
            return {};
        }
        const PaymentStanding* const standing = standing_in((*event)->body);
        if (standing == nullptr || standing->payment_digest != digest) {
            return std::unexpected(strange((*event)->seq, "news of a payment"));
        }
        evidence.standing = StandingFact{(*event)->account_no, *standing};
        if (standing->purchase == Seq{}) return {};
        const auto purchase = lookup_.event(standing->purchase);
        if (!purchase) return std::unexpected(purchase.error());
        if (!*purchase) return std::unexpected(strange(standing->purchase, "a purchase"));
        if (const auto* bought = std::get_if<CreditsPurchased>(&(*purchase)->body)) {
            evidence.payment = payment_fact_of(**purchase, *bought);
        }
        return {};
    }

    /// What has become of the grants that the payment bought.
    Result lots(Evidence& evidence) {
        std::vector<GrantId> grants;
        if (evidence.payment) {
            grants.push_back(GrantId::of(evidence.payment->seq, 0));
            grants.push_back(GrantId::of(evidence.payment->seq, 1));
        } else if (evidence.standing) {
            for (const PaymentLot& lot : evidence.standing->standing.lots) {
                grants.push_back(lot.grant);
            }
        }
        for (const GrantId grant : grants) {
            if (auto added = losses(grant, evidence); !added) return added;
            const auto revoked = index_.find_revocation(grant);
            if (!revoked) return std::unexpected(revoked.error());
            if (*revoked) evidence.revoked.push_back(grant);
        }
        return {};
    }

    Result order(const Digest& digest, Evidence& evidence) {
        if (digest == Digest{}) return {};
        const auto event = latest(digest);
        if (!event) return std::unexpected(event.error());
        if (!*event) return {};
        const auto* const set = std::get_if<OrderSet>(&(*event)->body);
        if (set == nullptr) return std::unexpected(strange((*event)->seq, "an order"));
        evidence.order = OrderFact{(*event)->account_no, set->order};
        return {};
    }

    Result notification(const Digest& digest, Evidence& evidence) {
        const auto event = latest(digest);
        if (!event) return std::unexpected(event.error());
        if (!*event) return {};
        const auto* const told = std::get_if<NotificationNoted>(&(*event)->body);
        if (told == nullptr) return std::unexpected(strange((*event)->seq, "a notification"));
        evidence.notification = told->notification;
        return {};
    }

    Found<GrantFact> grant(GrantId id) {
        const auto event = lookup_.event(id.seq());
        if (!event) return std::unexpected(event.error());
        auto fact = *event ? grant_made_by(**event, id) : std::nullopt;
        if (!fact) return fact;
        const auto revocation = index_.find_revocation(id);
        if (!revocation) return std::unexpected(revocation.error());
        fact->revoked = revocation->has_value();
        return fact;
    }

    Found<DeductionFact> deduction(DeductionId id) {
        const auto event = lookup_.event(id.seq());
        if (!event) return std::unexpected(event.error());
        auto fact = *event ? deduction_made_by(**event) : std::nullopt;
        if (!fact) return fact;
        for (const GrantPart& part : fact->burned) {
            auto burned = grant(part.grant);
            if (!burned) return std::unexpected(burned.error());
            if (!*burned)
                return std::unexpected(strange(part.grant.seq(), "the origin of a grant"));
            fact->grants.push_back(std::move(**burned));
        }
        const auto total = refunded_total(id);
        if (!total) return std::unexpected(total.error());
        fact->refunded_total = *total;
        return fact;
    }

    Found<HoldFact> hold(HoldId id) {
        const auto event = lookup_.event(id.seq());
        if (!event) return std::unexpected(event.error());
        if (!*event || !std::holds_alternative<HoldPlaced>((*event)->body)) return std::nullopt;
        return HoldFact{id, (*event)->account_no};
    }

private:
    /// The latest event that is indexed under this digest.
    Found<Event> latest(const Digest& digest) {
        const auto seq = index_.find_payment(digest);
        if (!seq) return std::unexpected(seq.error());
        if (!*seq) return std::nullopt;
        return lookup_.event(**seq);
    }

    /// As of exactly `evidence.as_of`: what is newer is in the window.
    Result losses(GrantId grant, Evidence& evidence) {
        const auto seqs = index_.find_losses(grant);
        if (!seqs) return std::unexpected(seqs.error());
        Seq before{};
        for (const Seq seq : *seqs) {
            // One event may name a grant twice, and is then indexed twice.
            if (seq > evidence.as_of || std::exchange(before, seq) == seq) continue;
            const auto event = lookup_.event(seq);
            if (!event) return std::unexpected(event.error());
            if (!*event) return std::unexpected(strange(seq, "a loss of a grant"));
            for (const GrantPart& part : lost_in((*event)->body)) {
                if (part.grant == grant) evidence.lost.push_back(part);
            }
        }
        return {};
    }

    std::expected<Credits, JournalError> refunded_total(DeductionId id) {
        const auto seq = index_.find_refund(id);
        if (!seq) return std::unexpected(seq.error());
        if (!*seq) return Credits{};
        const auto event = lookup_.event(**seq);
        if (!event) return std::unexpected(event.error());
        const auto* refunded = *event ? std::get_if<CreditsRefunded>(&(*event)->body) : nullptr;
        if (refunded == nullptr || refunded->deduction != id) {
            return std::unexpected(strange(**seq, "a refund"));
        }
        return refunded->refunded_total;
    }

    const followers::KeyIndex& index_;
    EventLookup& lookup_;
};

/// Puts a fact, or its absence, where it belongs.
template <class Fact>
std::expected<void, JournalError> keep(Found<Fact>&& found, std::optional<Fact>& place) {
    if (!found) return std::unexpected(std::move(found.error()));
    place = std::move(*found);
    return {};
}

/// Of the payment and the order that the command is about.
std::expected<void, JournalError> read_money(FactReader& reader, const CommandBody& body,
                                             Evidence& evidence) {
    if (const Digest* const payment = payment_of(body)) {
        if (auto read = reader.payment(*payment, evidence); !read) return read;
        if (auto read = reader.lots(evidence); !read) return read;
    }
    if (auto read = reader.order(order_of(body), evidence); !read) return read;
    if (evidence.order || !evidence.standing) return {};
    return reader.order(evidence.standing->standing.order_digest, evidence);
}

}  // namespace

// --- from memory ---------------------------------------------------------------------------------
bool EvidenceReader::is_new_key(const CommandMeta& meta) const {
    return meta.key.empty() || !index_.may_contain(meta.key_digest);
}

// Of a payment that was heard of before, more must be read than is in the index: anything about one
// is quick only where it is certainly new.
bool EvidenceReader::is_quick(const CommandBody& body) const {
    if (const Digest* const payment = payment_of(body); payment && index_.may_contain(*payment)) {
        return false;
    }
    const Digest order = order_of(body);
    if (order != Digest{} && index_.may_contain(order)) return false;
    if (const auto* told = std::get_if<NoteNotification>(&body)) {
        return !index_.may_contain(told->notification.digest);
    }
    return !std::holds_alternative<RefundDeduction>(body) &&
           !std::holds_alternative<RevokeGrant>(body);
}

bool EvidenceReader::quick(Command& command) const {
    const Seq as_of = index_.synced();
    if (!is_new_key(command.meta) || !is_quick(command.body)) return false;
    command.evidence = {};
    command.evidence.as_of = as_of;
    return true;
}

bool EvidenceReader::quick(AtomicBatch& batch) const {
    const Seq as_of = index_.synced();
    if (!is_new_key(batch.meta)) return false;
    for (const Command& operation : batch.operations) {
        if (!is_quick(operation.body)) return false;
    }
    batch.as_of = as_of;
    for (Command& operation : batch.operations) {
        operation.evidence = {};
        operation.evidence.as_of = as_of;
    }
    return true;
}

// --- from disk -----------------------------------------------------------------------------------
EvidenceReader::Gathered EvidenceReader::find_key(const CommandMeta& meta) const {
    if (is_new_key(meta)) return std::nullopt;
    const auto seq = index_.find_key(meta.key_digest);
    if (!seq) return std::unexpected(seq.error());
    if (!*seq) return std::nullopt;
    return OldKey{**seq};
}

EvidenceReader::Result EvidenceReader::read_facts(Command& command, Seq as_of,
                                                  EventLookup& lookup) const {
    Evidence& evidence = command.evidence;
    evidence = {};
    evidence.as_of = as_of;
    FactReader reader(index_, lookup);
    if (auto read = read_money(reader, command.body, evidence); !read) return read;
    return std::visit(
        [&](const auto& body) -> Result {
            using Body = std::decay_t<decltype(body)>;
            if constexpr (std::is_same_v<Body, NoteNotification>) {
                return reader.notification(body.notification.digest, evidence);
            } else if constexpr (std::is_same_v<Body, RevokeGrant>) {
                return keep(reader.grant(body.grant), evidence.grant);
            } else if constexpr (std::is_same_v<Body, RefundDeduction>) {
                return keep(reader.deduction(body.deduction), evidence.deduction);
            } else if constexpr (requires {
                                     { body.hold } -> std::convertible_to<HoldId>;
                                 }) {
                return keep(reader.hold(body.hold), evidence.hold);
            } else {
                return {};
            }
        },
        command.body);
}

EvidenceReader::Gathered EvidenceReader::gather(Command& command) const {
    const Seq as_of = index_.synced();
    const auto old = find_key(command.meta);
    if (!old || *old) return old;
    EventLookup lookup(journal_);
    if (auto read = read_facts(command, as_of, lookup); !read) {
        return std::unexpected(std::move(read.error()));
    }
    return std::nullopt;
}

EvidenceReader::Gathered EvidenceReader::gather(AtomicBatch& batch) const {
    const Seq as_of = index_.synced();
    const auto old = find_key(batch.meta);
    if (!old || *old) return old;
    batch.as_of = as_of;
    EventLookup lookup(journal_);
    for (Command& operation : batch.operations) {
        if (auto read = read_facts(operation, as_of, lookup); !read) {
            return std::unexpected(std::move(read.error()));
        }
    }
    return std::nullopt;
}

}  // namespace creditd::replay
