// creditd-replay export as double-entry books, checked by the programs that auditors use: hledger,
// ledger, beancount and SQLite. Their totals must be creditd's balances.
#include <sqlite3.h>

#include <regex>
#include <set>

#include "replay/tool/books/books.hpp"
#include "replay/tool/text.hpp"
#include "schemas/event_kind.hpp"
#include "tests/replay/tool/tool_fixture.hpp"
#include "tests/support/whole_ledger.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
using namespace creditd::replay::tool;

using Totals = std::map<std::string, std::string>;

class BooksTest : public ToolTest {
protected:
    void SetUp() override {
        fill_whole_ledger(world_, 5, 2'500);
        store_ledger();
    }

    std::string file(const std::string& name) const { return (temp_.path() / name).string(); }
    /// Any program, by the shell.
    ToolRun shell(const std::string& command) const {
        const auto out = temp_.path() / "shell_out";
        const auto err = temp_.path() / "shell_err";
        const int status = std::system(
            (command + " >" + out.string() + " 2>" + err.string() + " </dev/null").c_str());
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(out), contents(err)};
    }
    std::string exported(const std::string& format, const std::string& period = "") {
        const std::string path = file("books." + format);
        const ToolRun run =
            this->run("export --format " + format + " " + period + " -o " + path + " " + folder());
        EXPECT_EQ(run.exit, 0) << run.err;
        return path;
    }
    /// What customers own and owe after the event, by the names that hledger sees.
    Totals expected_at(Seq seq) const {
        Totals totals;
        const auto state = world_.replayed_to(seq);
        const auto put = [&](Chart chart, std::string_view id, Credits amount) {
            if (amount.is_zero()) return;
            totals[plain_name({chart, std::string(id)})] = fixed_text(amount.value, 6);
        };
        for (std::size_t i = 0; i < state->accounts.count(); ++i) {
            const Account& account = state->accounts.get(AccountNo{static_cast<std::uint32_t>(i)});
            put(Chart::credits, account.id(), -(account.balance + account.debt()));
            put(Chart::debts, account.id(), account.debt());
            put(Chart::pending, account.id(), -account.pending());
        }
        return totals;
    }
    /// `amount CRD  name` lines, as hledger and ledger print them.
    static Totals read_totals(const std::string& text) {
        Totals totals;
        const std::regex line(R"(^\s*(-?[0-9.]+) CRD\s+(\S+)$)");
        std::istringstream in(text);
        for (std::string one; std::getline(in, one);) {
            std::smatch match;
            if (std::regex_match(one, match, line)) totals[match[2]] = match[1];
        }
        return totals;
    }
    /// Makes one amount wrong by the smallest part of a credit, somewhere in the middle.
    static void tamper(const std::string& path, const std::regex& amount) {
        edit(path, [&](std::string& text) {
            const auto from = text.begin() + static_cast<std::ptrdiff_t>(text.size() / 2);
            std::smatch match;
            ASSERT_TRUE(
                std::regex_search(std::string::const_iterator(from), text.cend(), match, amount));
            const auto last = text.begin() + (match[1].second - text.cbegin()) - 1;
            *last = *last == '9' ? '8' : static_cast<char>(*last + 1);
        });
    }
};

const std::string of_customers = "'Liabilities|Assets:Debts'";

TEST_F(BooksTest, TheWorldHasEveryKindThatMovesCredits) {
    std::set<std::string_view> moving;
    std::set<MovementKind> kinds;
    std::vector<Movement> movements;
    for (const DecidedEvent& one : world_.events()) {
        movements_of(one.event, movements);
        if (!movements.empty()) moving.insert(schemas::name_of(schemas::kind_of(one.event.body)));
        for (const Movement& movement : movements) kinds.insert(movement.kind);
    }
    EXPECT_EQ(moving.size(), 16U) << testing::PrintToString(moving);
    EXPECT_EQ(kinds.size(), 15U);
}

TEST_F(BooksTest, HledgerAcceptsThemAndAgrees) {
    const std::string path = exported("hledger");
    for (const std::string checks : {"check -s", "check ordereddates"}) {
        const ToolRun checked = shell("hledger -f " + path + " " + checks);
        EXPECT_EQ(checked.exit, 0) << checked.out << checked.err;
    }
    const ToolRun totals = shell("hledger -f " + path + " bal --flat -N " + of_customers);
    EXPECT_EQ(read_totals(totals.out), expected_at(tip_.seq)) << totals.err;
    tamper(path, std::regex(R"(([0-9.]+) CRD = )"));
    EXPECT_NE(shell("hledger -f " + path + " check -s").exit, 0);
}

TEST_F(BooksTest, LedgerAcceptsThemAndAgrees) {
    const std::string path = exported("hledger");
    const std::string command = "ledger --pedantic --args-only -f " + path + " bal --flat";
    const ToolRun totals = shell(command + " Liabilities Assets:Debts");
    EXPECT_EQ(totals.exit, 0) << totals.err;
    EXPECT_EQ(totals.err, "");
    EXPECT_EQ(read_totals(totals.out), expected_at(tip_.seq));
    tamper(path, std::regex(R"(([0-9.]+) CRD = )"));
    EXPECT_NE(shell(command).exit, 0);
}

TEST_F(BooksTest, BeancountAcceptsThemAndAgrees) {
    const std::string path = exported("beancount");
    const ToolRun checked = shell("bean-check -C " + path);
    EXPECT_EQ(checked.exit, 0) << checked.out << checked.err;
    const ToolRun totals = shell("bean-query -f csv " + path +
                                 " \"SELECT account, sum(number) WHERE account ~ "
                                 "'Liabilities|Assets:Debts' GROUP BY account\"");
    Totals found;
    std::istringstream in(totals.out);
    for (std::string line; std::getline(in, line);) {
        std::string name = line.substr(0, line.find(','));
        std::string amount = line.substr(name.size() + 1);
        name.erase(name.find_last_not_of(' ') + 1);
        std::erase_if(amount, [](char c) { return c == '\r' || c == ' ' || c == '"'; });
        if (name != "account" && amount != "0" && amount != "0.000000") found[name] = amount;
    }
    Totals expected;
    for (const auto& [name, amount] : expected_at(tip_.seq)) {
        const auto colon = name.rfind(':');
        const Chart chart = name.starts_with("Assets")          ? Chart::debts
                            : name.starts_with("Liabilities:P") ? Chart::pending
                                                                : Chart::credits;
        expected[beancount_name({chart, name.substr(colon + 1)})] = amount;
    }
    EXPECT_EQ(found, expected) << totals.out << totals.err;
    tamper(path, std::regex(R"(\n  \S+  -?([0-9.]+) CRD)"));
    EXPECT_NE(shell("bean-check -C " + path).exit, 0);
}

TEST_F(BooksTest, SqliteAgrees) {
    const std::string path = exported("sqlite");
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
    const auto query = [db](const std::string& sql) {
        Totals rows;
        const auto take = [](void* to, int, char** values, char**) {
            static_cast<Totals*>(to)->emplace(values[0], values[1]);
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(db, sql.c_str(), take, &rows, nullptr), SQLITE_OK)
            << sqlite3_errmsg(db);
        return rows;
    };
    EXPECT_EQ(query("SELECT 'count', COUNT(*) FROM events")["count"],
              std::to_string(tip_.seq.value));
    EXPECT_TRUE(query("SELECT what, id FROM mismatches").empty());
    Totals minor = query(
        "SELECT name, amount FROM balances JOIN accounts ON id = account WHERE amount <> 0 AND "
        "(name LIKE 'Liabilities%' OR name LIKE 'Assets:Debts%')");
    for (auto& [name, amount] : minor) amount = fixed_text(std::stoll(amount), 6);
    EXPECT_EQ(minor, expected_at(tip_.seq));
    query(
        "UPDATE postings SET amount = amount + 1 WHERE event = (SELECT MAX(event) FROM postings)");
    EXPECT_FALSE(query("SELECT what, id FROM mismatches").empty());
    sqlite3_close(db);
    EXPECT_EQ(run("export --format sqlite " + folder()).exit, 2);
    EXPECT_EQ(run("export --format sqlite -o " + path + " " + folder()).exit, 2);
    EXPECT_EQ(run("export --format sqlite -o /nowhere/x.db " + folder()).exit, 2);
}

/// A period opens with what was there, closes with what is there, and counts its own income only.
TEST_F(BooksTest, APeriodOpensOnItsBalances) {
    const Seq from{tip_.seq.value / 3};
    const Seq to{tip_.seq.value * 2 / 3};
    const std::string period =
        "--from " + std::to_string(from.value + 1) + " --to " + std::to_string(to.value + 1);
    const std::string path = exported("hledger", period);
    const ToolRun checked = shell("hledger -f " + path + " check -s");
    EXPECT_EQ(checked.exit, 0) << checked.err;
    const auto totals_of = [&](const std::string& query) {
        return read_totals(shell("hledger -f " + path + " bal --flat -N " + query).out);
    };
    EXPECT_EQ(totals_of(of_customers), expected_at(to));
    EXPECT_EQ(totals_of(of_customers + " desc:opening"), expected_at(from));
    EXPECT_TRUE(totals_of("Income Expenses desc:opening").empty());
    EXPECT_EQ(shell("bean-check -C " + exported("beancount", period)).exit, 0);
    // After the end there is only an opening, on a day that was asked for.
    const std::string late = exported("hledger", "--from 2033-03-01");
    EXPECT_EQ(shell("hledger -f " + late + " check -s").exit, 0);
    EXPECT_EQ(read_totals(shell("hledger -f " + late + " bal --flat -N " + of_customers).out),
              expected_at(tip_.seq));
    EXPECT_NE(contents(late).find("2033-03-01 * opening"), std::string::npos);
    EXPECT_EQ(run("export --format hledger --account acct-1 " + folder()).exit, 2);
}

TEST(Chart, NamesStayDifferentForEveryTool) {
    const std::vector<std::string> names{"user",    "User",   "X-user", "X-User", "user-1",
                                         "user.1",  "user:1", "user_1", "user@1", "1user",
                                         "X--user", "a-2E1",  "a.1",    "A"};
    std::set<std::string> plain;
    std::set<std::string> beancount;
    const std::regex part("[A-Z0-9][A-Za-z0-9-]*");
    for (const std::string& name : names) {
        const ChartAccount account{Chart::credits, name};
        plain.insert(plain_name(account));
        const std::string spelled = beancount_name(account);
        EXPECT_TRUE(std::regex_match(spelled.substr(spelled.rfind(':') + 1), part)) << spelled;
        beancount.insert(spelled);
    }
    EXPECT_EQ(plain.size(), names.size());
    EXPECT_EQ(beancount.size(), names.size());
    EXPECT_EQ(plain_name({Chart::credits, "a:b"}), "Liabilities:Credits:a/b");
}

}  // namespace
}  // namespace creditd::tests
