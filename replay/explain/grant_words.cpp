// Credits that come, end, are taken back, are sent or arrive.
#include "replay/explain/words.hpp"
#include "replay/ids.hpp"

namespace creditd::replay::explaining {
namespace {

GrantId made_by(const Words& words) { return GrantId::of(words.event().seq, 0); }

/// Of how much there was in the beginning, and which grant it was, as far as that is known.
void say_part(Words& words, GrantId id, Credits amount) {
    const GrantFact* const fact = words.explanation.grant(id);
    if (fact == nullptr) {
        words << amount << " of grant " << grant_text(id) << ".\n";
        return;
    }
    words.number(amount) << " of its " << fact->amount << ".\nGrant " << grant_text(id) << ": ";
    words.terms(fact->terms) << ".\n";
}

}  // namespace

void say(Words& words, const CreditsGranted& body) {
    const bool is_signup = body.terms.kind == GrantKind::signup;
    words.were(body.amount) << (is_signup ? " given to the new account.\n" : " granted.\n");
    words.new_grant(made_by(words), body.amount, body.terms, body.debt_repaid);
}

void say(Words& words, const CreditsPurchased& body) {
    words.were(body.amount) << " bought";
    if (!body.package.empty()) words << " as package " << body.package;
    if (body.payment.minor > 0) words << " for " << body.payment;
    words << " (payment " << body.payment_id << " of " << body.provider << ").\n";
    words.new_grant(made_by(words), body.amount, body.terms, body.debt_repaid);
    if (body.bonus.is_zero()) return;
    words << "A bonus of " << body.bonus << " came with them.\n";
    words.new_grant(GrantId::of(words.event().seq, 1), body.bonus, body.bonus_terms,
                    body.bonus_debt_repaid);
}

void say(Words& words, const PromotionRedeemed& body) {
    words << "The promotion " << body.code << " gave " << body.amount << ".\n";
    words.new_grant(made_by(words), body.amount, body.terms, body.debt_repaid);
}

void say(Words& words, const ReferralRewarded& body) {
    if (body.is_referrer) {
        words << "Account " << body.partner
              << ", which this account referred, bought credits for the first time.\n";
    } else {
        words << "This account, referred by " << body.partner
              << ", bought credits for the first time.\n";
    }
    if (body.amount.is_zero()) {
        words << "There was no reward for this account.\n";
        return;
    }
    words << "The reward is " << body.amount << ".\n";
    words.new_grant(made_by(words), body.amount, body.terms, body.debt_repaid);
}

void say(Words& words, const GrantActivated& body) {
    words << "From now on a grant can be spent: ";
    say_part(words, body.grant, body.amount);
    words.debt_repaid(body.debt_repaid, body.amount - body.debt_repaid);
}

void say(Words& words, const GrantExpired& body) {
    words << "The time of a grant is over. Unused until then, and expired: ";
    say_part(words, body.grant, body.amount);
}

void say(Words& words, const GrantRevoked& body) {
    words << "Taken back from a grant: ";
    say_part(words, body.grant, body.amount);
    if (body.whole) {
        words << "Nothing of this grant is left; what is refunded into it is taken back too.\n";
    }
}

void say(Words& words, const TransferredOut& body) {
    words.were(body.amount) << " sent to account " << body.to << ".\nTaken " << burn_order_sentence
                            << "\n";
    words.parts(body.burned, "from");
}

void say(Words& words, const TransferredIn& body) {
    words << body.amount << " came from account " << body.from
          << ", with the terms that they had there:\n";
    Credits repaid{};
    for (std::size_t i = 0; i < body.moved.size(); ++i) {
        const MovedPart& part = body.moved[i];
        const GrantId id = GrantId::of(words.event().seq, static_cast<std::uint16_t>(i));
        words.line(i + 1) << part.amount << " of " << grant_text(part.from) << ", now "
                          << grant_text(id) << " (";
        words.terms(part.terms) << ")\n";
        repaid += part.debt_repaid;
    }
    words.debt_repaid(repaid, body.amount - repaid);
}

}  // namespace creditd::replay::explaining
