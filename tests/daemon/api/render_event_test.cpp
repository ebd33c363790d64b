// Answers rendered from their events: golden JSON, so that a repeated key gets the bytes that the
// first request got, also from a later version.
#include "daemon/api/render_event.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon {
namespace {

Event deduction() {
    Event event;
    event.seq = Seq{42};
    event.time = Timestamp{1'700'000'000'123'456};
    event.account_no = AccountNo{3};
    event.account = "alice";
    event.balances = {Credits{10'000'000}, Credits{7'500'000}, Credits{7'000'000},
                      Credits{500'000}};
    CreditsDeducted body;
    body.amount = Credits{2'500'000};
    body.burned = {{GrantId::of(Seq{7}, 0), Credits{1'000'000}},
                   {GrantId::of(Seq{7}, 2), Credits{1'500'000}}};
    event.body = body;
    event.origin = Origin{};
    return event;
}

std::string answer(const Event& event, const PersonalFields& personal = {}) {
    const EventRecord record(event, personal);
    std::string out;
    render_answer(out, std::span(&record, 1), 6);
    return out;
}

TEST(RenderEvent, ADeductionIsAPromise) {
    const std::string_view golden =
        R"({"id":"txn_42","seq":42,"type":"deduction","account":"alice","amount":2.5,"delta)"
        R"(":-2.5,"balance":{"before":10,"after":7.5},"available":7,"feature":null,"quantit)"
        R"(y":null,"units":null,"lines":[],"price_book":null,"burned":[{"grant":"grt_7","am)"
        R"(ount":1},{"grant":"grt_7_2","amount":1.5}],"user":null,"model":null,"resource":n)"
        R"(ull,"metadata":null,"description":null,"created_at":"2023-11-14T22:13:20.123456Z)"
        R"("})";
    EXPECT_EQ(answer(deduction()), golden);
}

// What an unlimited plan covers is not missing.
TEST(RenderEvent, NothingIsShortWhereAPlanPays) {
    Event event = deduction();
    CreditsDeducted body;
    body.required = body.waived = Credits{3'000'000};
    body.partial_allowed = true;
    event.body = body;
    EXPECT_NE(answer(event).find(R"("waived":3,"required":3,"shortfall":0,)"), std::string::npos);
}

TEST(RenderEvent, TheSameEventGivesTheSameBytes) {
    PersonalFields personal;
    personal.description = "a \"b\" \n";
    EXPECT_EQ(answer(deduction(), personal), answer(deduction(), personal));
    EXPECT_NE(answer(deduction(), personal), answer(deduction()));
}

TEST(RenderEvent, ATransactionHasTheSameFields) {
    const Event event = deduction();
    const PersonalFields personal;
    const EventRecord record(event, personal);
    EXPECT_EQ(transaction_type(event), "deduction");
    EXPECT_EQ(status_of_answer(std::span(&record, 1)), 201U);
}

TEST(RenderEvent, CsvKeepsSpreadsheetsFromCalculating) {
    const Event event = deduction();
    PersonalFields personal;
    personal.description = "=1+1";
    std::string line;
    append_csv_line(line, EventRecord(event, personal), 6);
    EXPECT_NE(line.find("'=1+1"), std::string::npos);
    EXPECT_TRUE(line.ends_with("\r\n"));
}

}  // namespace
}  // namespace creditd::daemon
