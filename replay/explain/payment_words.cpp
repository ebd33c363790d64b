// Credits of a payment that was refunded or disputed, taken back and given back.
#include "replay/explain/words.hpp"

namespace creditd::replay::explaining {
namespace {

/// Which payment it is, and what has become of it.
void say_standing(Words& words, const PaymentStanding& standing) {
    words << "Payment " << standing.payment_id << " of " << standing.provider << ", "
          << standing.amount << ": ";
    const std::int64_t back = refunded_minor(standing);
    if (back > 0) {
        words << Money{back, standing.amount.currency} << " has gone back to the customer";
    } else {
        words << "nothing has gone back to the customer";
    }
    words << (is_disputed(standing) ? ", and it is disputed.\n" : ".\n");
}

void say_reversal(Words& words, const LotReversal& part) {
    words << part.taken << " of ";
    words.grant(part.grant) << "\n";
    if (part.owed.is_positive()) {
        words << "     ";
        words.were(part.owed) << " spent, and the account owes for that\n";
    }
    if (part.written_off.is_positive()) {
        words << "     ";
        words.were(part.written_off) << " gone already, and nobody owes for that\n";
    }
}

}  // namespace

void say(Words& words, const PaymentReversed& body) {
    say_standing(words, body.standing);
    words << "Taken back of what it had bought:\n";
    for (std::size_t i = 0; i < body.reversed.size(); ++i) {
        words.line(i + 1);
        say_reversal(words, body.reversed[i]);
    }
}

void say(Words& words, const PaymentRestored& body) {
    say_standing(words, body.standing);
    if (body.debt_reversed.is_positive()) {
        words << "It lowered what the account owes by " << body.debt_reversed << ".\n";
    }
    if (body.restored.empty()) return;
    words << "Given back of what it had bought:\n";
    for (std::size_t i = 0; i < body.restored.size(); ++i) {
        words.line(i + 1).restored(body.restored[i]);
    }
}

}  // namespace creditd::replay::explaining
