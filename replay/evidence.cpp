#include "replay/evidence.hpp"

#include <type_traits>

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
    if (const auto* refunded = std::get_if<CreditsRefunded>(&event.body)) {
        for (const RestoredPart& part : refunded->restored) {
            if (part.into == RestoredInto::new_grant && part.grant == id) {
                return fact(part.amount, part.terms);
            }
        }
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

/// Reads one command's facts.
class FactReader {
public:
    FactReader(const followers::KeyIndex& index, EventLookup& lookup)
        : index_(index), lookup_(lookup) {}

    Found<PaymentFact> payment(const Digest& digest) {
        const auto seq = index_.find_payment(digest);
        if (!seq) return std::unexpected(seq.error());
        if (!*seq) return std::nullopt;
        const auto event = lookup_.event(**seq);
        if (!event) return std::unexpected(event.error());
        const auto* bought = *event ? std::get_if<CreditsPurchased>(&(*event)->body) : nullptr;
        if (bought == nullptr || bought->payment_digest != digest) {
            return std::unexpected(strange(**seq, "a purchase"));
        }
        return payment_fact_of(**seq, (*event)->account_no, *bought);
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

}  // namespace

// --- from memory ---------------------------------------------------------------------------------
bool EvidenceReader::is_new_key(const CommandMeta& meta) const {
    return meta.key.empty() || !index_.may_contain(meta.key_digest);
}

bool EvidenceReader::is_quick(const CommandBody& body) const {
    if (const auto* purchase = std::get_if<PurchaseCredits>(&body)) {
        return !index_.may_contain(purchase->payment_digest);
    }
    return !std::holds_alternative<RefundDeduction>(body) &&
           !std::holds_alternative<RevokeGrant>(body);
}

bool EvidenceReader::quick(Command& command) const {
    const Seq as_of = index_.synced();
    if (!is_new_key(command.meta) || !is_quick(command.body)) return false;
    command.evidence =
        Evidence{.as_of = as_of, .payment = {}, .grant = {}, .deduction = {}, .hold = {}};
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
        operation.evidence =
            Evidence{.as_of = as_of, .payment = {}, .grant = {}, .deduction = {}, .hold = {}};
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
    return std::visit(
        [&](const auto& body) -> Result {
            using Body = std::decay_t<decltype(body)>;
            if constexpr (std::is_same_v<Body, PurchaseCredits>) {
                return keep(reader.payment(body.payment_digest), evidence.payment);
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
