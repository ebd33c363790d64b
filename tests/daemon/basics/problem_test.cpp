#include "daemon/basics/problem.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "text/json_tape.hpp"

namespace creditd::daemon {
namespace {

// The codes that clients are promised, by status.
const std::map<int, std::set<std::string>> promised = {
    {400,
     {"invalid_request", "amount_precision", "amount_range", "idempotency_key_missing",
      "signature_invalid"}},
    {401, {"unauthorized"}},
    {402, {"insufficient_credits", "budget_exceeded"}},
    {403, {"insufficient_scope"}},
    {404,
     {"route_not_found", "account_not_found", "grant_not_found", "transaction_not_found",
      "hold_not_found", "feature_not_found", "plan_not_found", "package_not_found",
      "promotion_not_found", "order_not_found", "endpoint_not_found", "key_not_found",
      "subscription_not_found", "budget_not_found", "alert_not_found", "auto_top_up_not_found",
      "notification_not_found"}},
    {405, {"method_not_allowed"}},
    {408, {"request_timeout"}},
    {409,
     {"account_closed", "account_exists", "hold_closed", "payment_conflict", "order_closed",
      "already_redeemed", "subscription_exists", "order_exists", "notification_closed"}},
    {411, {"length_required"}},
    {412, {"version_mismatch"}},
    {413, {"content_too_large"}},
    {414, {"uri_too_long"}},
    {415, {"unsupported_media_type"}},
    {422,
     {"idempotency_key_reused", "feature_inactive", "units_invalid", "option_unknown",
      "capture_exceeds_hold", "refund_exceeds_deduction", "revoke_exceeds_grant", "balance_range",
      "cross_shard", "promotion_exhausted", "promotion_inactive", "not_refundable",
      "subscription_source", "clock_not_testable", "endpoint_limit", "tz_invalid",
      "payment_unmatched"}},
    {429, {"rate_limited", "refusal_limit"}},
    {431, {"header_fields_too_large"}},
    {502, {"provider_failed"}},
    {503, {"overloaded", "recovering", "disk_full", "clock_suspect", "ledger_suspect"}},
};

std::string member(JsonValue object, std::string_view name) {
    for (const JsonValue value : object) {
        if (value.key() == name) return std::string(value.text());
    }
    return "(absent)";
}

TEST(Problem, TheTableHoldsWhatIsPromised) {
    std::map<int, std::set<std::string>> found;
    for (const ProblemInfo& info : problem_table()) {
        EXPECT_TRUE(found[info.status].insert(std::string(info.name)).second) << info.name;
    }
    EXPECT_EQ(found, promised);
}

TEST(Problem, EveryRowHasWordsOfItsOwn) {
    std::set<std::string_view> names;
    std::set<std::string_view> titles;
    for (const ProblemInfo& info : problem_table()) {
        EXPECT_TRUE(names.insert(info.name).second) << info.name;
        EXPECT_TRUE(titles.insert(info.title).second) << info.title;
        EXPECT_FALSE(info.title.empty() || info.title.ends_with('.')) << info.name;
        EXPECT_TRUE(info.detail.ends_with('.')) << info.name;
        EXPECT_EQ(info.detail.find('\n'), std::string_view::npos) << info.name;
    }
}

TEST(Problem, EveryCodeRendersAndHasAPage) {
    JsonDocument document;
    for (const ProblemInfo& info : problem_table()) {
        std::string body;
        render_problem(body, {.code = info.code, .instance = "/v1/x"});
        const auto parsed = document.parse(body);
        ASSERT_TRUE(parsed.has_value()) << body;
        EXPECT_EQ(member(*parsed, "type"), "/problems/" + problem_slug(info.code));
        EXPECT_EQ(member(*parsed, "title"), info.title);
        EXPECT_EQ(member(*parsed, "status"), std::to_string(info.status));
        EXPECT_EQ(member(*parsed, "detail"), info.detail);
        EXPECT_EQ(member(*parsed, "instance"), "/v1/x");
        EXPECT_EQ(member(*parsed, "code"), info.name);
        EXPECT_EQ(problem_by_slug(problem_slug(info.code)), info.code);
        const std::string page = problem_page(info.code);
        EXPECT_NE(page.find(info.name), std::string::npos);
        EXPECT_NE(page.find(info.title), std::string::npos);
    }
    EXPECT_FALSE(problem_by_slug("nothing-such"));
    EXPECT_FALSE(problem_by_slug("invalid_request"));
}

TEST(Problem, RendersFieldsOfTheCode) {
    std::string body;
    render_problem(body, {.code = ProblemCode::insufficient_credits,
                          .detail = "Needs 5, has 2.",
                          .instance = "/v1/accounts/a/deductions",
                          .extra_members = R"("required":5,"available":2,"shortfall":3)"});
    EXPECT_EQ(body,
              R"({"type":"/problems/insufficient-credits","title":"There are not enough credits",)"
              R"("status":402,"detail":"Needs 5, has 2.","instance":"/v1/accounts/a/deductions",)"
              R"("code":"insufficient_credits","required":5,"available":2,"shortfall":3})");
}

TEST(Problem, RendersErrorsOfFields) {
    const std::vector<FieldError> errors = {{"#/a", "is required"}, {"#/b\"", "is \n odd"}};
    std::string body;
    render_problem(body, {.errors = errors});
    EXPECT_NE(body.find(R"("errors":[{"pointer":"#/a","detail":"is required"},)"
                        R"({"pointer":"#/b\"","detail":"is \n odd"}])"),
              std::string::npos)
        << body;
}

TEST(Problem, HostileTextStaysInsideItsString) {
    JsonDocument document;
    std::string body;
    const std::string hostile = "/v1/\"},{\"\xff\xc0\r\n\x01";
    render_problem(body, {.detail = hostile, .instance = hostile});
    EXPECT_TRUE(document.parse(body).has_value()) << body;
}

TEST(Problem, FaultsOfFieldsHaveCodes) {
    EXPECT_EQ(problem_of(FieldFault::invalid), ProblemCode::invalid_request);
    EXPECT_EQ(problem_of(FieldFault::amount_precision), ProblemCode::amount_precision);
    EXPECT_EQ(problem_of(FieldFault::amount_range), ProblemCode::amount_range);
    EXPECT_TRUE(wants_retry_after(ProblemCode::refusal_limit));
    EXPECT_TRUE(wants_retry_after(ProblemCode::recovering));
    EXPECT_FALSE(wants_retry_after(ProblemCode::insufficient_credits));
}

}  // namespace
}  // namespace creditd::daemon
