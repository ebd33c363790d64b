// Uses of credits: deductions, refusals, refunds, holds.
#include "replay/explain/words.hpp"
#include "replay/ids.hpp"

namespace creditd::replay::explaining {
namespace {

void say_what(Words& words, std::string_view verb, const Usage& usage) {
    words << verb << ": " << usage.feature;
    if (usage.quantity != 1) {
        words << ", ";
        words.number(static_cast<std::uint64_t>(usage.quantity)) << " times";
    }
    for (const MeasuredUnit& unit : usage.units) {
        words << ", " << unit.unit << " ";
        append_decimal(words.text, unit.measure.value, 6);
    }
    for (const std::string& option : usage.options) words << ", option " << option;
    words << ".\n";
}

void say_waived(Words& words, Credits waived) {
    if (waived.is_zero()) return;
    words << "An unlimited plan covered the price of " << waived << ": nothing was deducted.\n";
}

void say_paid(Words& words, const std::vector<GrantPart>& burned, Credits debt) {
    if (!burned.empty()) {
        words << "Paid " << burn_order_sentence << "\n";
        words.parts(burned, "from");
    }
    if (debt.is_positive()) {
        words << "Not covered by credits, and owed by the account from now on: " << debt << ".\n";
    }
}

void say_refunded(Words& words) {
    const Credits refunded = words.explanation.refunded;
    if (refunded.is_positive()) words << "Refunded since: " << refunded << ".\n";
}

/// Feature, quantity, units, options, user, model.
void say_use(Words& words, std::string_view verb, const Usage& usage) {
    if (!usage.feature.empty()) say_what(words, verb, usage);
    if (!usage.user.empty()) words << "By user " << usage.user << ".\n";
    if (!usage.model.empty()) words << "With model " << usage.model << ".\n";
}

Credits sum_of(const std::vector<PriceLine>& lines) {
    Credits sum{};
    for (const PriceLine& line : lines) sum += line.amount;
    return sum;
}

void say_price(Words& words, const Usage& usage) {
    if (usage.feature.empty()) {
        words << "An amount was asked for, and not a feature: no price was computed.\n";
        return;
    }
    words << "The price, by price book ";
    words.number(usage.price_book) << ":\n";
    for (const PriceLine& line : usage.lines) {
        words << "  " << line.rule << ": ";
        words.number(line.amount) << "\n";
    }
    if (usage.lines.size() == 1) return;
    words << "  together: ";
    words.number(sum_of(usage.lines)) << "\n";
}

}  // namespace

void say(Words& words, const CreditsDeducted& body) {
    say_use(words, "Used", body.usage);
    say_price(words, body.usage);
    say_waived(words, body.waived);
    if (body.waived.is_zero() && body.amount < body.required) {
        words << "Only ";
        words.number(body.amount) << " of these " << body.required
                                  << " could be spent, and paying a part was allowed.\n";
    }
    if (body.waived.is_zero() && body.amount.is_zero()) words << "It was free of charge.\n";
    say_paid(words, body.burned, body.debt);
    say_refunded(words);
}

void say(Words& words, const CommandRefused& body) {
    if (!body.feature.empty()) words << "Asked for: " << body.feature << ".\n";
    std::string why(creditd::name_of(body.refusal.code));
    for (char& c : why) c = c == '_' ? ' ' : c;
    const RefusalDetail& detail = body.refusal.details();
    words << "It was refused, and nothing changed: " << why;
    if (!detail.name.empty()) words << " (" << detail.name << ")";
    words << ".\n";
    if (body.refusal.code == RefusalCode::insufficient_credits) {
        words.were(body.refusal.required) << " required, ";
        words.number(body.refusal.available)
            << " could be spent: " << body.refusal.shortfall << " too few.\n";
    }
    if (detail.budget.empty()) return;
    words << "The budget " << detail.budget << " had " << body.refusal.available << " left; ";
    words.were(body.refusal.required) << " required. It has more at " << detail.resets_at << ".\n";
}

// --- refunds -------------------------------------------------------------------------------------

namespace {

void say_deduction(Words& words, const CreditsRefunded& body) {
    words << body.amount << " of transaction " << transaction_text(body.deduction.seq());
    const auto& about = words.explanation.about;
    if (about) {
        words << " (";
        if (!body.feature.empty()) words << body.feature << ", ";
        words << about->time << ")";
    }
    words << " came back.\n";
    if (!about) return;
    const auto* const deducted = std::get_if<CreditsDeducted>(&about->body);
    const auto* const captured = std::get_if<HoldCaptured>(&about->body);
    if (deducted == nullptr && captured == nullptr) return;
    words << "In all, ";
    words.number(body.refunded_total)
        << " of its " << (deducted != nullptr ? deducted->amount : captured->amount)
        << " had come back then.\n";
}

}  // namespace

void say(Words& words, const CreditsRefunded& body) {
    say_deduction(words, body);
    if (body.debt_reversed.is_positive()) {
        words << "It lowered what the account owes by " << body.debt_reversed << ".\n";
    }
    if (body.restored.empty()) return;
    words << "Back to the grants that had paid, the last one first:\n";
    for (std::size_t i = 0; i < body.restored.size(); ++i) {
        words.line(i + 1).restored(body.restored[i]);
    }
}

// --- holds ---------------------------------------------------------------------------------------

namespace {

void say_reserved(Words& words, const std::vector<GrantPart>& reserved, Credits on_credit) {
    if (!reserved.empty()) {
        words << "Kept " << burn_order_sentence << "\n";
        words.parts(reserved, "of");
    }
    if (on_credit.is_positive()) {
        words << "Not covered by credits: " << on_credit << ", within the credit limit.\n";
    }
}

/// When it is over by itself, and what happens then.
void say_end(Words& words, const HoldSummary& hold) {
    words << "It is held until " << hold.expires_at
          << (hold.on_expiry == OnExpiry::capture ? "; then it is deducted.\n"
                                                  : "; then it is released.\n");
}

void say_placed(Words& words) {
    const auto& about = words.explanation.about;
    const auto* const placed = about ? std::get_if<HoldPlaced>(&about->body) : nullptr;
    if (placed == nullptr) return;
    words << "It was placed at " << about->time;
    if (!placed->usage.feature.empty()) words << " for " << placed->usage.feature;
    words << ".\n";
}

void say_released(Words& words, Credits released, const std::vector<GrantPart>& expired) {
    if (released.is_positive()) words << "No longer held: " << released << ".\n";
    if (expired.empty()) return;
    words << "Of these, the time of some was over, and they expired at once:\n";
    words.parts(expired, "of");
}

}  // namespace

void say(Words& words, const HoldPlaced& body) {
    words << "Held, and not yet deducted: " << body.hold.amount << ", as "
          << "hold_";
    words.number(body.hold.id.value) << ".\n";
    say_use(words, "For", body.usage);
    say_price(words, body.usage);
    if (body.waived.is_positive()) {
        words << "An unlimited plan covers the price of " << body.waived
              << ": nothing is reserved.\n";
    }
    say_reserved(words, body.reserved, body.on_credit);
    say_end(words, body.hold);
}

void say(Words& words, const HoldExtended& body) {
    words << "hold_";
    words.number(body.hold.id.value) << " was extended";
    if (body.amount.is_positive()) {
        words << " by " << body.amount << "; now it holds " << body.hold.remaining;
    }
    words << ".\n";
    say_placed(words);
    say_reserved(words, body.reserved, body.on_credit);
    say_end(words, body.hold);
}

void say(Words& words, const HoldCaptured& body) {
    words << "Of hold_";
    words.number(body.hold.id.value) << ", ";
    words.were(body.amount) << " deducted";
    words << (body.hold.status == HoldStatus::expired ? ", because its time was over.\n" : ".\n");
    say_placed(words);
    // A capture by measure has its own price; one of an amount carries that of the hold.
    say_use(words, "Used", body.usage);
    const bool is_priced = sum_of(body.usage.lines) == body.amount + body.waived;
    if (is_priced && !body.usage.feature.empty()) say_price(words, body.usage);
    say_waived(words, body.waived);
    say_paid(words, body.burned, body.debt);
    if (body.hold.status == HoldStatus::open) {
        words << "Still held: " << body.hold.remaining << ".\n";
    } else {
        words << "The hold is closed.\n";
        say_released(words, body.released, body.expired);
    }
    say_refunded(words);
}

void say(Words& words, const HoldReleased& body) {
    words << "hold_";
    words.number(body.hold.id.value)
        << (body.hold.status == HoldStatus::expired ? " ended, because its time was over.\n"
                                                    : " was released.\n");
    say_placed(words);
    if (body.hold.captured.is_positive()) {
        words << "Deducted of it before: " << body.hold.captured << ".\n";
    }
    say_released(words, body.released, body.expired);
}

}  // namespace creditd::replay::explaining
