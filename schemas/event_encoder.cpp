#include "schemas/arrangement_bodies.hpp"
#include "schemas/endpoint_bodies.hpp"
#include "schemas/event_codec.hpp"
#include "schemas/event_parts.hpp"
#include "schemas/offer_parts.hpp"
#include "schemas/payment_bodies.hpp"
#include "schemas/text_bytes.hpp"

namespace creditd::schemas {
namespace {

using Body = flatbuffers::Offset<void>;
using schemas::write_body;  // of arrangements: those below would hide it

// --- ledger and accounts -------------------------------------------------------------------------
Body write_body(FlatBuilder& builder, const LedgerOpened& body) {
    const auto id = stored_as<fbs::Bytes16>(body.ledger_id);
    return fbs::CreateLedgerOpened(builder, &id, body.decimals, body.test_clock).Union();
}
Body write_body(FlatBuilder& builder, const EpochClaimed& body) {
    return fbs::CreateEpochClaimed(builder, body.epoch.value).Union();
}
Body write_body(FlatBuilder& builder, const AccountCreated& body) {
    return fbs::CreateAccountCreated(builder, write_id(builder, body.parent),
                                     body.credit_limit.value, body.followed_by)
        .Union();
}
Body write_body(FlatBuilder& builder, const AccountUpdated& body) {
    return fbs::CreateAccountUpdated(builder, write_id(builder, body.parent),
                                     body.credit_limit.value, body.profile_seq.value)
        .Union();
}
Body write_body(FlatBuilder& builder, const AccountClosed&) {
    return fbs::CreateAccountClosed(builder).Union();
}
Body write_body(FlatBuilder& builder, const AccountReopened&) {
    return fbs::CreateAccountReopened(builder).Union();
}
Body write_body(FlatBuilder& builder, const AccountForgotten& body) {
    return fbs::CreateAccountForgotten(builder, body.closed).Union();
}

// --- grants --------------------------------------------------------------------------------------
Body write_body(FlatBuilder& builder, const CreditsGranted& body) {
    const auto terms = TermsWriter(builder).write(body.terms);
    return fbs::CreateCreditsGranted(builder, body.amount.value, terms, body.debt_repaid.value)
        .Union();
}
Body write_body(FlatBuilder& builder, const CreditsPurchased& body) {
    const auto terms = TermsWriter(builder).write(body.terms);
    const TextOffset provider = write_text(builder, body.provider, limits::text_bytes_max);
    const TextOffset payment_id = write_text(builder, body.payment_id, limits::text_bytes_max);
    const auto digest = stored_as<fbs::Bytes16>(body.payment_digest);
    const fbs::Money payment = write_money(body.payment);
    const TextOffset package = write_id(builder, body.package);
    const auto bonus_terms = write_terms_if(builder, body.bonus, body.bonus_terms);
    return fbs::CreateCreditsPurchased(builder, body.amount.value, terms, provider, payment_id,
                                       &digest, body.payment == Money{} ? nullptr : &payment,
                                       body.debt_repaid.value, package, body.bonus.value,
                                       bonus_terms, body.bonus_debt_repaid.value)
        .Union();
}
Body write_body(FlatBuilder& builder, const PurchaseRepeated& body) {
    return fbs::CreatePurchaseRepeated(builder, body.original.value).Union();
}
Body write_body(FlatBuilder& builder, const GrantActivated& body) {
    return fbs::CreateGrantActivated(builder, body.grant.value, body.amount.value,
                                     body.debt_repaid.value)
        .Union();
}
Body write_body(FlatBuilder& builder, const GrantExpired& body) {
    return fbs::CreateGrantExpired(builder, body.grant.value, body.amount.value).Union();
}
Body write_body(FlatBuilder& builder, const GrantRevoked& body) {
    return fbs::CreateGrantRevoked(builder, body.grant.value, body.amount.value, body.whole)
        .Union();
}

// --- deductions ----------------------------------------------------------------------------------
Body write_body(FlatBuilder& builder, const CreditsDeducted& body) {
    Credits amount = body.debt;
    for (const GrantPart& part : body.burned) amount += part.amount;
    CREDITD_ASSERT(amount == body.amount && body.required >= body.amount);
    const UsageImage usage = write_usage(builder, body.usage, price_of(body.required, body.waived));
    const PartsImage burned = write_parts_split(builder, body.burned);
    fbs::CreditsDeductedBuilder table(builder);
    table.add_waived(body.waived.value);
    table.add_debt(body.debt.value);
    table.add_shortfall((body.required - body.amount).value);
    table.add_burned_first(burned.first_or_null());
    table.add_burned_more(burned.more);
    add_usage(table, body.usage, usage);
    table.add_partial_allowed(body.partial_allowed);
    return table.Finish().Union();
}
Body write_body(FlatBuilder& builder, const CreditsRefunded& body) {
    const auto restored = write_restored(builder, body.restored);
    const TextOffset user = write_text(builder, body.user, limits::text_bytes_max);
    const TextOffset model = write_text(builder, body.model, limits::text_bytes_max);
    return fbs::CreateCreditsRefunded(builder, body.deduction.value, body.amount.value,
                                      body.refunded_total.value, restored, body.debt_reversed.value,
                                      user, write_id(builder, body.feature), body.deducted_at.value,
                                      model)
        .Union();
}

// --- holds ---------------------------------------------------------------------------------------
fbs::HoldSummary write_hold(const HoldSummary& hold) {
    return fbs::HoldSummary(hold.id.value, hold.amount.value, hold.captured.value,
                            hold.remaining.value, hold.expires_at.value,
                            static_cast<fbs::HoldStatus>(hold.status),
                            static_cast<fbs::OnExpiry>(hold.on_expiry));
}
Body write_body(FlatBuilder& builder, const HoldPlaced& body) {
    const UsageImage usage =
        write_usage(builder, body.usage, price_of(body.hold.amount, body.waived));
    const PartsImage reserved = write_parts_split(builder, body.reserved);
    const fbs::HoldSummary hold = write_hold(body.hold);
    fbs::HoldPlacedBuilder table(builder);
    table.add_hold(&hold);
    table.add_waived(body.waived.value);
    table.add_on_credit(body.on_credit.value);
    table.add_reserved_first(reserved.first_or_null());
    table.add_reserved_more(reserved.more);
    add_usage(table, body.usage, usage);
    return table.Finish().Union();
}
Body write_body(FlatBuilder& builder, const HoldExtended& body) {
    const PartsImage reserved = write_parts_split(builder, body.reserved);
    const fbs::HoldSummary hold = write_hold(body.hold);
    return fbs::CreateHoldExtended(builder, &hold, body.amount.value, reserved.first_or_null(),
                                   reserved.more, body.on_credit.value)
        .Union();
}
Body write_body(FlatBuilder& builder, const HoldCaptured& body) {
    const UsageImage usage =
        write_usage(builder, body.usage, price_of(body.hold.amount, body.waived));
    const PartsImage burned = write_parts_split(builder, body.burned);
    const auto expired = write_parts(builder, body.expired);
    const fbs::HoldSummary hold = write_hold(body.hold);
    fbs::HoldCapturedBuilder table(builder);
    table.add_hold(&hold);
    table.add_waived(body.waived.value);
    table.add_amount(body.amount.value);
    table.add_debt(body.debt.value);
    table.add_released(body.released.value);
    table.add_burned_first(burned.first_or_null());
    table.add_burned_more(burned.more);
    table.add_expired(expired);
    add_usage(table, body.usage, usage);
    return table.Finish().Union();
}
Body write_body(FlatBuilder& builder, const HoldReleased& body) {
    const auto expired = write_parts(builder, body.expired);
    const fbs::HoldSummary hold = write_hold(body.hold);
    return fbs::CreateHoldReleased(builder, &hold, body.released.value, expired).Union();
}

// --- transfers -----------------------------------------------------------------------------------
Body write_body(FlatBuilder& builder, const TransferredOut& body) {
    const TextOffset to = write_id(builder, body.to);
    const PartsImage burned = write_parts_split(builder, body.burned);
    return fbs::CreateTransferredOut(builder, to, body.amount.value, burned.first_or_null(),
                                     burned.more)
        .Union();
}
Body write_body(FlatBuilder& builder, const TransferredIn& body) {
    CREDITD_ASSERT(body.moved.size() <= event_parts_max);
    TermsWriter terms(builder);
    std::vector<flatbuffers::Offset<fbs::MovedPart>> parts;
    parts.reserve(body.moved.size());
    for (const MovedPart& part : body.moved) {
        const auto stored_terms = terms.write(part.terms);
        parts.push_back(fbs::CreateMovedPart(builder, part.from.value, part.amount.value,
                                             stored_terms, part.debt_repaid.value));
    }
    const auto moved = parts.empty() ? 0 : builder.CreateVector(parts);
    const auto sender = stored_as<fbs::BalancesImage>(body.sender);
    return fbs::CreateTransferredIn(builder, write_id(builder, body.from), body.amount.value, moved,
                                    &sender)
        .Union();
}

// --- refusals, catalog, keys ---------------------------------------------------------------------
Body write_body(FlatBuilder& builder, const CommandRefused& body) {
    const Refusal& refusal = body.refusal;
    const RefusalDetail& detail = refusal.details();
    const TextOffset budget = write_id(builder, detail.budget);
    const TextOffset window = write_id(builder, detail.window);
    const TextOffset top_up = write_text(builder, detail.top_up_url, limits::text_bytes_max);
    const TextOffset name = write_id(builder, detail.name);
    return fbs::CreateCommandRefused(builder, static_cast<fbs::Operation>(body.operation),
                                     static_cast<std::uint8_t>(refusal.code),
                                     refusal.required.value, refusal.available.value,
                                     refusal.shortfall.value, write_id(builder, body.feature),
                                     body.index, budget, window, detail.resets_at.value, top_up,
                                     name, static_cast<std::uint8_t>(detail.fault))
        .Union();
}
Body write_body(FlatBuilder& builder, const FeatureSet& body) {
    return write_feature(builder, body).Union();
}
Body write_body(FlatBuilder& builder, const FeatureRemoved& body) {
    return fbs::CreateFeatureRemoved(builder, write_id(builder, body.key), body.price_book).Union();
}
Body write_body(FlatBuilder& builder, const OfferSet& body) {
    return write_offer(builder, body.offer, body.price_book).Union();
}
Body write_body(FlatBuilder& builder, const OfferRemoved& body) {
    return fbs::CreateOfferRemoved(builder, static_cast<fbs::OfferKind>(body.kind),
                                   write_id(builder, body.id), body.price_book)
        .Union();
}
Body write_body(FlatBuilder& builder, const ApiKeyCreated& body) {
    return write_api_key(builder, body).Union();
}
Body write_body(FlatBuilder& builder, const ApiKeyRevoked& body) {
    return fbs::CreateApiKeyRevoked(builder, write_id(builder, body.id)).Union();
}

// --- the event -----------------------------------------------------------------------------------
/// What an origin becomes; all absent without one.
struct OriginImage {
    std::optional<fbs::Bytes16> key_uuid, trace;
    TextOffset key, actor;
    fbs::RequestDigests digests;
    std::uint32_t earlier = 0;
};

OriginImage write_origin(FlatBuilder& builder, const Event& event) {
    OriginImage image;
    if (!event.origin) return image;
    const Origin& origin = *event.origin;
    if (const auto uuid = parse_uuid(origin.key)) {
        image.key_uuid = stored_as<fbs::Bytes16>(*uuid);
    } else {
        image.key = write_text(builder, origin.key, limits::idempotency_key_bytes_max);
    }
    image.actor = write_id(builder, origin.actor);
    if (const auto trace = parse_hex16(origin.trace_id)) {
        image.trace = stored_as<fbs::Bytes16>(*trace);
    } else {
        CREDITD_ASSERT(origin.trace_id.empty());
    }
    image.digests = fbs::RequestDigests(stored_as<fbs::Bytes16>(origin.key_digest),
                                        stored_as<fbs::Bytes16>(origin.fingerprint));
    const std::uint64_t earlier = event.seq.value - origin.first_seq.value;
    CREDITD_ASSERT(earlier <= UINT32_MAX);
    image.earlier = static_cast<std::uint32_t>(earlier);
    return image;
}

void write_event(FlatBuilder& builder, const Event& event) {
    CREDITD_ASSERT(event.account.empty() == event.account_no.is_none());
    const Body body = std::visit([&](const auto& b) { return write_body(builder, b); }, event.body);
    const OriginImage origin = write_origin(builder, event);
    const TextOffset account = write_id(builder, event.account);
    const Balances& balances = event.balances;
    const fbs::Head head(event.seq.value, event.time.value, balances.before.value,
                         balances.after.value, event.account_no.value, origin.earlier);
    fbs::EventBuilder table(builder);
    table.add_head(&head);
    table.add_held(balances.held.value);
    table.add_unusable((balances.after - balances.held - balances.available).value);
    table.add_account(account);
    table.add_key(origin.key);
    table.add_actor(origin.actor);
    table.add_body(body);
    if (event.origin) table.add_request(&origin.digests);
    if (origin.key_uuid) table.add_key_uuid(&*origin.key_uuid);
    if (origin.trace) table.add_trace(&*origin.trace);
    if (event.personal_hash) {
        const auto hash = stored_as<fbs::Bytes32>(*event.personal_hash);
        table.add_personal_hash(&hash);
    }
    if (event.origin) {
        table.add_operation(static_cast<fbs::Operation>(event.origin->operation));
    }
    table.add_body_type(static_cast<fbs::EventBody>(event.body.index() + 1));
    fbs::FinishEventBuffer(builder, table.Finish());
}

}  // namespace

struct EventEncoder::Parts {
    FlatBuilder builder{4096};
};

EventEncoder::EventEncoder() : parts_(std::make_unique<Parts>()) {}
EventEncoder::~EventEncoder() = default;
EventEncoder::EventEncoder(EventEncoder&&) noexcept = default;
EventEncoder& EventEncoder::operator=(EventEncoder&&) noexcept = default;

std::string_view EventEncoder::encode(const Event& event) {
    FlatBuilder& builder = parts_->builder;
    builder.Clear();
    write_event(builder, event);
    CREDITD_ASSERT(builder.GetSize() <= limits::event_bytes_max);
    return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

}  // namespace creditd::schemas
