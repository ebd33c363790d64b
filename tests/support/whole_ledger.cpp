#include "tests/support/whole_ledger.hpp"

#include "replay/sha256.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

class Arranger {
public:
    explicit Arranger(std::uint64_t seed) : random_(seed) {}

    CommandBody next() {
        switch (below(18)) {
            case 0: return SetOffer{plan()};
            case 1: return SetOffer{promotion()};
            case 2: return SetOffer{settings()};
            case 3:
            case 4: return Subscribe{account(), plan_id(), Interval::month, source(), {}};
            case 5: return ChangeSubscription{account(), plan_id(), {}, one_in(2)};
            case 6: return CancelSubscription{account(), one_in(2)};
            case 7: return RenewSubscription{account(), {}};
            case 8: return RedeemPromotion{account(), code()};
            case 9: return refer();
            case 10: return SetBudget{account(), budget()};
            case 11: return SetAlert{account(), {"low", amount(500), 0, {}}};
            case 12: return SetAutoTopUp{account(), {"package-1", amount(300), 0, {}}};
            case 13: return one_in(2) ? place_order() : note_notification();
            case 14:
            case 15:
            case 16: return note_payment();
            default:
                return one_in(2) ? CommandBody{ResumeSubscription{account()}}
                                 : CommandBody{SuspendSubscription{account()}};
        }
    }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

private:
    Credits amount(std::uint64_t max) { return Credits{1 + static_cast<std::int64_t>(below(max))}; }
    /// One of the first that random_commands.cpp makes.
    std::string account() {
        const std::uint64_t number = below(12);
        return "acct-" + std::to_string(number) +
               (number % 5 == 0 ? "@a-name-that-is-rather-long.example" : "");
    }
    std::string plan_id() { return "plan:" + std::to_string(below(3)); }
    std::string code() { return "code_" + std::to_string(below(3)); }
    SubscriptionSource source() {
        return one_in(3) ? SubscriptionSource::provider : SubscriptionSource::calendar;
    }
    CommandBody refer() {
        ReferAccount command{account(), account()};
        if (command.account == command.referrer) command.referrer = "acct-nobody";
        return command;
    }
    Plan plan() {
        Plan plan;
        plan.id = plan_id();
        plan.credits = Credits{static_cast<std::int64_t>(below(4) * 400)};
        plan.unlimited = one_in(8);
        plan.prices = {{Interval::month, {1'500, Currency::of("USD")}}};
        plan.rollover = static_cast<Rollover>(below(3));
        plan.rollover_max = amount(200);
        plan.on_change = static_cast<Leftover>(below(2));
        plan.on_end = static_cast<Leftover>(below(2));
        return plan;
    }
    Promotion promotion() {
        Promotion promotion;
        promotion.code = code();
        promotion.credits = amount(300);
        promotion.per_account_max = 3;
        promotion.expires_in = Duration::days(static_cast<std::int64_t>(below(20)));
        return promotion;
    }
    CommandBody place_order() {
        PlaceOrder command;
        command.account = account();
        command.id = "order-" + std::to_string(below(20));
        command.digest = replay::digest128('o', command.id);
        command.amount = Credits{120};
        command.price = {300, Currency::of("USD")};
        command.provider = "midtrans";
        return command;
    }
    CommandBody note_notification() {
        NoteNotification command;
        Notification& told = command.notification;
        told.provider = "stripe";
        told.id = "evt_" + std::to_string(below(20));
        told.digest = replay::digest128('n', told.provider, told.id);
        told.type = "charge.succeeded";
        told.outcome = static_cast<NotificationOutcome>(below(4));
        return command;
    }
    /// Of the few payments that there are, so that many are told of more than once.
    CommandBody note_payment() {
        NotePayment command;
        const std::uint64_t number = below(25);
        PaymentNews& news = command.news;
        news.provider = "stripe";
        news.payment_id = "pi_" + std::to_string(number);
        news.payment_digest = replay::digest128('p', news.provider, news.payment_id);
        news.paid = one_in(2);
        news.amount = {300, Currency::of("USD")};
        const auto which = std::to_string(below(3));
        if (one_in(2)) news.refunds = {{"re_" + which, 70, static_cast<RefundStatus>(below(3))}};
        if (one_in(3)) news.disputes = {{"dp_" + which, static_cast<DisputeStatus>(below(3))}};
        if (one_in(2)) {
            command.order = "order-" + std::to_string(number % 20);
            command.order_digest = replay::digest128('o', command.order);
            return command;
        }
        command.account = account();
        command.amount = Credits{static_cast<std::int64_t>(100 + number)};
        return command;
    }
    CatalogSettings settings() {
        CatalogSettings settings;
        settings.claw_back = one_in(3) ? ClawBack::write_off : ClawBack::debt;
        settings.signup_credits = amount(50);
        settings.referral = {amount(100), amount(100), Duration::days(20)};
        return settings;
    }
    BudgetTerms budget() {
        BudgetTerms terms;
        terms.id = "budget";
        terms.limit = amount(5'000);
        return terms;
    }

    std::mt19937_64 random_;
};

/// What chance seldom brings about: a first purchase by who was referred, a hold that outlives the
/// grant it keeps a part of, refunds of what was debt and of what was revoked.
void add_rare_stories(LedgerWorld& world) {
    CatalogSettings settings;
    settings.referral = {Credits{70}, Credits{30}, Duration::days(20)};
    world.run(SetOffer{settings});
    world.put_account("rare.friend");
    world.put_account("rare.buyer", 500);
    world.run(ReferAccount{"rare.buyer", "rare.friend"});
    PurchaseCredits purchase;
    purchase.account = "rare.buyer";
    purchase.amount = Credits{900};
    purchase.provider = "midtrans";
    purchase.payment_id = "order-1 \"; |";
    purchase.payment_digest = replay::digest128('p', purchase.provider, purchase.payment_id);
    purchase.payment = {100, Currency::of("IDR")};
    world.run(purchase);
    world.sweep_due();
    world.put_account("rare.holder");
    world.grant("rare.holder", 100, {.at = {}, .in = Duration::seconds(60)});
    PriceRequest price;
    price.amount = Credits{40};
    world.run(PlaceHold{"rare.holder", price, Duration::seconds(600), OnExpiry::release});
    const HoldId hold{world.last().seq.value};
    world.advance(Duration::seconds(120));
    world.run(ReleaseHold{hold});
    world.put_account("rare.debtor", 500);
    const GrantId grant = world.grant("rare.debtor", 100);
    world.deduct("rare.debtor", 40);
    const DeductionId deduction{world.last().seq.value};
    world.run(RevokeGrant{grant, {}});
    world.run(RefundDeduction{deduction, {}});
    world.deduct("rare.debtor", 70);
    world.run(RefundDeduction{DeductionId{world.last().seq.value}, Credits{50}});
}

/// A payment of two lots, some of it spent: taken back, and given back when its debt was repaid in
/// part and one of its lots has expired.
void add_payment_story(LedgerWorld& world) {
    Package package;
    package.id = "rare-package";
    package.credits = Credits{100};
    package.bonus = Credits{30};
    package.price = {333, Currency::of("USD")};
    package.bonus_expires_in = Duration::seconds(60);
    world.run(SetOffer{package});
    world.put_account("rare.disputer");
    const auto tell = [&](bool paid, std::vector<PaymentRefund> refunds,
                          std::vector<PaymentDispute> disputes) {
        PaymentNews news;
        news.provider = "stripe";
        news.payment_id = "rare-payment";
        news.payment_digest = replay::digest128('p', news.provider, news.payment_id);
        news.paid = paid;
        news.amount = package.price;
        news.refunds = std::move(refunds);
        news.disputes = std::move(disputes);
        world.run(NotePayment{news, "rare.disputer", {}, {}, package.id, {}});
    };
    tell(true, {}, {});
    world.deduct("rare.disputer", 77);
    tell(false, {{"re_1", 11, RefundStatus::pending}}, {});
    tell(false, {}, {{"dp_1", DisputeStatus::open}});
    world.grant("rare.disputer", 40);
    world.advance(Duration::seconds(61));
    tell(false, {}, {{"dp_1", DisputeStatus::won}});
    tell(false, {{"re_1", 11, RefundStatus::failed}}, {{"dp_2", DisputeStatus::open}});
    tell(false, {}, {{"dp_2", DisputeStatus::won}});
    tell(false, {{"re_2", 100, RefundStatus::succeeded}}, {});
}

}  // namespace

void fill_whole_ledger(LedgerWorld& world, std::uint64_t seed, std::size_t steps) {
    add_rare_stories(world);
    add_payment_story(world);
    RandomCommands commands(seed, 60);
    Arranger arranger(seed + 1);
    for (std::size_t i = 0; i < steps; ++i) {
        if (i > steps / 20 && arranger.one_in(5)) {
            world.run(arranger.next());
        } else {
            commands.step(world);
        }
        if (!arranger.one_in(60)) continue;
        world.advance(Duration::seconds(static_cast<std::int64_t>(arranger.below(4 * 86'400))));
        if (arranger.one_in(2)) world.sweep_due();
    }
}

}  // namespace creditd::tests
