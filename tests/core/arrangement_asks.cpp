#include "tests/core/arrangement_asks.hpp"

#include <gtest/gtest.h>

#include <ostream>

#include "core/budgets.hpp"

namespace creditd::tests {
namespace {

template <class Body>
Ask arranging(Body body) {
    return Ask([body = std::move(body)](const World&) { return CommandBody(body); });
}

/// The one with this id, or null.
template <class Entry>
const Entry* named(const std::vector<Entry>& entries, std::string_view id) {
    const auto found =
        std::ranges::find_if(entries, [id](const Entry& entry) { return entry.terms.id == id; });
    return found == entries.end() ? nullptr : &*found;
}

}  // namespace

Ask by(std::string user, const Ask& ask) {
    return Ask([user = std::move(user), ask](const World& world) {
        CommandBody body = ask.body(world);
        if (auto* const deduct = std::get_if<DeductCredits>(&body)) deduct->price.user = user;
        else std::get<PlaceHold>(body).price.user = user;
        return body;
    });
}

Ask budget(std::string account, std::string id, std::int64_t limit, BudgetSpec spec) {
    return arranging(SetBudget{std::move(account),
                               {std::move(id), std::move(spec.user), std::move(spec.feature),
                                Credits{limit}, spec.window, spec.hours, spec.utc_offset}});
}
Ask remove_budget(std::string account, std::string id) {
    return arranging(RemoveBudget{std::move(account), std::move(id)});
}

Ask alert(std::string account, std::string id, AlertSpec spec) {
    return arranging(
        SetAlert{std::move(account),
                 {std::move(id), Credits{spec.below}, spec.percent, Credits{spec.recovered_at}}});
}
Ask remove_alert(std::string account, std::string id) {
    return arranging(RemoveAlert{std::move(account), std::move(id)});
}

Ask auto_top_up(std::string account, TopUpSpec spec) {
    return arranging(SetAutoTopUp{std::move(account),
                                  {std::move(spec.package), Credits{spec.threshold},
                                   spec.monthly_max, Duration::seconds(spec.cool_down)}});
}
Ask remove_auto_top_up(std::string account) {
    return arranging(RemoveAutoTopUp{std::move(account)});
}

Ask referral(std::string account, std::string referrer) {
    return arranging(ReferAccount{std::move(account), std::move(referrer)});
}

Check over_budget(Over over, Where where) {
    return {[over = std::move(over)](const World& world) {
                recorded(RefusalCode::budget_exceeded).check(world);
                const Refusal& refusal = world.outcome().refusal;
                EXPECT_EQ(refusal.details().budget, over.budget);
                EXPECT_EQ(refusal.details().window, over.window);
                EXPECT_EQ(refusal.details().resets_at.value, over.resets_at.value);
                EXPECT_EQ(refusal.required.value, over.required);
                EXPECT_EQ(refusal.available.value, over.available);
                EXPECT_EQ(refusal.shortfall.value, over.required - over.available);
            },
            where};
}

Check spent(std::string id, std::string budget, std::int64_t amount, Where where) {
    return {[=](const World& world) {
                const Budget* const found = named(world.account(id).arrangements().budgets, budget);
                ASSERT_NE(found, nullptr) << budget;
                EXPECT_EQ(spent_of(*found, world.now()).value, amount);
            },
            where};
}

static void PrintTo(const Told& told, std::ostream* out) {
    *out << told.alert << " news " << static_cast<int>(told.news) << " at " << told.threshold;
}

Check told(std::vector<Told> news, Where where) {
    return {[news = std::move(news)](const World& world) {
                std::vector<Told> found;
                for (const Event& event : world.news()) {
                    const auto* const body = std::get_if<BalanceAlerted>(&event.body);
                    if (body == nullptr) continue;
                    found.push_back({body->alert, body->news, body->threshold.value});
                    EXPECT_EQ(event.balances.before, event.balances.after);
                }
                EXPECT_EQ(found, news);
            },
            where};
}

Check level(std::string id, std::string alert, AlertLevel level, Where where) {
    return {[=](const World& world) {
                const Alert* const found = named(world.account(id).arrangements().alerts, alert);
                ASSERT_NE(found, nullptr) << alert;
                EXPECT_EQ(found->level, level);
            },
            where};
}

Check alerts_are(std::string id, std::vector<std::string> ids, Where where) {
    return {[id = std::move(id), ids = std::move(ids)](const World& world) {
                std::vector<std::string> found;
                for (const Alert& alert : world.account(id).arrangements().alerts) {
                    found.push_back(alert.terms.id);
                }
                EXPECT_EQ(found, ids);
            },
            where};
}

Check asked(std::vector<std::uint32_t> numbers, Where where) {
    return {[numbers = std::move(numbers)](const World& world) {
                std::vector<std::uint32_t> found;
                for (const Event& event : world.news()) {
                    const auto* const body = std::get_if<TopUpAsked>(&event.body);
                    if (body != nullptr) found.push_back(body->number);
                }
                EXPECT_EQ(found, numbers);
            },
            where};
}

}  // namespace creditd::tests
