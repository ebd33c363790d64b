// creditd-replay statement: opens and closes on the balance of its moments, line by line.
#include <regex>

#include "replay/tool/text.hpp"
#include "tests/replay/tool/tool_fixture.hpp"
#include "tests/support/whole_ledger.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
using tool::time_text;

class StatementTest : public ToolTest {
protected:
    void SetUp() override {
        fill_whole_ledger(world_, 9, 1'500);
        store_ledger();
    }
    /// As `balance --at` counts: what had become due by then has happened.
    Credits balance_at(const std::string& account, Timestamp at) {
        Seq last{};
        for (const DecidedEvent& one : world_.events()) {
            if (one.event.time <= at) last = one.event.seq;
        }
        const auto state = world_.replayed_to(last);
        const auto no = state->accounts.find(account);
        if (!no) return {};
        std::vector<DecidedEvent> due;
        execute_due(*state, *no, at, Policy{}, due);
        return state->accounts.get(*no).balance;
    }
    Credits balance_before(const std::string& account, Seq seq) {
        Credits balance{};
        for (const DecidedEvent& one : world_.events()) {
            if (one.event.seq < seq && one.event.account == account) {
                balance = one.event.balances.after;
            }
        }
        return balance;
    }
    static std::string edges(Credits opening, Credits closing) {
        std::string text;
        append_decimal(text, opening.value, 6);
        text += " to ";
        append_decimal(text, closing.value, 6);
        return text;
    }
    /// What a statement in JSON says; an error where its lines do not lead from one to the other.
    std::string edges_of(const std::string& arguments) {
        const ToolRun made = run("statement " + folder() + " " + arguments + " --json");
        EXPECT_EQ(made.exit, 0) << made.err << made.out;
        const std::regex number(
            R"re("(opening":\{"balance|closing":\{"balance|amount)":(-?[0-9.]+))re");
        std::string opening;
        std::string closing;
        std::int64_t sum = 0;
        const auto minor = [](const std::string& text) {
            return static_cast<std::int64_t>(std::llround(std::stod(text) * 1e6));
        };
        for (std::sregex_iterator at(made.out.begin(), made.out.end(), number), end; at != end;
             ++at) {
            const std::string name = (*at)[1];
            if (name == "amount") {
                sum += minor((*at)[2]);
            } else {
                (name.starts_with("opening") ? opening : closing) = (*at)[2];
            }
        }
        if (minor(opening) + sum != minor(closing)) return "does not add up: " + made.out;
        return opening + " to " + closing;
    }
};

TEST_F(StatementTest, OfMomentsOpensAndClosesOnTheirBalances) {
    const auto& events = world_.events();
    for (const std::string account : {"acct-1", "acct-3", "rare.debtor"}) {
        for (std::size_t i = 300; i + 700 < events.size(); i += 450) {
            // A little after an event: by then something may be due that is recorded later.
            const Timestamp from = events[i].event.time + Duration::seconds(700);
            const Timestamp to = events[i + 600].event.time + Duration::seconds(900);
            EXPECT_EQ(edges_of(account + " --from " + time_text(from) + " --to " + time_text(to)),
                      edges(balance_at(account, from + Duration{-1}),
                            balance_at(account, to + Duration{-1})));
        }
    }
}

TEST_F(StatementTest, OfSequenceNumbersIsWhatIsRecorded) {
    const std::uint64_t last = tip_.seq.value;
    for (const std::string account : {"acct-1", "acct-4"}) {
        EXPECT_EQ(edges_of(account), edges({}, balance_before(account, Seq{last + 1})));
        for (const std::uint64_t from : {std::uint64_t{1}, last / 3, last}) {
            EXPECT_EQ(
                edges_of(account + " --from " + std::to_string(from)),
                edges(balance_before(account, Seq{from}), balance_before(account, Seq{last + 1})));
        }
    }
}

TEST_F(StatementTest, HasThreeSpellings) {
    const std::string file = (temp_.path() / "statement.csv").string();
    ASSERT_EQ(run("statement " + folder() + " acct-1 --format csv -o " + file).exit, 0);
    const std::string csv = contents(file);
    EXPECT_TRUE(
        csv.starts_with("time,transaction,type,note,amount,balance\r\n,,opening_balance,,,0"))
        << csv.substr(0, 200);
    EXPECT_NE(csv.find(",,closing_balance,,,"), csv.npos);
    const ToolRun text = run("statement " + folder() + " acct-1");
    EXPECT_NE(text.out.find("opening balance"), text.out.npos);
    EXPECT_NE(text.out.find("total credits_deducted"), text.out.npos);
    EXPECT_EQ(run("statement " + folder() + " nobody").exit, 1);
    EXPECT_EQ(run("statement " + folder() + " acct-1 --from yesterday").exit, 2);
    EXPECT_EQ(run("statement " + folder() + " acct-1 --format xml").exit, 2);
    EXPECT_EQ(run("statement " + folder() + " acct-1 --from 9 --to 8").exit, 2);
}

}  // namespace
}  // namespace creditd::tests
