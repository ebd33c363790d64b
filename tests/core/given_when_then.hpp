// The language of the rule book: given(what happened).when(a command).then(what must follow).
// Amounts are minor units, times are seconds, and grants, deductions and holds are named by the
// order in which they were made, from 1. What is asked is in asks.hpp, what must follow here.
#pragma once

#include <functional>
#include <source_location>

#include "tests/core/asks.hpp"

namespace creditd::tests {

/// One expectation, with the line that states it.
struct Check {
    std::function<void(const World&)> check;
    std::source_location where;
};
using Where = std::source_location;
#define CREDITD_HERE std::source_location::current()

// --- outcomes ------------------------------------------------------------------------------------
Check done(Where where = CREDITD_HERE);
/// Refused without a trace.
Check refused(RefusalCode code, Where where = CREDITD_HERE);
/// Refused, and the log remembers it.
Check recorded(RefusalCode code, Where where = CREDITD_HERE);
/// Recorded 402 with these figures.
Check insufficient(std::int64_t required, std::int64_t available, std::int64_t shortfall,
                   Where where = CREDITD_HERE);
Check at_operation(std::uint32_t index, Where where = CREDITD_HERE);
Check answered_as_before(Where where = CREDITD_HERE);
Check outcome_is(OutcomeKind kind, Where where = CREDITD_HERE);
/// Kinds of all events that the command and time made, in order.
Check events_are(std::vector<std::string_view> names, Where where = CREDITD_HERE);

// --- parts of grants: {which grant, how much} ----------------------------------------------------
using Part = std::pair<std::size_t, std::int64_t>;
using Parts = std::vector<Part>;
Check burned(Parts parts, std::int64_t debt = 0, Where where = CREDITD_HERE);
Check reserved(Parts parts, std::int64_t on_credit = 0, Where where = CREDITD_HERE);
/// What expired with the release or the end of a hold.
Check gone(Parts parts, Where where = CREDITD_HERE);

struct Restored {
    std::size_t burned_from = 0;  // 0: what had been debt
    std::size_t into = 0;
    std::int64_t amount = 0;
    RestoredInto how = RestoredInto::same_grant;
    bool operator==(const Restored&) const = default;
};
Check restored(std::vector<Restored> parts, std::int64_t debt_reversed = 0,
               Where where = CREDITD_HERE);

// --- accounts ------------------------------------------------------------------------------------
Check balance(std::string account, std::int64_t amount, Where where = CREDITD_HERE);
Check available(std::string account, std::int64_t amount, Where where = CREDITD_HERE);
Check held(std::string account, std::int64_t amount, Where where = CREDITD_HERE);
Check debt(std::string account, std::int64_t amount, Where where = CREDITD_HERE);
Check pending(std::string account, std::int64_t amount, Where where = CREDITD_HERE);
Check total(std::string account, Total which, std::int64_t amount, Where where = CREDITD_HERE);
/// All live grants in burn order, with what remains of them.
Check grants_left(std::string account, Parts parts, Where where = CREDITD_HERE);
/// `available` of the answer (for a deduction: by its feature).
Check answer_available(std::int64_t amount, Where where = CREDITD_HERE);
/// Anything else about the world.
Check that(std::function<void(const World&)> check, Where where = CREDITD_HERE);

class Scene {
public:
    Scene() = default;
    template <class... Asks>
    Scene& given(Asks&&... asks) {
        (prepare(asks), ...);
        return *this;
    }
    Scene& when(const Ask& ask);
    template <class... Checks>
    Scene& then(Checks&&... checks) {
        (verify(checks), ...);
        return *this;
    }
    World& world() { return *world_; }

private:
    void prepare(const Ask& ask);
    void verify(const Check& check);
    std::unique_ptr<World> world_ = std::make_unique<World>();
};

template <class... Asks>
Scene given(Asks&&... asks) {
    Scene scene;
    scene.given(asks...);
    return scene;
}

}  // namespace creditd::tests
