#include "tests/core/given_when_then.hpp"

#include <gtest/gtest.h>

namespace creditd::tests {
namespace {

Parts expected_ids(const World& world, const Parts& parts) {
    Parts result;
    for (const Part& part : parts) {
        result.emplace_back(world.grant(part.first).value, part.second);
    }
    return result;
}

Parts found_ids(const std::vector<GrantPart>& parts) {
    Parts result;
    for (const GrantPart& part : parts) {
        result.emplace_back(part.grant.value, part.amount.value);
    }
    return result;
}

const std::vector<GrantPart>& burned_of(const EventBody& body) {
    if (const auto* captured = std::get_if<HoldCaptured>(&body)) return captured->burned;
    if (const auto* out = std::get_if<TransferredOut>(&body)) return out->burned;
    return std::get<CreditsDeducted>(body).burned;
}

Credits debt_of(const EventBody& body) {
    if (const auto* captured = std::get_if<HoldCaptured>(&body)) return captured->debt;
    if (std::holds_alternative<TransferredOut>(body)) return Credits{};
    return std::get<CreditsDeducted>(body).debt;
}

/// The event that says what was burned: of a transfer, the one before the last.
const EventBody& burning_event(const World& world) {
    const auto& events = world.events();
    const EventBody& last = events.back().event.body;
    return std::holds_alternative<TransferredIn>(last) ? events[events.size() - 2].event.body
                                                       : last;
}

Check amount_check(std::function<std::int64_t(const World&)> found, std::int64_t expected,
                   Where where) {
    return {[found = std::move(found), expected](const World& world) {
                EXPECT_EQ(found(world), expected);
            },
            where};
}

}  // namespace

Check outcome_is(OutcomeKind kind, Where where) {
    return {[=](const World& world) {
                EXPECT_EQ(static_cast<int>(world.outcome().kind), static_cast<int>(kind))
                    << "refusal: " << name_of(world.outcome().refusal.code);
            },
            where};
}

Check done(Where where) {
    return {[](const World& world) {
                EXPECT_EQ(world.outcome().kind, OutcomeKind::done);
                EXPECT_EQ(name_of(world.outcome().refusal.code), "none");
            },
            where};
}

Check refused(RefusalCode code, Where where) {
    return {[=](const World& world) {
                EXPECT_EQ(world.outcome().kind, OutcomeKind::refused);
                EXPECT_EQ(name_of(world.outcome().refusal.code), name_of(code));
                for (const Event& event : world.news()) {
                    EXPECT_FALSE(event.origin) << "an event of its own: " << name_of(event.body);
                }
            },
            where};
}

Check recorded(RefusalCode code, Where where) {
    return {[=](const World& world) {
                EXPECT_EQ(world.outcome().kind, OutcomeKind::done);
                EXPECT_EQ(name_of(world.outcome().refusal.code), name_of(code));
                ASSERT_TRUE(std::holds_alternative<CommandRefused>(world.last().body));
                EXPECT_EQ(world.last_as<CommandRefused>().refusal, world.outcome().refusal);
                EXPECT_EQ(world.last_as<CommandRefused>().index, world.outcome().index);
                ASSERT_TRUE(world.last().origin);
                EXPECT_FALSE(world.last().origin->key.empty());
                EXPECT_EQ(world.last().balances.before, world.last().balances.after);
            },
            where};
}

Check insufficient(std::int64_t required, std::int64_t can_spend, std::int64_t shortfall,
                   Where where) {
    return {[=](const World& world) {
                recorded(RefusalCode::insufficient_credits).check(world);
                const Refusal& refusal = world.outcome().refusal;
                EXPECT_EQ(refusal.required.value, required);
                EXPECT_EQ(refusal.available.value, can_spend);
                EXPECT_EQ(refusal.shortfall.value, shortfall);
            },
            where};
}

Check at_operation(std::uint32_t index, Where where) {
    return {[=](const World& world) { EXPECT_EQ(world.outcome().index, index); }, where};
}

Check answered_as_before(Where where) {
    return {[](const World& world) {
                EXPECT_EQ(world.outcome().kind, OutcomeKind::known_key);
                EXPECT_TRUE(world.news().empty());
            },
            where};
}

Check events_are(std::vector<std::string_view> names, Where where) {
    return {[names = std::move(names)](const World& world) {
                std::vector<std::string_view> found;
                for (const Event& event : world.news()) found.push_back(name_of(event.body));
                EXPECT_EQ(found, names);
            },
            where};
}

Check burned(Parts parts, std::int64_t debt, Where where) {
    return {[parts = std::move(parts), debt](const World& world) {
                const EventBody& body = burning_event(world);
                EXPECT_EQ(found_ids(burned_of(body)), expected_ids(world, parts));
                EXPECT_EQ(debt_of(body).value, debt);
            },
            where};
}

Check reserved(Parts parts, std::int64_t on_credit, Where where) {
    return {[parts = std::move(parts), on_credit](const World& world) {
                const EventBody& body = world.last().body;
                const auto* extended = std::get_if<HoldExtended>(&body);
                const auto& found =
                    extended != nullptr ? extended->reserved : std::get<HoldPlaced>(body).reserved;
                const Credits credit = extended != nullptr ? extended->on_credit
                                                           : std::get<HoldPlaced>(body).on_credit;
                EXPECT_EQ(found_ids(found), expected_ids(world, parts));
                EXPECT_EQ(credit.value, on_credit);
            },
            where};
}

Check gone(Parts parts, Where where) {
    return {[parts = std::move(parts)](const World& world) {
                const EventBody& body = world.last().body;
                const auto* captured = std::get_if<HoldCaptured>(&body);
                const auto& found =
                    captured != nullptr ? captured->expired : std::get<HoldReleased>(body).expired;
                EXPECT_EQ(found_ids(found), expected_ids(world, parts));
            },
            where};
}

Check restored(std::vector<Restored> parts, std::int64_t debt_reversed, Where where) {
    return {[parts = std::move(parts), debt_reversed](const World& world) {
                const auto& body = world.last_as<CreditsRefunded>();
                EXPECT_EQ(body.debt_reversed.value, debt_reversed);
                ASSERT_EQ(body.restored.size(), parts.size());
                for (std::size_t i = 0; i < parts.size(); ++i) {
                    const RestoredPart& part = body.restored[i];
                    const GrantId from =
                        parts[i].burned_from == 0 ? GrantId{} : world.grant(parts[i].burned_from);
                    EXPECT_EQ(part.burned_from.value, from.value) << "part " << i;
                    EXPECT_EQ(part.grant.value, world.grant(parts[i].into).value) << "part " << i;
                    EXPECT_EQ(part.amount.value, parts[i].amount) << "part " << i;
                    EXPECT_EQ(part.into, parts[i].how) << "part " << i;
                }
            },
            where};
}

Check balance(std::string id, std::int64_t amount, Where where) {
    return amount_check([id](const World& w) { return w.account(id).balance.value; }, amount,
                        where);
}
Check available(std::string id, std::int64_t amount, Where where) {
    return amount_check([id](const World& w) { return w.account(id).available().value; }, amount,
                        where);
}
Check held(std::string id, std::int64_t amount, Where where) {
    return amount_check([id](const World& w) { return w.account(id).held.value; }, amount, where);
}
Check debt(std::string id, std::int64_t amount, Where where) {
    return amount_check([id](const World& w) { return w.account(id).debt().value; }, amount, where);
}
Check pending(std::string id, std::int64_t amount, Where where) {
    return amount_check([id](const World& w) { return w.account(id).pending().value; }, amount,
                        where);
}
Check total(std::string id, Total which, std::int64_t amount, Where where) {
    return amount_check(
        [id, which](const World& w) {
            return static_cast<std::int64_t>(w.account(id).total(which));
        },
        amount, where);
}

Check grants_left(std::string id, Parts parts, Where where) {
    return {[id = std::move(id), parts = std::move(parts)](const World& world) {
                Parts found;
                for (const Grant& grant : world.account(id).grants) {
                    found.emplace_back(grant.id.value, grant.remaining.value);
                }
                EXPECT_EQ(found, expected_ids(world, parts));
            },
            where};
}

Check answer_available(std::int64_t amount, Where where) {
    return amount_check([](const World& w) { return w.last().balances.available.value; }, amount,
                        where);
}

Check that(std::function<void(const World&)> check, Where where) {
    return {std::move(check), where};
}

Scene& Scene::when(const Ask& ask) {
    ask.run(*world_);
    return *this;
}

void Scene::prepare(const Ask& ask) {
    const Outcome outcome = ask.run(*world_);
    EXPECT_EQ(outcome.kind, OutcomeKind::done) << "given: " << name_of(outcome.refusal.code);
    EXPECT_EQ(name_of(outcome.refusal.code), "none") << "given";
}

void Scene::verify(const Check& check) {
    const testing::ScopedTrace trace(check.where.file_name(), static_cast<int>(check.where.line()),
                                     "then");
    check.check(*world_);
}

}  // namespace creditd::tests
