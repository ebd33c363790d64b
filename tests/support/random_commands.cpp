#include "tests/support/random_commands.hpp"

#include "replay/sha256.hpp"

namespace creditd::tests {

std::string RandomCommands::account() {
    const std::uint64_t number = below(accounts_made_ + 1);
    // Some ids are too long to stand inside an account.
    const std::string_view tail = number % 5 == 0 ? "@a-name-that-is-rather-long.example" : "";
    return "acct-" + std::to_string(number) + std::string(tail);
}

template <class Id>
Id RandomCommands::any_of(const std::vector<Id>& ids) {
    return ids.empty() ? Id{1} : ids[below(ids.size())];
}

PriceRequest RandomCommands::price() {
    PriceRequest price;
    if (one_in(3)) {
        price.feature = "feature-" + std::to_string(below(4));
        price.quantity = 1 + static_cast<std::int64_t>(below(5));
        price.user = one_in(2) ? "user-" + std::to_string(below(3)) : "";
    } else {
        price.amount = amount(400);
    }
    return price;
}

CommandBody RandomCommands::put_account() {
    PutAccount command;
    command.account = account();
    if (accounts_made_ < accounts_max_) ++accounts_made_;
    if (one_in(4)) command.credit_limit = amount(300);
    if (one_in(4)) command.parent = "acct-parent";
    command.has_profile = false;
    return command;
}

CommandBody RandomCommands::grant_credits(LedgerWorld& world) {
    GrantCredits command;
    command.account = account();
    command.amount = amount(2'000);
    command.kind = static_cast<GrantKind>(below(7));
    if (one_in(3)) command.priority = static_cast<std::uint16_t>(below(100));
    if (one_in(3)) command.expiry.in = Duration::seconds(1 + static_cast<std::int64_t>(below(900)));
    if (one_in(5)) {
        command.effective_at =
            world.now() + Duration::seconds(static_cast<std::int64_t>(below(500)));
        if (command.expiry.in) command.expiry.in = Duration::days(1);
    }
    if (one_in(5)) command.features = {"feature-" + std::to_string(below(4))};
    if (one_in(4)) command.cost = {static_cast<std::int64_t>(below(5'000)), Currency::of("USD")};
    return command;
}

CommandBody RandomCommands::purchase() {
    PurchaseCredits command;
    command.account = account();
    command.provider = "stripe";
    command.payment_id = "pay-" + std::to_string(below(500));
    command.payment_digest = replay::digest128('p', command.provider, command.payment_id);
    command.payment = {500, Currency::of("EUR")};
    if (one_in(3)) command.package = "package-" + std::to_string(below(3));
    else command.amount = Credits{1'000};
    return command;
}

CommandBody RandomCommands::transfer() {
    TransferCredits command{account(), account(), amount(200)};
    // To oneself is refused before it becomes a command.
    if (command.from == command.to) command.to = "acct-nobody";
    return command;
}

CommandBody RandomCommands::about_holds(LedgerWorld& world) {
    const HoldId hold = any_of(world.facts().holds());
    switch (below(6)) {
        case 0: {
            CaptureHold command{hold, {}, one_in(2)};
            if (one_in(2)) command.amount = amount(100);
            return command;
        }
        case 1: {
            ExtendHold command{hold, {}, Duration::seconds(300)};
            if (one_in(2)) command.amount = amount(100);
            return command;
        }
        case 2: return ReleaseHold{hold};
        default: {
            const auto seconds = static_cast<std::int64_t>(1 + below(600));
            return PlaceHold{account(), price(), Duration::seconds(seconds),
                             one_in(2) ? OnExpiry::capture : OnExpiry::release};
        }
    }
}

CommandBody RandomCommands::about_offers() {
    const std::string id = "package-" + std::to_string(below(3));
    switch (below(4)) {
        case 0: return RemoveOffer{OfferKind::package, id};
        case 1: {
            CatalogSettings settings;
            if (one_in(2)) settings.signup_credits = amount(30);
            if (one_in(2)) settings.signup_expires_in = Duration::seconds(500);
            return SetOffer{settings};
        }
        default: {
            Package package;
            package.id = id;
            package.credits = amount(1'000);
            if (one_in(2)) package.bonus = amount(100);
            if (one_in(2)) package.bonus_expires_in = Duration::seconds(400);
            package.price = {500, Currency::of("EUR")};
            return SetOffer{package};
        }
    }
}

CommandBody RandomCommands::about_catalog() {
    const std::string feature = "feature-" + std::to_string(below(4));
    switch (below(6)) {
        case 4:
        case 5: return about_offers();
        case 0: return RemoveFeature{feature};
        case 1:
            ++api_keys_;
            return CreateApiKey{
                "key_" + std::to_string(api_keys_), "for tests", 3, "acct-", {}, {}};
        case 2: return RevokeApiKey{"key_" + std::to_string(1 + below(api_keys_ + 1))};
        default: return SetFeature{feature, "A feature", "images", "", amount(50), {}, !one_in(8)};
    }
}

CommandBody RandomCommands::about_the_past(LedgerWorld& world) {
    if (one_in(3)) {
        RevokeGrant command{any_of(world.facts().grants()), {}};
        if (one_in(2)) command.amount = amount(200);
        return command;
    }
    RefundDeduction command{any_of(world.facts().deductions()), {}};
    if (one_in(2)) command.amount = amount(100);
    return command;
}

CommandBody RandomCommands::any_command(LedgerWorld& world) {
    switch (below(20)) {
        case 0:
        case 1: return put_account();
        case 2:
        case 3:
        case 4: return grant_credits(world);
        case 5: return purchase();
        case 6:
        case 7:
        case 8: return about_holds(world);
        case 9:
        case 10: return about_the_past(world);
        case 11: return about_catalog();
        case 12:
        case 13: return transfer();
        case 14:
            if (one_in(2)) return CloseAccount{account()};
            if (++reopened_ % 7 == 0) return ForgetAccount{account()};
            return ReopenAccount{account()};
        default: return DeductCredits{account(), price(), one_in(4)};
    }
}

void RandomCommands::step(LedgerWorld& world) {
    if (one_in(10)) world.advance(Duration::seconds(static_cast<std::int64_t>(below(20))));
    if (one_in(50)) world.sweep_due();
    if (one_in(25)) {
        std::vector<CommandBody> bodies;
        for (std::uint64_t i = 0; i <= below(4); ++i) {
            bodies.emplace_back(DeductCredits{account(), price(), false});
        }
        world.run_atomic(std::move(bodies));
        return;
    }
    std::string personal;
    if (one_in(6)) personal = "salt-of-16-bytes" + std::to_string(below(1'000'000));
    world.run(any_command(world), std::move(personal));
}

}  // namespace creditd::tests
