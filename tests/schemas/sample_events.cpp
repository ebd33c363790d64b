#include "tests/schemas/sample_events.hpp"

#include "tests/schemas/sample_arrangements.hpp"
#include "tests/schemas/sample_payments.hpp"
#include "tests/schemas/sample_times.hpp"

namespace creditd::tests {
namespace {

/// Bytes first, first + 1, … so that a shifted or reversed array shows.
template <class Bytes>
Bytes counting(std::uint8_t first) {
    Bytes result;
    for (auto& byte : result.bytes) byte = first++;
    return result;
}

Origin sample_origin(Seq seq) {
    return Origin{"7d444840-9dc0-11d1-b245-5ffdce74fad2",
                  counting<Digest>(0x10),
                  counting<Digest>(0x40),
                  "key_9",
                  "4bf92f3577b34da6a3ce929d0e0e4736",
                  Seq{seq.value - 2},
                  Operation::batch};
}

GrantTerms sample_terms() {
    return GrantTerms{GrantKind::purchase,
                      7,
                      noon,
                      next_year,
                      {"image.generate", "chat"},
                      Money{4999, Currency::of("USD")},
                      Credits{5'000'000'000}};
}

std::vector<GrantPart> sample_parts() {
    return {{GrantId::of(Seq{4}, 0), Credits{1'500'000}},
            {GrantId::of(Seq{9}, 3), Credits{250'000}}};
}

Usage sample_usage() {
    return Usage{
        "image.generate", 3,          12, {{"base", Credits{1'000'000}}, {"hd", Credits{750'001}}},
        "user-77",        "flux-pro", {}, {}};
}

HoldSummary sample_hold(HoldStatus status) {
    return HoldSummary{HoldId{40}, Credits{9'000'000}, Credits{2'000'000}, Credits{7'000'000},
                       status,     next_year,          OnExpiry::capture};
}

Money dollars(std::int64_t cents) { return {cents, Currency::of("USD")}; }

Plan sample_plan() {
    Plan plan;
    plan.id = "pro";
    plan.name = "Pro";
    plan.description = "For studios";
    plan.active = false;
    plan.unlimited = true;
    plan.credits = Credits{500'000'000};
    plan.prices = {{Interval::month, dollars(2900)}, {Interval::year, dollars(29'000)}};
    plan.rollover = Rollover::capped;
    plan.rollover_max = Credits{100'000'000};
    plan.on_change = Leftover::expire;
    plan.on_end = Leftover::keep;
    plan.priority = 40;
    plan.features = {"chat", "image.generate"};
    plan.trial_days = 14;
    plan.grace_days = 7;
    return plan;
}

Package sample_package() {
    return {"p500",        "500 credits",        "Most popular",
            false,         Credits{500'000'000}, Credits{40'000'000},
            dollars(3500), Duration::days(365),  Duration::days(30)};
}

Promotion sample_promotion() {
    return {"SPRING",  "Spring sale", false, Credits{10'000'000}, noon,
            next_year, 1000,          2,     Duration::days(30),  20,
            {"chat"}};
}

CatalogSettings sample_settings() {
    CatalogSettings settings;
    settings.time_zone = "Europe/Berlin";
    settings.signup_credits = Credits{6'000'000};
    settings.signup_expires_in = Duration::days(90);
    settings.signup_plan = "free";
    settings.custom = {Credits{10'000'000}, Credits{900'000'000}, dollars(10), Credits{1'000'000}};
    settings.referral = {Credits{5'000'000}, Credits{3'000'000}, Duration::days(60)};
    settings.top_up_url = "https://shop.example/credits";
    settings.public_pricing = false;
    settings.claw_back = ClawBack::write_off;
    return settings;
}

std::vector<EventBody> sample_bodies() {
    return {
        LedgerOpened{counting<Digest>(0xa0).bytes, 2},
        EpochClaimed{Epoch{3}},
        AccountCreated{"org-1", Credits{10'000'000}},
        AccountUpdated{"org-2", Credits{20'000'000}, Seq{41}},
        AccountClosed{},
        AccountReopened{},
        CreditsGranted{Credits{5'000'000'000}, sample_terms(), Credits{1'000}},
        CreditsPurchased{Credits{5'000'000'000}, sample_terms(), Credits{2'000}, "stripe",
                         "pi_3MtwBwLkdIwHu7ix", counting<Digest>(0x70),
                         Money{4999, Currency::of("USD")}},
        PurchaseRepeated{Seq{17}},
        GrantActivated{GrantId::of(Seq{5}, 1), Credits{600'000}, Credits{100'000}},
        GrantExpired{GrantId::of(Seq{5}, 1), Credits{600'000}},
        GrantRevoked{GrantId::of(Seq{5}, 1), Credits{600'000}, true},
        CreditsDeducted{Credits{1'750'001}, Credits{2'000'000}, true, sample_usage(),
                        sample_parts(), Credits{1}},
        CreditsRefunded{DeductionId{30},
                        Credits{1'750'001},
                        Credits{1'750'001},
                        Credits{1},
                        {{GrantId::of(Seq{9}, 3), GrantId::of(Seq{42}, 0), Credits{250'000},
                          RestoredInto::new_grant, Credits{250'000}, sample_terms()},
                         {GrantId::of(Seq{4}, 0), GrantId::of(Seq{4}, 0), Credits{1'500'000},
                          RestoredInto::same_grant, Credits{3'000'000}, sample_terms()}},
                        {},
                        {},
                        {},
                        {}},
        HoldPlaced{sample_hold(HoldStatus::open), sample_usage(), sample_parts(), Credits{5}},
        HoldExtended{sample_hold(HoldStatus::open), Credits{1'000'000}, sample_parts(), Credits{6}},
        HoldCaptured{sample_hold(HoldStatus::captured), Credits{2'000'000}, sample_usage(),
                     sample_parts(), Credits{7}, Credits{8}, sample_parts()},
        HoldReleased{sample_hold(HoldStatus::expired), Credits{7'000'000}, sample_parts()},
        TransferredOut{"acc-2", Credits{1'750'000}, sample_parts()},
        TransferredIn{
            "acc-1",
            Credits{1'750'000},
            {{GrantId::of(Seq{4}, 0), Credits{1'500'000}, Credits{11}, sample_terms()},
             {GrantId::of(Seq{9}, 3), Credits{250'000}, Credits{12}, sample_terms()}},
            Balances{Credits{9'000'000}, Credits{7'250'000}, Credits{7'000'000}, Credits{250'000}}},
        CommandRefused{Operation::hold,
                       Refusal{RefusalCode::insufficient_credits, Credits{5'000'000},
                               Credits{1'000'000}, Credits{4'000'000}},
                       "image.generate", 3},
        FeatureSet{"image.generate",
                   "Images",
                   "media",
                   "One picture",
                   Credits{1'000'000},
                   false,
                   13,
                   {},
                   {}},
        FeatureRemoved{"image.generate", 14},
        ApiKeyCreated{"key_9", "backend", 0x2b, "org-1:", next_year, counting<Hash256>(0xc0)},
        ApiKeyRevoked{"key_9"},
        OfferSet{sample_plan(), 15},
        OfferRemoved{OfferKind::promotion, "SPRING", 16},
    };
}

}  // namespace

Event typical_deduction() {
    Event event;
    event.seq = Seq{123'456'789};
    event.time = noon;
    event.account_no = AccountNo{4711};
    event.account = "user-0004711";
    event.balances = Balances{Credits{100'000'000}, Credits{97'500'000}, Credits{97'500'000}, {}};
    event.origin = Origin{"7d444840-9dc0-11d1-b245-5ffdce74fad2",
                          counting<Digest>(0x10),
                          counting<Digest>(0x40),
                          "key_9",
                          "",
                          event.seq,
                          Operation::deduct};
    CreditsDeducted body;
    body.amount = body.required = Credits{2'500'000};
    body.usage.feature = "image.hd";
    body.usage.price_book = 12;
    body.usage.lines = {{"flat", body.required}};
    body.burned = {{GrantId::of(Seq{4096}, 0), body.amount}};
    event.body = std::move(body);
    return event;
}

namespace {

Event measured_deduction() {
    Event event = typical_deduction();
    auto& body = std::get<CreditsDeducted>(event.body);
    body.usage.lines = {{"per seconds", Credits{2'000'000}}, {"option hd", Credits{500'000}}};
    body.usage.units = {{"seconds", Measure{12'500'000}}, {"frames", Measure{24}}};
    body.usage.options = {"hd", "logo"};
    return event;
}

FeatureSet ruled_feature() {
    FeatureSet body;
    body.key = "video";
    body.price = Credits{1'000'000};
    body.price_book = 3;
    body.rules.per = {
        {Credits{20'000'000}, "seconds", Measure{10'000'000}, StepRounding::up, {}},
        {Credits{10'000}, "gb", Measure{Measure::one}, StepRounding::exact, "months"}};
    body.rules.tiers = {{"pages", {{Measure{5'000'000}, Credits{25}}, {Measure{}, Credits{50}}}}};
    body.rules.options = {{"4k", {1'000'000, Credits{7}}}, {"slow", {-250'000, {}}}};
    body.rules.conditions = {{"seconds", Measure{5'000'000}, {500'000, {}}}};
    body.rules.minimum = Credits{};
    body.rules.maximum = Credits{9'000'000};
    return body;
}

CreditsPurchased package_purchase() {
    CreditsPurchased body;
    body.amount = Credits{500'000'000};
    body.terms = sample_terms();
    body.provider = "stripe";
    body.payment_id = "pi_3MtwBwLkdIwHu7ix";
    body.payment_digest = counting<Digest>(0x70);
    body.payment = dollars(3500);
    body.package = "p500";
    body.bonus = Credits{40'000'000};
    body.bonus_terms.kind = GrantKind::bonus;
    body.bonus_terms.expires_at = next_year;
    body.bonus_debt_repaid = Credits{3};
    return body;
}

Event catalog_event(EventBody body) {
    Event event;
    event.seq = Seq{77};
    event.time = noon;
    event.body = std::move(body);
    return event;
}

Event account_event(EventBody body) {
    Event event = typical_deduction();
    event.body = std::move(body);
    return event;
}

}  // namespace

std::map<std::string, Event> special_events() {
    return {{"typical_deduction", typical_deduction()},
            {"measured_deduction", measured_deduction()},
            {"package_purchase", account_event(package_purchase())},
            {"account_with_credits", account_event(AccountCreated{"", {}, 1})},
            {"ruled_feature", catalog_event(ruled_feature())},
            {"offered_package", catalog_event(OfferSet{sample_package(), 4})},
            {"offered_promotion", catalog_event(OfferSet{sample_promotion(), 5})},
            {"offered_settings", catalog_event(OfferSet{sample_settings(), 6})}};
}

Event sample_event(EventBody body) {
    Event event;
    event.seq = Seq{42};
    event.time = noon;
    event.account_no = AccountNo{7};
    event.account = "acc-1";
    event.balances =
        Balances{Credits{-5'000'000}, Credits{4'000'000}, Credits{2'900'000}, Credits{1'000'000}};
    event.origin = sample_origin(event.seq);
    event.personal_hash = counting<Hash256>(0xe0);
    event.body = std::move(body);
    return event;
}

std::vector<Event> sample_events() {
    std::vector<Event> events;
    for (EventBody& body : sample_bodies()) events.push_back(sample_event(std::move(body)));
    for (EventBody& body : sample_arrangement_bodies()) {
        events.push_back(sample_event(std::move(body)));
    }
    for (EventBody& body : sample_payment_bodies()) events.push_back(sample_event(std::move(body)));
    return events;
}

schemas::Salt sample_salt() { return counting<Digest>(0x01).bytes; }

schemas::PersonalPart sample_personal() {
    return {"Ada Lovelace", R"({"order":"o-17"})", "Picture of a cat",
            "goodwill",     R"({"tier":"gold"})",  "pictures/17"};
}

}  // namespace creditd::tests
