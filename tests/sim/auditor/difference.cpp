// Where an answer is not as predicted, in words.
#include <algorithm>
#include <string_view>

#include "tests/sim/auditor/auditor.hpp"

namespace creditd::sim {

namespace {

std::string text(std::int64_t value) { return std::to_string(value); }
std::string text(int value) { return std::to_string(value); }
std::string text(bool value) { return value ? "true" : "false"; }
std::string text(const std::string& value) { return value.empty() ? "nothing" : value; }

template <class Value>
std::string text(const std::optional<Value>& value) {
    return value ? text(*value) : "nothing";
}

/// Collects the first difference.
struct Comparison {
    std::string found;

    template <class Value>
    void same(std::string_view field, const Value& predicted, const Value& actual) {
        if (!found.empty() || predicted == actual) return;
        found =
            std::string(field) + ": predicted " + text(predicted) + ", answered " + text(actual);
    }

    /// Compared only where both have one.
    template <class Value>
    void if_both(std::string_view field, const std::optional<Value>& predicted,
                 const std::optional<Value>& actual) {
        if (predicted && actual) same(field, predicted, actual);
    }

    void id(std::string_view field, const std::string& predicted, const std::string& actual) {
        if (predicted.starts_with('?') && !actual.empty()) return;
        same(field, predicted, actual);
    }

    void id(std::string_view field, const std::optional<std::string>& predicted,
            const std::optional<std::string>& actual) {
        id(field, predicted.value_or(""), actual.value_or(""));
    }

    void parts(std::string_view field, const std::vector<Part>& predicted,
               const std::vector<Part>& actual) {
        same(std::string(field) + ".size", static_cast<int>(predicted.size()),
             static_cast<int>(actual.size()));
        for (std::size_t i = 0; i < predicted.size() && found.empty(); ++i) {
            const std::string place = std::string(field) + "[" + std::to_string(i) + "].";
            id(place + "grant", predicted[i].grant, actual[i].grant);
            same(place + "amount", predicted[i].amount, actual[i].amount);
            same(place + "revoked", predicted[i].revoked, actual[i].revoked);
        }
    }

    void moved(const std::vector<Moved>& predicted, const std::vector<Moved>& actual) {
        same("moved.size", static_cast<int>(predicted.size()), static_cast<int>(actual.size()));
        for (std::size_t i = 0; i < predicted.size() && found.empty(); ++i) {
            const std::string place = "moved[" + std::to_string(i) + "].";
            id(place + "from_grant", predicted[i].from_grant, actual[i].from_grant);
            id(place + "grant", predicted[i].grant, actual[i].grant);
            same(place + "amount", predicted[i].amount, actual[i].amount);
        }
    }

    void hold(const std::optional<HoldState>& predicted, const std::optional<HoldState>& actual) {
        same("hold", predicted.has_value(), actual.has_value());
        if (!predicted || !actual) return;
        id("hold.id", predicted->id, actual->id);
        same("hold.amount", predicted->amount, actual->amount);
        same("hold.captured", predicted->captured, actual->captured);
        same("hold.remaining", predicted->remaining, actual->remaining);
        same("hold.status", predicted->status, actual->status);
        same("hold.expires_at", predicted->expires_at, actual->expires_at);
        same("hold.on_expiry", predicted->on_expiry, actual->on_expiry);
    }

    void side(std::string_view field, const std::optional<Side>& predicted,
              const std::optional<Side>& actual) {
        same(field, predicted.has_value(), actual.has_value());
        if (!predicted || !actual) return;
        same(std::string(field) + ".account", predicted->account, actual->account);
        same(std::string(field) + ".balance", predicted->balance, actual->balance);
        same(std::string(field) + ".available", predicted->available, actual->available);
    }

    void amounts(const Outcome& predicted, const Outcome& actual) {
        same("amount", predicted.amount, actual.amount);
        same("delta", predicted.delta, actual.delta);
        same("balance.before", predicted.balance_before, actual.balance_before);
        same("balance.after", predicted.balance_after, actual.balance_after);
        same("held", predicted.held, actual.held);
        same("available", predicted.available, actual.available);
        same("required", predicted.required, actual.required);
        same("shortfall", predicted.shortfall, actual.shortfall);
        same("debt", predicted.debt, actual.debt);
        same("remaining", predicted.remaining, actual.remaining);
        same("refunded_total", predicted.refunded_total, actual.refunded_total);
        same("credits", predicted.credits, actual.credits);
        if_both("credit_limit", predicted.credit_limit, actual.credit_limit);
    }

    void facts(const Outcome& predicted, const Outcome& actual) {
        same("type", predicted.type, actual.type);
        same("account", predicted.account, actual.account);
        same("kind", predicted.grant_kind, actual.grant_kind);
        same("priority", predicted.priority, actual.priority);
        same("expires_at", predicted.expires_at, actual.expires_at);
        same("effective_at", predicted.effective_at, actual.effective_at);
        same("duplicate", predicted.duplicate, actual.duplicate);
        same("status of the account", predicted.account_status, actual.account_status);
        same("active", predicted.active, actual.active);
        same("index", predicted.index, actual.index);
        if_both("created_at", predicted.created_at, actual.created_at);
    }

    void lines(const std::vector<std::int64_t>& predicted,
               const std::vector<std::int64_t>& actual) {
        same("lines.size", static_cast<int>(predicted.size()), static_cast<int>(actual.size()));
        for (std::size_t i = 0; i < predicted.size() && found.empty(); ++i) {
            same("lines[" + std::to_string(i) + "]", predicted[i], actual[i]);
        }
    }

    void offers(const Outcome& predicted, const Outcome& actual) {
        lines(predicted.lines, actual.lines);
        same("price_book", predicted.price_book, actual.price_book);
        same("sufficient", predicted.sufficient, actual.sufficient);
        same("package", predicted.package, actual.package);
        same("promotion", predicted.promotion, actual.promotion);
        same("changes", predicted.changes, actual.changes);
        same("bonus", predicted.bonus.has_value(), actual.bonus.has_value());
        same("bonus.expires_at", predicted.bonus_until, actual.bonus_until);
        if (!predicted.bonus || !actual.bonus) return;
        id("bonus.grant", predicted.bonus->grant, actual.bonus->grant);
        same("bonus.amount", predicted.bonus->amount, actual.bonus->amount);
    }

    void ids(const Outcome& predicted, const Outcome& actual) {
        id("id", predicted.id, actual.id);
        id("transaction", predicted.transaction, actual.transaction);
        id("grant", predicted.grant, actual.grant);
        id("deduction", predicted.deduction, actual.deduction);
    }
};

}  // namespace

std::string difference(const Outcome& predicted, const Outcome& actual) {
    Comparison all;
    all.same("status", predicted.status, actual.status);
    all.same("code", predicted.code, actual.code);
    all.same("replayed", predicted.replayed, actual.replayed);
    all.facts(predicted, actual);
    all.amounts(predicted, actual);
    all.ids(predicted, actual);
    all.offers(predicted, actual);
    all.parts("burned", predicted.burned, actual.burned);
    all.parts("restored", predicted.restored, actual.restored);
    all.parts("expired", predicted.expired, actual.expired);
    all.moved(predicted.moved, actual.moved);
    all.hold(predicted.hold, actual.hold);
    all.side("from", predicted.from, actual.from);
    all.side("to", predicted.to, actual.to);
    all.same("results.size", static_cast<int>(predicted.results.size()),
             static_cast<int>(actual.results.size()));
    for (std::size_t i = 0; i < predicted.results.size() && all.found.empty(); ++i) {
        const std::string inner = difference(predicted.results[i], actual.results[i]);
        if (!inner.empty()) all.found = "results[" + std::to_string(i) + "]." + inner;
    }
    return all.found;
}

}  // namespace creditd::sim
