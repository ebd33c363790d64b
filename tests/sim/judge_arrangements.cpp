// The judge about subscriptions and budgets: what they do to credits is compared event by event, so
// of their answers only whether they were refused.
#include "tests/sim/auditor/lines.hpp"
#include "tests/sim/crash.hpp"
#include "tests/sim/judge.hpp"

namespace creditd::sim {

void Judge::check_arrangement(const Answered& at, const Wish& wish, const Outcome& said) const {
    const auto found = cases_.find(wish.key);
    const bool is_done = found != cases_.end() && found->second.is_done;
    if (is_done && found->second.content != at.request.content()) return;
    if (is_done && found->second.predicted) {
        const Outcome& predicted = *found->second.predicted;
        if (predicted.code == said.code) return;
        // What was not recorded may have been answered to an attempt before the one that was.
        const bool is_earlier = said.status == 404 || said.status == 429;
        if (!is_earlier) {
            throw Failure{"the auditor predicts the same answer",
                          at.request.text() + " was answered " + write_outcome(said) +
                              ", predicted " + write_outcome(predicted)};
        }
    }
    if (said.status < 300 || !is_settled(at, wish)) return;
    const Outcome would = auditor_.would(latest_.value, wish);
    if (would.status == said.status && would.code == said.code) return;
    check_refusal(at, wish, said);
}

}  // namespace creditd::sim
