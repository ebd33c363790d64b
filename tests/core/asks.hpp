// Commands and passing time as the rule book writes them: account("ann"), grant("ann", 10),
// deduct("ann", 3), later(60). Amounts are minor units, times are seconds; what was made earlier is
// named by its number in order, from 1.
#pragma once

#include <functional>

#include "tests/core/world.hpp"

namespace creditd::tests {

/// Something to do to a world: a command, or time that passes.
class Ask {
public:
    using MakeBody = std::function<CommandBody(const World&)>;
    using Run = std::function<Outcome(World&, const Asked&)>;

    explicit Ask(MakeBody body) : body_(std::move(body)) {}
    explicit Ask(Run run) : run_(std::move(run)) {}

    Ask under(std::string key) const;
    Ask without_key() const;
    Ask within(std::string prefix) const;
    Ask as_of(Seq seq) const;

    Outcome run(World& world) const;
    CommandBody body(const World& world) const { return body_(world); }

private:
    MakeBody body_;
    Run run_;
    Asked asked_;
};

Ask later(std::int64_t seconds);
Ask a_moment_later(std::int64_t microseconds = 1);
Ask sweep(std::size_t events_max = limits::sweep_events_max);
Ask forget_window();
/// One command of several operations: all or nothing.
Ask batch(std::vector<Ask> operations);

struct AccountSpec {
    std::optional<std::int64_t> credit_limit{};
    std::optional<std::string> parent{};
};
Ask account(std::string id, AccountSpec spec = {});
Ask close(std::string account);
Ask reopen(std::string account);
Ask forget(std::string account);

struct GrantSpec {
    GrantKind kind = GrantKind::admin;
    std::uint16_t priority = limits::grant_priority_default;
    std::optional<std::int64_t> expires_in{};
    std::optional<std::int64_t> effective_in{};
    std::vector<std::string> features{};
    std::int64_t cost = 0;  // cents of USD
};
Ask grant(std::string account, std::int64_t amount, GrantSpec spec = {});
struct PaymentSpec {
    std::int64_t cents = 100;
    std::optional<std::int64_t> expires_in{};
    std::string provider = "stripe";
};
Ask purchase(std::string account, std::int64_t amount, std::string payment, PaymentSpec spec = {});
Ask revoke(std::size_t grant, std::optional<std::int64_t> amount = {});

struct UseSpec {
    std::int64_t quantity = 1;
    bool partial = false;
    std::vector<MeasuredUnit> units{};
    std::vector<std::string> options{};
};
Ask feature(std::string key, std::int64_t price, bool active = true);
Ask remove_feature(std::string key);
Ask deduct(std::string account, std::int64_t amount, bool partial = false);
Ask use(std::string account, std::string feature, UseSpec spec = {});
Ask refund(std::size_t deduction, std::optional<std::int64_t> amount = {});

struct HoldSpec {
    std::int64_t expires_in = 600;
    OnExpiry on_expiry = OnExpiry::release;
    std::string feature{};  // instead of an amount
};
Ask hold(std::string account, std::int64_t amount, HoldSpec spec = {});
Ask capture(std::size_t hold, std::optional<std::int64_t> amount = {}, bool final = false);
Ask extend(std::size_t hold, std::optional<std::int64_t> amount,
           std::optional<std::int64_t> expires_in = {});
Ask release(std::size_t hold);
Ask transfer(std::string from, std::string to, std::int64_t amount);

/// A package at the price of purchases that say nothing else.
struct PackageSpec {
    std::int64_t bonus = 0;
    std::int64_t bonus_expires_in = 0;
    std::int64_t expires_in = 0;
    bool active = true;
    std::int64_t cents = 100;
};
Ask package(std::string id, std::int64_t credits, PackageSpec spec = {});
Ask remove_offer(OfferKind kind, std::string id);
Ask settings(CatalogSettings settings);
Ask signup_credits(std::int64_t amount, std::int64_t expires_in = 0);
Ask buy(std::string account, std::string package, std::string payment, PaymentSpec spec = {});
Ask replace(ReplaceCatalog catalog);

Ask create_key(std::string id, std::optional<std::int64_t> expires_in = {});
Ask revoke_key(std::string id);

}  // namespace creditd::tests
