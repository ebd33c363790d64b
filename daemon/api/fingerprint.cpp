#include "daemon/api/fingerprint.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "catalog/offer_json.hpp"
#include "catalog/price_json.hpp"
#include "core/budgets.hpp"
#include "core/canary.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

/// Fields in a fixed order, each with its length; an absent one differs from an empty one.
class Canonical {
public:
    explicit Canonical(std::string& out) : out_(out) { out_.clear(); }

    void text(std::string_view value) {
        number(static_cast<std::int64_t>(value.size()));
        out_ += value;
    }
    void number(std::int64_t value) {
        static_assert(std::endian::native == std::endian::little);
        std::array<char, sizeof value> bytes;
        std::memcpy(bytes.data(), &value, sizeof value);
        out_.append(bytes.data(), bytes.size());
    }
    template <class Tag, class Rep>
    void number(Strong<Tag, Rep> value) {
        number(static_cast<std::int64_t>(value.value));
    }
    void texts(const std::vector<std::string>& values) {
        number(static_cast<std::int64_t>(values.size()));
        for (const std::string& value : values) text(value);
    }
    void money(const Money& value) {
        number(value.minor);
        text(value.currency.text());
    }
    template <class T>
    void given(const std::optional<T>& value) {
        out_ += value ? '\1' : '\0';
        if (!value) return;
        if constexpr (std::is_same_v<T, std::string>) {
            text(*value);
        } else {
            number(*value);
        }
    }

private:
    std::string& out_;
};

void write(Canonical& c, const ExpiryRequest& expiry) {
    c.given(expiry.at);
    c.given(expiry.in);
}
void write(Canonical& c, const PriceRequest& price) {
    c.given(price.amount);
    c.text(price.feature);
    c.number(price.quantity);
    c.number(!price.units.empty());
    c.number(!price.options.empty());
    c.text(price.user);
    c.text(price.model);
    for (const MeasuredUnit& unit : price.units) {
        c.text(unit.unit);
        c.number(unit.measure);
    }
    for (const std::string& option : price.options) c.text(option);
}
void write(Canonical& c, const PutAccount& body) {
    c.text(body.account);
    c.given(body.parent);
    c.given(body.credit_limit);
}
void write(Canonical& c, const CloseAccount& body) { c.text(body.account); }
void write(Canonical& c, const ReopenAccount& body) { c.text(body.account); }
void write(Canonical& c, const ForgetAccount& body) { c.text(body.account); }
void write(Canonical& c, const GrantCredits& body) {
    if (!canary(Canary::key_without_account)) c.text(body.account);
    c.number(body.amount);
    c.number(static_cast<std::int64_t>(body.kind));
    c.number(body.priority);
    c.given(body.effective_at);
    write(c, body.expiry);
    for (const std::string& feature : body.features) c.text(feature);
    c.money(body.cost);
}
void write(Canonical& c, const PurchaseCredits& body) {
    c.text(body.account);
    c.number(body.amount);
    write(c, body.expiry);
    c.text(body.provider);
    c.text(body.payment_id);
    c.money(body.payment);
    // Nothing where there is none: requests that are in the log keep their fingerprints.
    if (!body.package.empty()) c.text(body.package);
}
void write(Canonical& c, const DeductCredits& body) {
    c.text(body.account);
    write(c, body.price);
    c.number(body.allow_partial);
}
void write(Canonical& c, const RefundDeduction& body) {
    c.number(body.deduction);
    c.given(body.amount);
}
void write(Canonical& c, const RevokeGrant& body) {
    c.number(body.grant);
    c.given(body.amount);
}
void write(Canonical& c, const PlaceHold& body) {
    c.text(body.account);
    write(c, body.price);
    c.number(body.expires_in);
    c.number(static_cast<std::int64_t>(body.on_expiry));
}
void write(Canonical& c, const CaptureHold& body) {
    c.number(body.hold);
    c.given(body.amount);
    c.number(body.final);
    for (const MeasuredUnit& unit : body.units) {
        c.text(unit.unit);
        c.number(unit.measure);
    }
}
void write(Canonical& c, const ExtendHold& body) {
    c.number(body.hold);
    c.given(body.amount);
    c.given(body.expires_in);
}
void write(Canonical& c, const ReleaseHold& body) { c.number(body.hold); }
void write(Canonical& c, const TransferCredits& body) {
    c.text(body.from);
    c.text(body.to);
    c.number(body.amount);
}
void write(Canonical& c, const SetFeature& body) {
    c.text(body.key);
    for (const std::string* text : {&body.name, &body.category, &body.description}) c.text(*text);
    c.number(body.active);
    std::string price;
    JsonWriter json(price);
    render_price(json, body.price, body.rules, limits::decimals_max);
    c.number(body.price);
    c.text(price);
    c.text(body.resource_template);
}
void write(Canonical& c, const RemoveFeature& body) { c.text(body.key); }
void write(Canonical& c, const SetOffer& body) {
    std::string offer;
    JsonWriter json(offer);
    render_offer_fields(json, body.offer, limits::decimals_max, Absent::null);
    c.number(static_cast<std::int64_t>(body.offer.index()));
    c.text(offer);
}
void write(Canonical& c, const RemoveOffer& body) {
    c.number(static_cast<std::int64_t>(body.kind));
    c.text(body.id);
}
void write(Canonical& c, const ChangeFeature& body) {
    SetFeature given{body.key, {}, {}, {}, body.price.value_or(Credits{}), body.rules, false};
    write(c, given);
    for (const auto* text : {&body.name, &body.category, &body.description}) {
        c.number(text->has_value());
        c.text(text->value_or(std::string{}));
    }
    c.number(body.price.has_value());
    c.number(body.active.has_value());
    c.number(body.active.value_or(false));
    c.given(body.resource_template);
}
void write(Canonical& c, const ReplaceCatalog& body) {
    for (const SetFeature& feature : body.features) write(c, feature);
    for (const Offer& offer : body.offers) write(c, SetOffer{offer});
    c.number(static_cast<std::int64_t>(body.price_book.value_or(UINT64_MAX)));
}
void write(Canonical& c, const Subscribe& body) {
    c.text(body.account);
    c.text(body.plan);
    c.number(static_cast<std::int64_t>(body.interval));
    c.number(static_cast<std::int64_t>(body.source));
    c.given(body.period_end);
}
void write(Canonical& c, const ChangeSubscription& body) {
    c.text(body.account);
    c.text(body.plan);
    c.number(body.interval ? static_cast<std::int64_t>(*body.interval) : -1);
    c.number(body.at_period_end);
}
void write(Canonical& c, const CancelSubscription& body) {
    c.text(body.account);
    c.number(body.at_period_end);
}
void write(Canonical& c, const ResumeSubscription& body) { c.text(body.account); }
void write(Canonical& c, const RenewSubscription& body) {
    c.text(body.account);
    c.given(body.period_end);
}
void write(Canonical& c, const SuspendSubscription& body) { c.text(body.account); }
void write(Canonical& c, const RedeemPromotion& body) {
    c.text(body.account);
    c.text(body.code);
}
void write(Canonical& c, const ReferAccount& body) {
    c.text(body.account);
    c.text(body.referrer);
}
void write(Canonical& c, const SetBudget& body) {
    const BudgetTerms& terms = body.terms;
    for (const auto* text : {&body.account, &terms.id, &terms.user, &terms.feature}) c.text(*text);
    c.number(terms.limit);
    c.text(window_text(terms));
    c.number(terms.utc_offset);
}
void write(Canonical& c, const RemoveBudget& body) {
    c.text(body.account);
    c.text(body.id);
}
void write(Canonical& c, const SetAlert& body) {
    c.text(body.account);
    c.text(body.terms.id);
    c.number(body.terms.below);
    c.number(body.terms.percent);
    c.number(body.terms.recovered_at);
}
void write(Canonical& c, const RemoveAlert& body) {
    c.text(body.account);
    c.text(body.id);
}
void write(Canonical& c, const SetAutoTopUp& body) {
    c.text(body.account);
    c.text(body.terms.package);
    c.number(body.terms.threshold);
    c.number(body.terms.monthly_max);
    c.number(body.terms.cool_down);
}
void write(Canonical& c, const RemoveAutoTopUp& body) { c.text(body.account); }
void write(Canonical&, const AdvanceClock&) {}
void write(Canonical& c, const CreateEndpoint& body) {
    c.text(body.url);
    c.text(body.description);
    c.texts(body.events);
}
/// Only its rotation comes under a key.
void write(Canonical& c, const ChangeEndpoint& body) {
    c.text(body.id);
    c.given(body.rotate_overlap);
}
void write(Canonical& c, const RemoveEndpoint& body) { c.text(body.id); }
void write(Canonical& c, const PlaceOrder& body) {
    for (const auto* text : {&body.account, &body.id, &body.package, &body.plan, &body.provider}) {
        c.text(*text);
    }
    c.number(static_cast<std::int64_t>(body.interval));
    c.number(body.amount);
    c.money(body.price);
}
/// Only the end of an order comes under a key.
void write(Canonical& c, const ChangeOrder& body) {
    c.text(body.id);
    c.number(body.status ? static_cast<std::int64_t>(*body.status) : -1);
}
/// Only an administrator's settling of an order does.
void write(Canonical& c, const NotePayment& body) {
    c.text(body.order);
    c.text(body.news.provider);
    c.text(body.news.payment_id);
}
/// Comes under no key.
void write(Canonical&, const NoteNotification&) {}
void write(Canonical&, const FollowSubscription&) {}
/// The id and the secret are drawn anew at each attempt: they are not part of what was asked.
void write(Canonical& c, const CreateApiKey& body) {
    c.text(body.name);
    c.number(body.scopes);
    c.text(body.account_prefix);
    c.given(body.expires_in);
}
void write(Canonical& c, const RevokeApiKey& body) { c.text(body.id); }

void write(Canonical& c, const PersonalFields& personal) {
    c.text(personal.name);
    c.text(personal.metadata);
    c.text(personal.labels);
    c.text(personal.description);
    c.text(personal.reason);
    c.text(personal.resource);
}

}  // namespace

Digest fingerprint_of(const CommandBody& body, const PersonalFields& personal) {
    thread_local std::string bytes;
    Canonical canonical(bytes);
    canonical.number(static_cast<std::int64_t>(body.index()));
    std::visit([&](const auto& command) { write(canonical, command); }, body);
    if (!personal.is_empty()) write(canonical, personal);
    return replay::digest128('f', bytes);
}

Digest fingerprint_with(const Digest& command, std::span<const std::string> texts) {
    if (std::ranges::all_of(texts, &std::string::empty)) return command;
    std::string bytes;
    Canonical canonical(bytes);
    for (const std::string& text : texts) canonical.text(text);
    bytes.append(reinterpret_cast<const char*>(command.bytes.data()), command.bytes.size());
    return replay::digest128('f', bytes);
}

Digest fingerprint_of(std::span<const Digest> operations) {
    std::string bytes;
    for (const Digest& digest : operations) {
        bytes.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
    }
    return replay::digest128('b', bytes);
}

Digest key_digest_of(std::string_view key) { return replay::digest128('k', key); }

}  // namespace creditd::daemon
