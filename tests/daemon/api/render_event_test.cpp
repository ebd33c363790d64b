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

/// A purchase whose payment had been refunded before: what follows is part of the operation.
std::vector<DecidedEvent> purchase_and_what_follows() {
    Event bought = deduction();
    CreditsPurchased purchase;
    purchase.amount = Credits{9'000'000};
    bought.body = purchase;
    bought.origin.reset();
    Event reversed = deduction();
    reversed.seq = Seq{43};
    reversed.body = PaymentReversed{};
    return {{bought, {}}, {reversed, {}}};
}

TEST(RenderEvent, APurchaseIsAnsweredByItselfWhateverFollows) {
    const std::vector<DecidedEvent> events = purchase_and_what_follows();
    const PersonalFields personal;
    const AnswerRecords records(events, 0, 2, personal);
    std::string out;
    render_answer(out, records.span(), 6);
    EXPECT_TRUE(out.starts_with(R"({"id":"txn_42","seq":43,"type":"purchase")")) << out;
    EXPECT_EQ(status_of_answer(records.span()), 201U);
}

TEST(RenderEvent, WhatFollowsAPurchaseIsOfTheSameOperation) {
    std::vector<EventRecord> records;
    const std::vector<DecidedEvent> events = purchase_and_what_follows();
    const Event other = deduction();
    const PersonalFields personal;
    for (const DecidedEvent& one : events) records.emplace_back(one.event, personal);
    records.emplace_back(other, personal);
    const auto operations = split_operations(records);
    ASSERT_EQ(operations.size(), 2U);
    EXPECT_EQ(operations[0].size(), 2U);
    EXPECT_EQ(operations[1].size(), 1U);
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
