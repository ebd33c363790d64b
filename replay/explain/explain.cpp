#include "replay/explain/explain.hpp"

#include "replay/explain/words.hpp"
#include "replay/ids.hpp"
#include "replay/names.hpp"

namespace creditd::replay {
namespace {

using explaining::Words;

void say_head(Words& words) {
    const Event& event = words.event();
    std::string type(transaction_type(event));
    for (char& c : type) c = c == '_' ? ' ' : c;
    words << "Transaction " << transaction_text(event.seq) << ": " << type << ", account "
          << event.account << ", " << event.time << ".\n";
}

/// A deduction of a feature counts what that feature may use.
std::string_view spendable_words(const EventBody& body) {
    const auto* const deducted = std::get_if<CreditsDeducted>(&body);
    const bool is_for_feature = deducted != nullptr && !deducted->usage.feature.empty();
    return is_for_feature ? " could be spent on it afterwards.\n" : " could be spent afterwards.\n";
}

void say_balance(Words& words) {
    const Balances& balances = words.event().balances;
    if (balances.before == balances.after) {
        words << "The balance stayed at ";
    } else {
        words << "The balance went from ";
        words.number(balances.before) << " to ";
    }
    words.number(balances.after) << "; ";
    words.number(balances.available) << spendable_words(words.event().body);
}

void say_request(Words& words) {
    const Event& event = words.event();
    const schemas::PersonalPart& personal = words.explanation.personal;
    if (!personal.resource.empty()) words << "It made " << personal.resource << ".\n";
    if (!personal.description.empty()) words << "Description: " << personal.description << ".\n";
    if (!personal.reason.empty()) words << "Reason: " << personal.reason << ".\n";
    if (!event.origin) {
        words << "It came by itself: nobody asked for it.\n";
        return;
    }
    words << "Asked for by " << event.origin->actor;
    if (!event.origin->key.empty()) words << " under Idempotency-Key " << event.origin->key;
    if (!event.origin->trace_id.empty()) words << ", trace " << event.origin->trace_id;
    words << ".\n";
}

}  // namespace

std::string explanation_text(const Explanation& explanation) {
    Words words{explanation, {}};
    say_head(words);
    std::visit(
        [&](const auto& body) {
            // What is no transaction is never explained.
            if constexpr (requires { explaining::say(words, body); }) explaining::say(words, body);
            else assertion_failed("the event is a transaction", __FILE__, __LINE__);
        },
        explanation.event.body);
    say_balance(words);
    say_request(words);
    return std::move(words.text);
}

}  // namespace creditd::replay
