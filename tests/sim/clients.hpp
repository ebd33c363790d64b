// The clients: what they ask, what they were answered, and what they are owed for ever: the same
// answer to the same request, one effect for each key, numbers that never run backwards.
// Owned by the simulation.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/connection.hpp"
#include "tests/sim/crash.hpp"
#include "tests/sim/json.hpp"
#include "tests/sim/judge.hpp"
#include "tests/sim/swarm.hpp"
#include "tests/sim/told.hpp"
#include "tests/sim/workload.hpp"
#include "tests/sim/workload_arrangements.hpp"
#include "tests/sim/workload_payments.hpp"

namespace creditd::sim {

/// One request on its way.
struct Ask {
    Request request;
    std::uint64_t acknowledged = 0;  // newest seq that anybody had been told when it was sent
    std::uint64_t heard = 0;         // answers that anybody had heard when it was sent
    std::uint64_t sent_at = 0;       // step
    bool is_gone = false;            // the client will not hear the answer
    bool is_revoked = false;         // its API key was, and that was answered, before it was sent
    Plea plea;
};

class Clients {
public:
    Clients(std::uint64_t seed, const Swarm& swarm);

    /// The next request: new, repeated, or one whose outcome is unknown.
    Ask ask(Timestamp now);
    /// Notes what was known when `ask` was sent.
    void stamp(Ask& ask, Timestamp now);
    /// Only what is still owed: requests whose outcome is unknown. Nothing: all is known.
    std::optional<Ask> ask_unknown();
    /// A request that was answered once, again.
    std::optional<Ask> ask_again();

    /// Checks the answer, and remembers it. `durable`: what would survive a crash now.
    void hear(const Ask& ask, const Answer& answer, Seq durable, Timestamp now);
    /// The answer will never come.
    void lose(Ask ask);

    Judge& judge() { return judge_; }
    PaymentWorkload& payments() { return payments_; }
    ArrangementWorkload& arrangements() { return arrangements_; }
    const std::vector<std::string>& secrets() const { return workload_.secrets(); }

private:
    struct Recorded {
        Request request;
        Answer answer;
        std::uint64_t heard = 0;  // how many answers there had been with this one
    };
    void check_repeat(const Ask& ask, const Answer& answer, const Recorded& first) const;
    void check_numbers(const Ask& ask, const Answer& answer, const Json& body, Seq durable);
    void remember(const Ask& ask, const Answer& answer);
    Request reuse_of(const Recorded& first);

    Swarm swarm_;
    Rng rng_;
    Workload workload_;
    PaymentWorkload payments_;
    ArrangementWorkload arrangements_;
    Judge judge_;
    Told told_;
    std::map<std::string, Recorded> recorded_;
    std::vector<std::string> recorded_keys_;
    std::deque<Ask> unknown_;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t heard_ = 0;
};

}  // namespace creditd::sim
