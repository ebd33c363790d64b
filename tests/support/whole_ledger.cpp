#include "tests/support/whole_ledger.hpp"

#include "replay/sha256.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

class Arranger {
public:
    explicit Arranger(std::uint64_t seed) : random_(seed) {}

    CommandBody next() {
        switch (below(14)) {
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
    CatalogSettings settings() {
        CatalogSettings settings;
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

}  // namespace

void fill_whole_ledger(LedgerWorld& world, std::uint64_t seed, std::size_t steps) {
    add_rare_stories(world);
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
