// creditd-replay export and balance, read back by an independent parser and compared with the
// events that were written.
#include <cstdio>

#include "replay/sha256.hpp"
#include "replay/state_hash.hpp"
#include "replay/tool/text.hpp"
#include "tests/replay/tool/tool_fixture.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
using tool::time_text;

class ExportTest : public ToolTest {
protected:
    void SetUp() override { make_ledger(); }

    /// Runs a Python program on a file; its standard library is the second opinion.
    ToolRun python(const std::string& program, const std::filesystem::path& file) {
        const auto script = temp_.path() / "check.py";
        std::ofstream(script) << program;
        const auto out = temp_.path() / "python_out";
        const std::string command =
            "python3 " + script.string() + " " + file.string() + " >" + out.string() + " 2>&1";
        const int status = std::system(command.c_str());
        return {WEXITSTATUS(status), contents(out), {}};
    }
    std::size_t lines_of(const std::string& arguments) {
        const ToolRun run = this->run("export --format jsonl " + arguments + " " + folder());
        EXPECT_EQ(run.exit, 0) << run.err;
        return static_cast<std::size_t>(std::ranges::count(run.out, '\n'));
    }
    /// The balance of an account after each event, by the events themselves.
    Credits balance_after(const std::string& account, Seq seq) {
        Credits balance{};
        for (const DecidedEvent& one : world_.events()) {
            if (one.event.seq > seq) break;
            if (one.event.account == account) balance = one.event.balances.after;
        }
        return balance;
    }
    std::string busiest_account() {
        std::map<std::string, int> counts;
        for (const DecidedEvent& one : world_.events()) ++counts[one.event.account];
        counts.erase("");
        return std::ranges::max_element(counts, {}, [](auto& entry) { return entry.second; })
            ->first;
    }
    static std::string decimal(Credits credits) {
        std::string text;
        append_decimal(text, credits.value, 6);
        return text;
    }
};

TEST_F(ExportTest, JsonLinesHaveEveryEventInOrder) {
    const auto file = temp_.path() / "events.jsonl";
    ASSERT_EQ(run("export --format jsonl -o " + file.string() + " " + folder()).exit, 0);
    const ToolRun check = python(R"(
import json, sys, decimal
keys = None
prev = None
with open(sys.argv[1], encoding="utf-8", newline="") as lines:
    for number, line in enumerate(lines, 1):
        event = json.loads(line, parse_float=decimal.Decimal)
        assert event["seq"] == number, (number, event["seq"])
        assert list(event)[:3] == ["seq", "time", "type"] and list(event)[-1] == "block_hash"
        assert len(event["prev_hash"]) == len(event["block_hash"]) == 64
        if prev and event["block_hash"] != prev["block_hash"]:
            assert event["prev_hash"] == prev["block_hash"], number
        prev = event
print(number)
)",
                                 file);
    EXPECT_EQ(check.exit, 0) << check.out;
    EXPECT_EQ(check.out, std::to_string(tip_.seq.value) + "\n");
}

TEST_F(ExportTest, CsvIsReadByOthers) {
    const auto file = temp_.path() / "events.csv";
    ASSERT_EQ(run("export --format csv -o " + file.string() + " " + folder()).exit, 0);
    const ToolRun check = python(R"(
import csv, json, sys, decimal
raw = open(sys.argv[1], "rb").read()
assert raw.count(b"\n") == raw.count(b"\r\n") and raw.endswith(b"\r\n")
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file, strict=True))
balances = {}
for number, row in enumerate(rows, 1):
    assert int(row["seq"]) == number
    json.loads(row["details"])
    assert None not in row and None not in row.values()
    if row["account"]:
        before = decimal.Decimal(row["before"])
        assert balances.get(row["account"], 0) == before, number
        balances[row["account"]] = decimal.Decimal(row["after"])
    for name, value in row.items():
        if name not in ("amount", "before", "after", "available", "held"):
            assert value[:1] not in tuple("=+-@\t\r"), (name, value)
print(len(rows))
)",
                                 file);
    EXPECT_EQ(check.exit, 0) << check.out;
    EXPECT_EQ(check.out, std::to_string(tip_.seq.value) + "\n");
}

TEST_F(ExportTest, CanBeCutByPositionTimeAndAccount) {
    const std::size_t all = tip_.seq.value;
    EXPECT_EQ(lines_of(""), all);
    EXPECT_EQ(lines_of("--from 1 --to 11"), 10u);
    EXPECT_EQ(lines_of("--from 100"), all - 99);
    EXPECT_EQ(lines_of("--from 0 --to 0"), 0u);
    EXPECT_EQ(lines_of("--from " + std::to_string(all + 1)), 0u);
    const Timestamp from = world_.events()[all / 3].event.time;
    const Timestamp to = world_.events()[all / 2].event.time;
    std::size_t between = 0;
    std::size_t of_account = 0;
    const std::string account = busiest_account();
    for (const DecidedEvent& one : world_.events()) {
        if (one.event.time >= from && one.event.time < to) ++between;
        if (one.event.account == account) ++of_account;
    }
    EXPECT_EQ(lines_of("--from " + time_text(from) + " --to " + time_text(to)), between);
    EXPECT_EQ(lines_of("--account " + account), of_account);
    EXPECT_EQ(lines_of("--from 1970-01-01 --to 1970-01-02"), 0u);
    EXPECT_EQ(lines_of("--from 2999-01-01"), 0u);
    EXPECT_EQ(run("export --format jsonl --from yesterday " + folder()).exit, 2);
    EXPECT_EQ(run("export --format xml " + folder()).exit, 2);
    EXPECT_EQ(run("export --format csv -o /nowhere/x " + folder()).exit, 2);
}

TEST_F(ExportTest, BalanceIsWhatTheEventsSay) {
    const std::string account = busiest_account();
    for (const std::uint64_t at : {tip_.seq.value, tip_.seq.value / 2, tip_.seq.value - 100}) {
        const ToolRun run =
            this->run("balance --json --at " + std::to_string(at) + " " + folder() + " " + account);
        ASSERT_EQ(run.exit, 0) << run.err;
        EXPECT_EQ(member(run.out, "seq"), at);
        const std::string expected =
            "\"balance\":" + decimal(balance_after(account, Seq{at})) + ",";
        EXPECT_NE(run.out.find(expected), std::string::npos) << run.out << expected;
    }
    const ToolRun now = run("balance " + folder() + " " + account);
    EXPECT_EQ(now.exit, 0);
    EXPECT_NE(now.out.find(account), std::string::npos);
    EXPECT_EQ(run("balance " + folder() + " nobody").exit, 1);
    EXPECT_EQ(run("balance --at 99999999 " + folder() + " " + account).exit, 2);
}

/// At a moment, what had expired by then counts as expired, whether or not an event says so yet.
TEST_F(ExportTest, BalanceAtAMomentCountsWhatIsDue) {
    const std::string account = busiest_account();
    for (std::size_t i = 200; i < world_.events().size(); i += 300) {
        const Timestamp at = world_.events()[i].event.time;
        Seq last{};
        for (const DecidedEvent& one : world_.events()) {
            if (one.event.time <= at) last = one.event.seq;
        }
        const auto state = world_.replayed_to(last);
        const auto no = state->accounts.find(account);
        if (!no) continue;
        std::vector<DecidedEvent> due;
        execute_due(*state, *no, at, Policy{}, due);
        const ToolRun run =
            this->run("balance --json --at " + time_text(at) + " " + folder() + " " + account);
        ASSERT_EQ(run.exit, 0) << run.err;
        const std::string expected =
            "\"balance\":" + decimal(state->accounts.get(*no).balance) + ",";
        EXPECT_NE(run.out.find(expected), std::string::npos) << run.out << expected;
    }
}

TEST_F(ExportTest, StateHashAtAnyPosition) {
    ASSERT_EQ(run("snapshot " + folder()).exit, 0);
    for (const std::uint64_t at : {std::uint64_t{2}, tip_.seq.value / 2, tip_.seq.value}) {
        const ToolRun run = this->run("state-hash --at " + std::to_string(at) + " " + folder());
        EXPECT_EQ(run.exit, 0) << run.err;
        const auto hash = hash_state(*world_.replayed_to(Seq{at}));
        EXPECT_NE(run.out.find(to_hex(hash.bytes)), std::string::npos) << run.out;
    }
}

}  // namespace
}  // namespace creditd::tests
