#include "tests/core/asks.hpp"

#include "replay/sha256.hpp"

namespace creditd::tests {
namespace {

std::optional<Credits> credits_of(std::optional<std::int64_t> amount) {
    return amount ? std::optional{Credits{*amount}} : std::nullopt;
}

std::optional<Duration> seconds_of(std::optional<std::int64_t> count) {
    return count ? std::optional{Duration::seconds(*count)} : std::nullopt;
}

Money dollars(std::int64_t cents) {
    return cents == 0 ? Money{} : Money{cents, Currency::of("USD")};
}

/// A command whose body does not depend on the world.
template <class Body>
Ask plain(Body body) {
    return Ask([body = std::move(body)](const World&) { return CommandBody(body); });
}

}  // namespace

Ask Ask::under(std::string key) const {
    Ask copy = *this;
    copy.asked_.key = std::move(key);
    return copy;
}

Ask Ask::without_key() const {
    Ask copy = *this;
    copy.asked_.keyless = true;
    return copy;
}

Ask Ask::within(std::string prefix) const {
    Ask copy = *this;
    copy.asked_.prefix = std::move(prefix);
    return copy;
}

Ask Ask::as_of(Seq seq) const {
    Ask copy = *this;
    copy.asked_.evidence_as_of = seq;
    return copy;
}

Outcome Ask::run(World& world) const {
    return run_ ? run_(world, asked_) : world.run(body_(world), asked_);
}

Ask later(std::int64_t seconds) { return a_moment_later(seconds * 1'000'000); }

Ask a_moment_later(std::int64_t microseconds) {
    return Ask(Ask::Run([=](World& world, const Asked&) {
        world.advance(Duration{microseconds});
        return Outcome{};
    }));
}

Ask sweep(std::size_t events_max) {
    return Ask(Ask::Run([=](World& world, const Asked&) {
        world.sweep(events_max);
        return Outcome{};
    }));
}

Ask forget_window() {
    return Ask(Ask::Run([](World& world, const Asked&) {
        world.forget_window();
        return Outcome{};
    }));
}

Ask batch(std::vector<Ask> operations) {
    return Ask(Ask::Run([operations = std::move(operations)](World& world, const Asked& asked) {
        std::vector<CommandBody> bodies;
        for (const Ask& operation : operations) bodies.push_back(operation.body(world));
        return world.run_atomic(bodies, asked);
    }));
}

Ask account(std::string id, AccountSpec spec) {
    return plain(
        PutAccount{std::move(id), std::move(spec.parent), credits_of(spec.credit_limit), false});
}
Ask close(std::string account) { return plain(CloseAccount{std::move(account)}); }
Ask reopen(std::string account) { return plain(ReopenAccount{std::move(account)}); }
Ask forget(std::string account) { return plain(ForgetAccount{std::move(account)}); }

Ask grant(std::string account, std::int64_t amount, GrantSpec spec) {
    return Ask([account = std::move(account), amount, spec = std::move(spec)](const World& world) {
        GrantCredits body{account, Credits{amount}, spec.kind,         spec.priority, {},
                          {},      spec.features,   dollars(spec.cost)};
        body.expiry.in = seconds_of(spec.expires_in);
        if (spec.effective_in) {
            body.effective_at = world.now() + Duration::seconds(*spec.effective_in);
        }
        return CommandBody(body);
    });
}

Ask purchase(std::string account, std::int64_t amount, std::string payment, PaymentSpec spec) {
    PurchaseCredits body;
    body.account = std::move(account);
    body.amount = Credits{amount};
    body.expiry.in = seconds_of(spec.expires_in);
    body.provider = spec.provider;
    body.payment_digest = replay::digest128('p', spec.provider, payment);
    body.payment_id = std::move(payment);
    body.payment = dollars(spec.cents);
    return plain(std::move(body));
}

Ask revoke(std::size_t grant, std::optional<std::int64_t> amount) {
    return Ask([=](const World& world) {
        return CommandBody(RevokeGrant{world.grant(grant), credits_of(amount)});
    });
}

Ask feature(std::string key, std::int64_t price, bool active) {
    return plain(SetFeature{std::move(key), "", "", "", Credits{price}, {}, active}).without_key();
}
Ask remove_feature(std::string key) { return plain(RemoveFeature{std::move(key)}).without_key(); }

Ask deduct(std::string account, std::int64_t amount, bool partial) {
    DeductCredits body;
    body.account = std::move(account);
    body.price.amount = Credits{amount};
    body.allow_partial = partial;
    return plain(std::move(body));
}

Ask use(std::string account, std::string feature, UseSpec spec) {
    DeductCredits body;
    body.account = std::move(account);
    body.price.feature = std::move(feature);
    body.price.quantity = spec.quantity;
    body.price.units = spec.units;
    body.price.options = spec.options;
    body.allow_partial = spec.partial;
    return plain(std::move(body));
}

Ask refund(std::size_t deduction, std::optional<std::int64_t> amount) {
    return Ask([=](const World& world) {
        return CommandBody(RefundDeduction{world.deduction(deduction), credits_of(amount)});
    });
}

Ask hold(std::string account, std::int64_t amount, HoldSpec spec) {
    PlaceHold body;
    body.account = std::move(account);
    if (spec.feature.empty()) body.price.amount = Credits{amount};
    body.price.feature = spec.feature;
    body.expires_in = Duration::seconds(spec.expires_in);
    body.on_expiry = spec.on_expiry;
    return plain(std::move(body));
}

Ask capture(std::size_t hold, std::optional<std::int64_t> amount, bool final) {
    return Ask([=](const World& world) {
        return CommandBody(CaptureHold{world.hold(hold), credits_of(amount), final});
    });
}

Ask extend(std::size_t hold, std::optional<std::int64_t> amount,
           std::optional<std::int64_t> expires_in) {
    return Ask([=](const World& world) {
        return CommandBody(
            ExtendHold{world.hold(hold), credits_of(amount), seconds_of(expires_in)});
    });
}

Ask release(std::size_t hold) {
    return Ask([=](const World& world) { return CommandBody(ReleaseHold{world.hold(hold)}); });
}

Ask transfer(std::string from, std::string to, std::int64_t amount) {
    return plain(TransferCredits{std::move(from), std::move(to), Credits{amount}});
}

Ask package(std::string id, std::int64_t credits, PackageSpec spec) {
    Package package;
    package.id = std::move(id);
    package.credits = Credits{credits};
    package.bonus = Credits{spec.bonus};
    package.price = dollars(spec.cents);
    package.expires_in = Duration::seconds(spec.expires_in);
    package.bonus_expires_in = Duration::seconds(spec.bonus_expires_in);
    package.active = spec.active;
    return plain(SetOffer{std::move(package)}).without_key();
}
Ask remove_offer(OfferKind kind, std::string id) {
    return plain(RemoveOffer{kind, std::move(id)}).without_key();
}
Ask settings(CatalogSettings settings) {
    return plain(SetOffer{std::move(settings)}).without_key();
}
Ask signup_credits(std::int64_t amount, std::int64_t expires_in) {
    CatalogSettings given;
    given.signup_credits = Credits{amount};
    given.signup_expires_in = Duration::seconds(expires_in);
    return settings(std::move(given));
}
Ask buy(std::string account, std::string package, std::string payment, PaymentSpec spec) {
    PurchaseCredits body;
    body.account = std::move(account);
    body.package = std::move(package);
    body.expiry.in = seconds_of(spec.expires_in);
    body.provider = spec.provider;
    body.payment_digest = replay::digest128('p', spec.provider, payment);
    body.payment_id = std::move(payment);
    body.payment = dollars(spec.cents);
    return plain(std::move(body));
}
Ask replace(ReplaceCatalog catalog) { return plain(std::move(catalog)).without_key(); }

Ask create_key(std::string id, std::optional<std::int64_t> expires_in) {
    return plain(CreateApiKey{std::move(id), "for rules", 1, "", seconds_of(expires_in), {}});
}
Ask revoke_key(std::string id) { return plain(RevokeApiKey{std::move(id)}).without_key(); }

}  // namespace creditd::tests
