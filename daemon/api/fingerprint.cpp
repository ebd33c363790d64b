#include "daemon/api/fingerprint.hpp"

#include <bit>
#include <cstring>

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
    c.number(price.has_units);
    c.number(price.has_options);
    c.text(price.user);
    c.text(price.model);
}
void write(Canonical& c, const PutAccount& body) {
    c.text(body.account);
    c.given(body.parent);
    c.given(body.credit_limit);
}
void write(Canonical& c, const CloseAccount& body) { c.text(body.account); }
void write(Canonical& c, const ReopenAccount& body) { c.text(body.account); }
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
void write(Canonical& c, const SetFeature& body) { c.text(body.key); }
void write(Canonical& c, const RemoveFeature& body) { c.text(body.key); }
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

Digest fingerprint_of(std::span<const Digest> operations) {
    std::string bytes;
    for (const Digest& digest : operations) {
        bytes.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
    }
    return replay::digest128('b', bytes);
}

Digest key_digest_of(std::string_view key) { return replay::digest128('k', key); }

}  // namespace creditd::daemon
