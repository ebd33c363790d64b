#include "tests/properties/random_history.hpp"

#include <algorithm>

#include "replay/sha256.hpp"

namespace creditd::tests {
namespace {

constexpr std::size_t accounts_max = 6;
const std::vector<std::string> feature_keys{"archive", "image", "render", "text", "video"};
const std::vector<std::string> plan_ids{"basic", "free", "premium", "trial"};
const std::vector<std::string> package_ids{"large", "small"};
const std::vector<std::string> codes{"SPRING", "WELCOME"};
const std::vector<std::string> users{"", "ann", "bob"};

}  // namespace

void RandomHistory::begin() {
    ReplaceCatalog catalog;
    for (const std::string& key : feature_keys) catalog.features.push_back(feature(key));
    for (const std::string& id : plan_ids) {
        catalog.offers.emplace_back(random_plan(random_, id, feature_keys));
    }
    for (const std::string& id : package_ids) {
        catalog.offers.emplace_back(random_package(random_, id));
    }
    for (const std::string& code : codes) {
        catalog.offers.emplace_back(random_promotion(random_, code, world_.now(), feature_keys));
    }
    catalog.offers.emplace_back(random_settings(random_, plan_ids));
    world_.run(catalog);
    for (std::size_t i = 0; i < accounts_max; ++i) {
        accounts_.push_back("account-" + std::to_string(i));
        world_.run(put_account(accounts_.back()));
    }
}

void RandomHistory::step() {
    let_time_pass();
    if (random_.one_in(30)) {
        std::vector<CommandBody> bodies;
        for (std::uint64_t i = 0; i <= random_.below(3); ++i) {
            bodies.emplace_back(deduction(any_account()));
            if (random_.one_in(2)) bodies.push_back(transfer());
        }
        world_.run_atomic(std::move(bodies));
        return;
    }
    world_.run(any_command());
}

void RandomHistory::let_time_pass() {
    if (random_.one_in(3)) world_.advance(Duration::seconds(random_.between(1, 3'600)));
    if (random_.one_in(12)) world_.advance(Duration::days(random_.between(1, 6)));
    if (random_.one_in(120)) world_.advance(Duration::days(random_.between(20, 70)));
    if (random_.one_in(9)) world_.sweep_due();
}

CommandBody RandomHistory::any_command() {
    switch (random_.below(32)) {
        case 0:
        case 1:
        case 2: return grant();
        case 3:
        case 4: return random_.one_in(2) ? CommandBody(purchase()) : news_of_a_payment();
        case 5:
        case 6:
        case 7:
        case 8:
        case 9: return about_holds();
        case 10:
        case 11:
        case 12: return refund();
        case 13: return revocation();
        case 14:
        case 15: return transfer();
        case 16:
        case 17: return RedeemPromotion{any_account(), random_.any_of(codes)};
        case 18: return ReferAccount{any_account(), any_account()};
        case 19:
        case 20: return about_subscriptions();
        case 21: return about_arrangements();
        case 22: return about_the_catalog();
        case 23: return put_account(any_account());
        case 24:
            if (random_.one_in(8)) return CloseAccount{any_account()};
            if (++reopened_ % 4 == 0) return ForgetAccount{any_account()};
            return ReopenAccount{any_account()};
        default: return deduction(any_account());
    }
}

// --- using ---------------------------------------------------------------------------------------

PriceRequest RandomHistory::price() {
    PriceRequest price;
    price.user = random_.any_of(users);
    if (random_.one_in(4)) {
        price.amount = random_.amount(3'000);
        return price;
    }
    price.feature = random_.any_of(feature_keys);
    const auto& features = world_.state().catalog().features;
    const auto found = features.find(price.feature);
    if (found == features.end()) return price;
    Use use = random_use(random_, found->second.set.rules);
    price.quantity = use.quantity;
    price.units = std::move(use.units);
    price.options = std::move(use.options);
    return price;
}

DeductCredits RandomHistory::deduction(const std::string& account) {
    return {account, price(), random_.one_in(4)};
}

PlaceHold RandomHistory::hold(const std::string& account) {
    const Duration length = random_.one_in(3) ? Duration::days(random_.between(1, 30))
                                              : Duration::seconds(random_.between(1, 7'200));
    return {account, price(), length, random_.one_in(2) ? OnExpiry::capture : OnExpiry::release};
}

CommandBody RandomHistory::about_holds() {
    const HoldId id = recent(world_.facts().holds());
    switch (random_.below(8)) {
        case 0:
        case 1: {
            CaptureHold capture{id, {}, random_.one_in(3)};
            if (!random_.one_in(3)) capture.amount = random_.amount(1'500);
            return capture;
        }
        case 2: {
            CaptureHold capture{id, {}, random_.one_in(2)};
            capture.units = {{"seconds", Measure{random_.magnitude(8)}}};
            return capture;
        }
        case 3: {
            ExtendHold extend{id, {}, {}};
            if (random_.one_in(2)) extend.expires_in = Duration::days(random_.between(1, 9));
            if (random_.one_in(2)) extend.amount = random_.amount(900);
            return extend;
        }
        case 4: return ReleaseHold{id};
        default: return hold(any_account());
    }
}

CommandBody RandomHistory::refund() {
    RefundDeduction command{recent(world_.facts().deductions()), {}};
    if (random_.one_in(2)) command.amount = random_.amount(900);
    return command;
}

CommandBody RandomHistory::transfer() {
    const auto from = random_.below(accounts_.size());
    const auto to = (from + 1 + random_.below(accounts_.size() - 1)) % accounts_.size();
    return TransferCredits{accounts_[from], accounts_[to], random_.amount(9'000)};
}

// --- bringing ------------------------------------------------------------------------------------

CommandBody RandomHistory::grant() {
    GrantCredits command;
    command.account = any_account();
    command.amount = random_.amount(40'000);
    command.kind = static_cast<GrantKind>(random_.below(7));
    // Few priorities and few ends, so that every rule of the order decides somewhere.
    command.priority = static_cast<std::uint16_t>(50 + 10 * random_.between(-1, 1));
    if (random_.one_in(4))
        command.effective_at = world_.now() + Duration::days(random_.between(0, 9));
    if (random_.one_in(2)) {
        const std::int64_t days = world_.now().value / Duration::days(1).value;
        command.expiry.at = Timestamp{} + Duration::days(days + random_.between(1, 12));
    }
    command.features = random_limit(random_, feature_keys);
    if (random_.one_in(3)) command.cost = {random_.between(0, 2) * 100, Currency::of("EUR")};
    return command;
}

PurchaseCredits RandomHistory::purchase() {
    PurchaseCredits command;
    command.account = any_account();
    command.provider = "stripe";
    const bool is_repeated = payments_ > 0 && random_.one_in(8);
    const std::uint64_t number = is_repeated ? random_.below(payments_) : payments_++;
    command.payment_id = "pay-" + std::to_string(number);
    command.payment_digest = replay::digest128('p', command.provider, command.payment_id);
    command.payment = {500, Currency::of("EUR")};
    if (random_.one_in(3)) {
        command.amount = random_.amount(60'000);
        return command;
    }
    command.package = random_.any_of(package_ids);
    const auto& packages = world_.state().catalog().packages;
    const auto found = packages.find(command.package);
    if (found != packages.end()) command.payment = found->second.set.price;
    return command;
}

/// That it was made, or that it is refunded or disputed, in any order.
CommandBody RandomHistory::news_of_a_payment() {
    const PurchaseCredits paid = purchase();
    NotePayment command;
    command.account = paid.account;
    command.package = paid.package;
    command.amount = paid.amount;
    PaymentNews& news = command.news;
    news.provider = paid.provider;
    const bool is_old = payments_ > 1 && !random_.one_in(4);
    news.payment_id = is_old ? "pay-" + std::to_string(random_.below(payments_)) : paid.payment_id;
    news.payment_digest = replay::digest128('p', news.provider, news.payment_id);
    news.paid = !is_old;
    news.amount = paid.payment;
    const std::string name = std::to_string(random_.below(3));
    if (is_old && random_.one_in(2)) {
        news.refunds = {
            {name, random_.between(1, 400), static_cast<RefundStatus>(random_.below(3))}};
    } else if (is_old) {
        news.disputes = {{name, static_cast<DisputeStatus>(random_.below(3))}};
    }
    return command;
}

CommandBody RandomHistory::revocation() {
    RevokeGrant command{recent(world_.facts().grants()), {}};
    if (random_.one_in(3)) command.amount = random_.amount(2'000);
    return command;
}

// --- arranging -----------------------------------------------------------------------------------

CommandBody RandomHistory::put_account(const std::string& account) {
    PutAccount command;
    command.account = account;
    if (random_.one_in(2)) command.credit_limit = Credits{random_.between(0, 3) * 900};
    return command;
}

std::optional<Timestamp> RandomHistory::some_period_end() {
    if (random_.one_in(2)) return std::nullopt;
    return world_.now() + Duration::days(random_.between(1, 60));
}

CommandBody RandomHistory::about_subscriptions() {
    const std::string account = any_account();
    const std::string plan = random_.any_of(plan_ids);
    const Interval interval = random_.one_in(4) ? Interval::year : Interval::month;
    switch (random_.below(9)) {
        case 0: return CancelSubscription{account, !random_.one_in(3)};
        case 1: return ResumeSubscription{account};
        case 2: return RenewSubscription{account, some_period_end()};
        case 3: return SuspendSubscription{account};
        case 4: return ChangeSubscription{account, plan, {}, random_.one_in(2)};
        case 5:
            return Subscribe{account, plan, interval, SubscriptionSource::provider,
                             some_period_end()};
        default: return Subscribe{account, plan, interval, SubscriptionSource::calendar, {}};
    }
}

CommandBody RandomHistory::budget() {
    BudgetTerms terms;
    terms.id = random_.one_in(2) ? "daily" : "team";
    terms.user = random_.any_of(users);
    if (random_.one_in(3)) terms.feature = random_.any_of(feature_keys);
    terms.limit = random_.amount(9'000);
    terms.window = static_cast<BudgetWindow>(random_.below(3));
    if (terms.window == BudgetWindow::rolling) {
        terms.hours = static_cast<std::uint16_t>(random_.between(1, 72));
    }
    return SetBudget{any_account(), terms};
}

CommandBody RandomHistory::about_arrangements() {
    switch (random_.below(7)) {
        case 6: return RemoveAutoTopUp{any_account()};
        case 0: return RemoveBudget{any_account(), random_.one_in(2) ? "daily" : "team"};
        case 1: return SetAlert{any_account(), {"low", random_.amount(40'000), 0, {}}};
        case 2: return RemoveAlert{any_account(), "low"};
        case 3:
            return SetAutoTopUp{
                any_account(),
                {random_.any_of(package_ids), random_.amount(40'000), 3, Duration::seconds(600)}};
        default: return budget();
    }
}

SetFeature RandomHistory::feature(const std::string& key) {
    const FlatAndRules rules = random_rules(random_);
    SetFeature command;
    command.key = key;
    command.price = rules.flat;
    command.rules = rules.rules;
    command.active = !random_.one_in(10);
    return command;
}

CommandBody RandomHistory::about_the_catalog() {
    switch (random_.below(8)) {
        case 7: return RemoveOffer{OfferKind::plan, random_.any_of(plan_ids)};
        case 0:
            if (random_.one_in(4)) return RemoveFeature{random_.any_of(feature_keys)};
            return feature(random_.any_of(feature_keys));
        case 1: return SetOffer{random_plan(random_, random_.any_of(plan_ids), feature_keys)};
        case 2: return SetOffer{random_package(random_, random_.any_of(package_ids))};
        case 3:
            return SetOffer{
                random_promotion(random_, random_.any_of(codes), world_.now(), feature_keys)};
        case 4: return SetOffer{random_settings(random_, plan_ids)};
        default: return feature(random_.any_of(feature_keys));
    }
}

}  // namespace creditd::tests
