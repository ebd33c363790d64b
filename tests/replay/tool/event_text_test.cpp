// Every kind of event as text, read back by an independent parser.
#include "replay/tool/event_text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "schemas/event_kind.hpp"
#include "tests/support/random_event.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::replay::tool {
namespace {

constexpr int events_of_a_kind = 50;

/// What the program prints about the file; its output is empty where all is well.
std::string complaints_about(const std::string& program, const std::string& text) {
    const tests::TemporaryFolder temp;
    const std::string command = "python3 " + temp.write("check.py", program) + " " +
                                temp.write("events", text) + " >" + temp.file("out") + " 2>&1";
    const int status = std::system(command.c_str());
    const std::string printed = tests::text_of_file(temp.file("out"));
    return status == 0 ? printed : "failed: " + printed;
}

/// Rows as `append` writes them, of every kind of event.
template <class Append>
std::string rows_of_every_kind(const Append& append) {
    tests::RandomEvents random(51);
    std::string text;
    for (std::size_t kind = 0; kind < schemas::event_kinds_count; ++kind) {
        for (int i = 0; i < events_of_a_kind; ++i) append(text, random.of_kind(kind));
    }
    return text;
}

TEST(EventText, EveryKindIsALineOfJsonWithoutRepeatedNames) {
    const std::string lines = rows_of_every_kind([](std::string& out, const Event& event) {
        append_event_json(out, event, BatchBlock{}, 6);
    });
    EXPECT_EQ(complaints_about(R"(
import json, sys
def once(pairs):
    names = [name for name, _ in pairs]
    # Units of random events may repeat; they begin with an a, like all their ids.
    are_units = all(name.startswith("a") for name in names)
    assert are_units or len(names) == len(set(names)), names
    return dict(pairs)
kinds = set()
with open(sys.argv[1], encoding="utf-8", errors="replace", newline="\n") as lines:
    for line in lines:
        event = json.loads(line, object_pairs_hook=once)
        kinds.add(event["type"])
        assert isinstance(event["details"], dict)
assert len(kinds) == )" + std::to_string(schemas::event_kinds_count) +
                                   ", kinds\n",
                               lines),
              "");
}

TEST(EventText, EveryKindIsARowOfCsv) {
    std::string rows;
    append_csv_header(rows);
    rows += rows_of_every_kind([](std::string& out, const Event& event) {
        append_event_csv(out, event, BatchBlock{}, 6);
    });
    EXPECT_EQ(complaints_about(R"(
import csv, json, sys
csv.field_size_limit(10**9)
with open(sys.argv[1], encoding="utf-8", errors="replace", newline="") as file:
    for row in csv.DictReader(file, strict=True):
        assert None not in row and None not in row.values(), row
        assert isinstance(json.loads(row["details"]), dict)
)",
                               rows),
              "");
}

/// The details of one event.
std::string details_of(EventBody body) {
    Event event;
    event.body = std::move(body);
    std::string line;
    append_event_json(line, event, BatchBlock{}, 2);
    const std::size_t begin = line.find("\"details\":") + 10;
    return line.substr(begin, line.find(",\"epoch\"") - begin);
}

TEST(EventText, SaysWhatIsArranged) {
    EXPECT_EQ(details_of(BudgetSet{{"b", "ada", "", Credits{500}, BudgetWindow::rolling, 24, -7}}),
              R"({"id":"b","user":"ada","limit":5,"window":"rolling","hours":24,"utc_offset":-7})");
    EXPECT_EQ(details_of(BudgetSet{{"b", "", "", Credits{500}, BudgetWindow::day, 0, 0}, true}),
              R"({"id":"b","limit":5,"window":"day","utc_offset":0,"begins":true})");
    EXPECT_EQ(details_of(AlertSet{{"low", {}, 15, Credits{250}}}),
              R"({"id":"low","percent":15,"recovered_at":2.5})");
    EXPECT_EQ(details_of(BalanceAlerted{"low", AlertNews::recovered, Credits{250}}),
              R"({"alert":"low","news":"recovered","threshold":2.5})");
    EXPECT_EQ(
        details_of(TopUpAsked{"small", Credits{100}, Money{99, Currency::of("USD")}, 2}),
        R"({"package":"small","credits":1,"price":{"amount":99,"currency":"USD"},"number":2})");
    EXPECT_EQ(details_of(ReferralRewarded{"ada", true, {}, {}, {}}),
              R"({"partner":"ada","is_referrer":true})");
    EXPECT_EQ(details_of(ClockAdvanced{}), "{}");
}

TEST(EventText, NamesWhatIsWaivedOnlyWhereSomethingIs) {
    CreditsDeducted body;
    EXPECT_EQ(details_of(body).find("waived"), std::string::npos);
    body.waived = Credits{150};
    EXPECT_NE(details_of(body).find(R"("waived":1.5)"), std::string::npos);
}

}  // namespace
}  // namespace creditd::replay::tool
