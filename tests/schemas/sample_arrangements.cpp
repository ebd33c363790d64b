#include "tests/schemas/sample_arrangements.hpp"

#include "tests/schemas/sample_events.hpp"
#include "tests/schemas/sample_times.hpp"

namespace creditd::tests {
namespace {

GrantTerms plan_terms() {
    return GrantTerms{GrantKind::plan,
                      5,
                      noon,
                      next_month,
                      {"image.generate", "chat"},
                      Money{1999, Currency::of("EUR")},
                      Credits{2'000'000'000}};
}

Subscription sample_subscription() {
    Subscription subscription;
    subscription.plan = "pro";
    subscription.interval = Interval::year;
    subscription.source = SubscriptionSource::provider;
    subscription.status = SubscriptionStatus::past_due;
    subscription.unlimited = true;
    subscription.credits = Credits{2'000'000'000};
    subscription.features = {"image.generate", "chat"};
    subscription.alerts = {20, 5};
    subscription.started_at = Timestamp{noon.value - 7};
    subscription.anchor = Timestamp{noon.value - 5};
    subscription.cycle = 3;
    subscription.period_start = noon;
    subscription.period_end = next_year;
    subscription.cancel_at_period_end = true;
    subscription.next_plan = "team";
    subscription.next_interval = Interval::year;
    subscription.grace_until = next_month;
    return subscription;
}

BudgetTerms sample_budget_terms() {
    return {"daily-ada", "ada", "image.generate", Credits{50'000'000}, BudgetWindow::rolling,
            24,          -7};
}

AlertTerms sample_alert_terms() { return {"low", Credits{10'000'000}, 15, Credits{12'000'000}}; }

AutoTopUpTerms sample_top_up_terms() {
    return {"starter", Credits{5'000'000}, 4, Duration::seconds(3600)};
}

/// What a sample of OfferSet offers.
template <class Kind>
Kind offered(const Event& event) {
    return std::get<Kind>(std::get<OfferSet>(event.body).offer);
}

Usage waived_usage() {
    Usage usage;
    usage.feature = "image.hd";
    usage.price_book = 12;
    usage.lines = {{"flat", Credits{2'500'000}}};
    usage.user = "user-77";
    return usage;
}

}  // namespace

std::vector<EventBody> sample_arrangement_bodies() {
    return {
        SubscriptionMoved{SubscriptionStep::changed,
                          sample_subscription(),
                          "free",
                          {{GrantId::of(Seq{4}, 0), Credits{1'500'000}},
                           {GrantId::of(Seq{9}, 3), Credits{250'000}}},
                          Credits{2'000'000'000},
                          plan_terms(),
                          Credits{1'000}},
        PromotionRedeemed{"WELCOME", Credits{3'000'000}, plan_terms(), Credits{2'000}},
        ReferralMade{"acc-9"},
        ReferralRewarded{"acc-9", true, Credits{3'000'000}, plan_terms(), Credits{3'000}},
        BudgetSet{sample_budget_terms()},
        BudgetRemoved{"daily-ada"},
        AlertSet{sample_alert_terms()},
        AlertRemoved{"low"},
        BalanceAlerted{"low", AlertNews::depleted, Credits{10'000'000}},
        AutoTopUpSet{sample_top_up_terms()},
        AutoTopUpRemoved{},
        TopUpAsked{"starter", Credits{110'000'000}, Money{999, Currency::of("USD")}, 2},
        ClockAdvanced{},
        EndpointSet{sample_endpoint()},
        EndpointRemoved{"ep_41"},
    };
}

std::vector<LaterSample> sample_later_fields() {
    Plan alerting;
    alerting.id = "pro";
    alerting.alerts = {20, 5};
    HoldSummary hold;
    hold.id = HoldId{40};
    hold.expires_at = next_year;
    HoldPlaced placed;
    placed.hold = hold;
    placed.usage = waived_usage();
    placed.waived = Credits{2'500'000};
    HoldCaptured captured;
    captured.hold = hold;
    captured.hold.status = HoldStatus::captured;
    captured.usage = waived_usage();
    captured.waived = Credits{2'500'000};
    CreditsDeducted deducted;
    deducted.usage = waived_usage();
    deducted.waived = Credits{2'500'000};
    CreditsRefunded refunded;
    refunded.deduction = DeductionId{30};
    refunded.user = "user-77";
    refunded.feature = "image.hd";
    refunded.deducted_at = noon;
    refunded.model = "flux-pro";
    CommandRefused refused;
    refused.refusal = Refusal{RefusalCode::budget_exceeded, Credits{5'000'000}, Credits{1'000'000},
                              Credits{4'000'000}};
    refused.refusal.detail.touch() = {"daily-ada", "24h", next_month, {}, {}, {}};
    CommandRefused misfit;
    misfit.refusal.code = RefusalCode::units_invalid;
    misfit.feature = "video";
    misfit.refusal.detail.touch().name = "seconds";
    misfit.refusal.detail.touch().fault = UnitFault::beyond;
    LedgerOpened opened;
    opened.test_clock = true;
    SubscriptionMoved resumed;
    resumed.step = SubscriptionStep::resumed;
    resumed.subscription.plan = "pro";
    SubscriptionMoved heard;
    heard.step = SubscriptionStep::heard;
    heard.subscription.plan = "pro";
    heard.subscription.heard = {"sub_1PQr", noon, next_month};
    return {{"waived_deduction", deducted},
            {"waived_hold", placed},
            {"waived_capture", captured},
            {"refund_to_budgets", refunded},
            {"budget_refusal", refused},
            {"unit_refusal", misfit},
            {"test_ledger", opened},
            {"alerting_plan", OfferSet{alerting, 17}},
            {"subscription_without_grant", resumed},
            {"subscription_that_was_heard_of", heard},
            {"budget_that_begins", BudgetSet{sample_budget_terms(), true}}};
}

Arrangements sample_arrangements() {
    Arrangements result;
    result.subscription = sample_subscription();
    BudgetTerms monthly;
    monthly.id = "monthly";
    monthly.limit = Credits{900'000'000};
    result.budgets = {{sample_budget_terms(), {{noon, Credits{1}}, {next_month, Credits{2}}}},
                      {monthly, {}}};
    result.alerts = {{{"empty", {}, 0, {}}, AlertLevel::normal},
                     {sample_alert_terms(), AlertLevel::low}};
    result.auto_top_up = {sample_top_up_terms(), false, noon, 3};
    result.redemptions = {{"SPRING", 1}, {"WELCOME", 2}};
    result.referrer = "acc-9";
    result.referral_rewarded = true;
    return result;
}

std::vector<Account> arranged_accounts() {
    std::vector<Account> accounts;
    accounts.emplace_back("arranged", noon);
    accounts.back().touch_arrangements() = sample_arrangements();
    Hold hold;
    hold.id = HoldId{40};
    hold.expires_at = next_year;
    hold.usage = waived_usage();
    hold.waived = Credits{2'500'000};
    accounts.back().touch_extra().holds.push_back(std::move(hold));
    accounts.emplace_back("referred", noon);
    accounts.back().touch_arrangements().referrer = "arranged";
    return accounts;
}

std::vector<Account> counting_accounts() {
    std::vector<Account> accounts = arranged_accounts();
    for (Budget& budget : accounts.front().touch_arrangements().budgets)
        budget.counts_from = Seq{9};
    return accounts;
}

schemas::LedgerImage arranged_ledger() {
    schemas::LedgerImage image;
    image.head.seq = Seq{42};
    image.head.time = noon;
    image.head.test_clock = true;
    image.catalog.price_book = 20;
    const auto special = special_events();
    const auto plan = offered<Plan>(sample_events().at(25));
    const auto package = offered<Package>(special.at("offered_package"));
    const auto promotion = offered<Promotion>(special.at("offered_promotion"));
    image.catalog.plans.emplace(plan.id, Offered<Plan>{plan, noon, next_year});
    image.catalog.packages.emplace(package.id, Offered<Package>{package, noon, next_year});
    image.catalog.promotions.emplace(promotion.code,
                                     Offered<Promotion>{promotion, noon, next_year});
    image.catalog.settings = offered<CatalogSettings>(special.at("offered_settings"));
    image.redemptions = {{"SPRING", 1}, {"WELCOME", 5'000'000'000}};
    image.account_count = 66;
    return image;
}

Endpoint sample_endpoint() {
    return {"ep_41",    "https://example.com/hooks?team=1",
            "the shop", {"credits.granted", "hold.placed"},
            "org-1:",   EndpointStatus::failing,
            3,          next_month};
}

schemas::LedgerImage connected_ledger() {
    schemas::LedgerImage image;
    image.head.seq = Seq{42};
    image.head.time = noon;
    const Endpoint full = sample_endpoint();
    Endpoint bare;
    bare.id = "ep_40";
    bare.url = "https://example.org";
    image.catalog.endpoints.emplace(full.id, Offered<Endpoint>{full, noon, next_year});
    image.catalog.endpoints.emplace(bare.id, Offered<Endpoint>{bare, noon, noon});
    return image;
}

}  // namespace creditd::tests
