#include <array>
#include <tuple>
#include <utility>

#include "schemas/arrangement_bodies.hpp"
#include "schemas/endpoint_bodies.hpp"
#include "schemas/event_parts.hpp"
#include "schemas/event_reader.hpp"
#include "schemas/offer_parts.hpp"
#include "schemas/payment_bodies.hpp"

namespace creditd::schemas {
namespace {

// --- ledger and accounts -------------------------------------------------------------------------
void read_body(FieldReader& reader, const fbs::LedgerOpened& stored, LedgerOpened& out) {
    reader.require_known(stored, fbs::LedgerOpened::VT_TEST_CLOCK, "ledger_opened");
    out.ledger_id = core_as<std::array<std::uint8_t, 16>>(*stored.ledger_id());
    reader.require(stored.decimals() <= limits::decimals_max, CodecFault::out_of_range, "decimals");
    out.decimals = stored.decimals();
    out.test_clock = stored.test_clock();
}
void read_body(FieldReader& reader, const fbs::EpochClaimed& stored, EpochClaimed& out) {
    reader.require_known(stored, fbs::EpochClaimed::VT_EPOCH, "epoch_claimed");
    out.epoch = Epoch{stored.epoch()};
}
void read_body(FieldReader& reader, const fbs::AccountCreated& stored, AccountCreated& out) {
    reader.require_known(stored, fbs::AccountCreated::VT_FOLLOWED_BY, "account_created");
    reader.text(stored.parent(), limits::id_bytes_max, out.parent, "parent");
    out.credit_limit = reader.amount(stored.credit_limit(), "credit_limit");
    out.followed_by = stored.followed_by();
}
void read_body(FieldReader& reader, const fbs::AccountUpdated& stored, AccountUpdated& out) {
    reader.require_known(stored, fbs::AccountUpdated::VT_PROFILE_SEQ, "account_updated");
    reader.text(stored.parent(), limits::id_bytes_max, out.parent, "parent");
    out.credit_limit = reader.amount(stored.credit_limit(), "credit_limit");
    out.profile_seq = Seq{stored.profile_seq()};
}
void read_body(FieldReader& reader, const fbs::AccountClosed& stored, AccountClosed&) {
    reader.require_known(stored, no_fields, "account_closed");
}
void read_body(FieldReader& reader, const fbs::AccountReopened& stored, AccountReopened&) {
    reader.require_known(stored, no_fields, "account_reopened");
}
void read_body(FieldReader& reader, const fbs::AccountForgotten& stored, AccountForgotten& out) {
    reader.require_known(stored, fbs::AccountForgotten::VT_CLOSED, "account_forgotten");
    out.closed = stored.closed();
}

// --- grants --------------------------------------------------------------------------------------
void read_body(FieldReader& reader, const fbs::CreditsGranted& stored, CreditsGranted& out) {
    reader.require_known(stored, fbs::CreditsGranted::VT_DEBT_REPAID, "credits_granted");
    out.amount = reader.amount(stored.amount(), "amount");
    read_terms(reader, *stored.terms(), out.terms);
    out.debt_repaid = reader.amount(stored.debt_repaid(), "debt_repaid");
}
void read_body(FieldReader& reader, const fbs::CreditsPurchased& stored, CreditsPurchased& out) {
    reader.require_known(stored, fbs::CreditsPurchased::VT_BONUS_DEBT_REPAID, "credits_purchased");
    out.amount = reader.amount(stored.amount(), "amount");
    read_terms(reader, *stored.terms(), out.terms);
    out.debt_repaid = reader.amount(stored.debt_repaid(), "debt_repaid");
    reader.text(stored.provider(), limits::text_bytes_max, out.provider, "provider");
    reader.text(stored.payment_id(), limits::text_bytes_max, out.payment_id, "payment_id");
    out.payment_digest = core_as<Digest>(*stored.payment_digest());
    out.payment = read_money(reader, stored.payment(), "payment");
    reader.text(stored.package(), limits::id_bytes_max, out.package, "package");
    out.bonus = reader.amount(stored.bonus(), "bonus");
    out.bonus_debt_repaid = reader.amount(stored.bonus_debt_repaid(), "bonus_debt_repaid");
    read_terms_if(reader, out.bonus, stored.bonus_terms(), out.bonus_terms, "bonus_terms");
}
void read_body(FieldReader& reader, const fbs::PurchaseRepeated& stored, PurchaseRepeated& out) {
    reader.require_known(stored, fbs::PurchaseRepeated::VT_ORIGINAL, "purchase_repeated");
    out.original = Seq{stored.original()};
}
void read_body(FieldReader& reader, const fbs::GrantActivated& stored, GrantActivated& out) {
    reader.require_known(stored, fbs::GrantActivated::VT_DEBT_REPAID, "grant_activated");
    out.grant = GrantId{stored.grant()};
    out.amount = reader.amount(stored.amount(), "amount");
    out.debt_repaid = reader.amount(stored.debt_repaid(), "debt_repaid");
}
void read_body(FieldReader& reader, const fbs::GrantExpired& stored, GrantExpired& out) {
    reader.require_known(stored, fbs::GrantExpired::VT_AMOUNT, "grant_expired");
    out.grant = GrantId{stored.grant()};
    out.amount = reader.amount(stored.amount(), "amount");
}
void read_body(FieldReader& reader, const fbs::GrantRevoked& stored, GrantRevoked& out) {
    reader.require_known(stored, fbs::GrantRevoked::VT_WHOLE, "grant_revoked");
    out.grant = GrantId{stored.grant()};
    out.amount = reader.amount(stored.amount(), "amount");
    out.whole = stored.whole();
}

// --- deductions ----------------------------------------------------------------------------------
void read_body(FieldReader& reader, const fbs::CreditsDeducted& stored, CreditsDeducted& out) {
    reader.require_known(stored, fbs::CreditsDeducted::VT_WAIVED, "credits_deducted");
    const Credits burned =
        read_parts(reader, stored.burned_first(), stored.burned_more(), out.burned);
    out.debt = reader.amount(stored.debt(), "debt");
    const Credits shortfall = reader.amount(stored.shortfall(), "shortfall");
    if (!reader.ok()) return;
    out.amount = reader.amount((burned + out.debt).value, "amount");
    out.required = reader.amount((out.amount + shortfall).value, "required");
    out.partial_allowed = stored.partial_allowed();
    out.waived = reader.amount(stored.waived(), "waived");
    read_usage(reader, stored, price_of(out.required, out.waived), out.usage);
}
void read_body(FieldReader& reader, const fbs::CreditsRefunded& stored, CreditsRefunded& out) {
    reader.require_known(stored, fbs::CreditsRefunded::VT_MODEL, "credits_refunded");
    out.deduction = DeductionId{stored.deduction()};
    out.amount = reader.amount(stored.amount(), "amount");
    out.refunded_total = reader.amount(stored.refunded_total(), "refunded_total");
    out.debt_reversed = reader.amount(stored.debt_reversed(), "debt_reversed");
    read_restored(reader, stored.restored(), out.restored);
    reader.text(stored.user(), limits::text_bytes_max, out.user, "user");
    reader.text(stored.feature(), limits::id_bytes_max, out.feature, "feature");
    out.deducted_at = reader.time(stored.deducted_at(), "deducted_at");
    reader.text(stored.model(), limits::text_bytes_max, out.model, "model");
}

// --- holds ---------------------------------------------------------------------------------------
void read_hold(FieldReader& reader, const fbs::HoldSummary& stored, HoldSummary& out) {
    out.id = HoldId{stored.id()};
    out.amount = reader.amount(stored.amount(), "hold.amount");
    out.captured = reader.amount(stored.captured(), "hold.captured");
    out.remaining = reader.amount(stored.remaining(), "hold.remaining");
    out.status = reader.value(stored.status(), HoldStatus::expired, "hold.status");
    out.expires_at = reader.time(stored.expires_at(), "hold.expires_at");
    out.on_expiry = reader.value(stored.on_expiry(), OnExpiry::capture, "hold.on_expiry");
}
void read_body(FieldReader& reader, const fbs::HoldPlaced& stored, HoldPlaced& out) {
    reader.require_known(stored, fbs::HoldPlaced::VT_WAIVED, "hold_placed");
    read_hold(reader, *stored.hold(), out.hold);
    out.waived = reader.amount(stored.waived(), "waived");
    read_usage(reader, stored, price_of(out), out.usage);
    read_parts(reader, stored.reserved_first(), stored.reserved_more(), out.reserved);
    out.on_credit = reader.amount(stored.on_credit(), "on_credit");
}
void read_body(FieldReader& reader, const fbs::HoldExtended& stored, HoldExtended& out) {
    reader.require_known(stored, fbs::HoldExtended::VT_ON_CREDIT, "hold_extended");
    read_hold(reader, *stored.hold(), out.hold);
    out.amount = reader.amount(stored.amount(), "amount");
    read_parts(reader, stored.reserved_first(), stored.reserved_more(), out.reserved);
    out.on_credit = reader.amount(stored.on_credit(), "on_credit");
}
void read_body(FieldReader& reader, const fbs::HoldCaptured& stored, HoldCaptured& out) {
    reader.require_known(stored, fbs::HoldCaptured::VT_WAIVED, "hold_captured");
    read_hold(reader, *stored.hold(), out.hold);
    out.amount = reader.amount(stored.amount(), "amount");
    out.waived = reader.amount(stored.waived(), "waived");
    read_usage(reader, stored, price_of(out), out.usage);
    read_parts(reader, stored.burned_first(), stored.burned_more(), out.burned);
    out.debt = reader.amount(stored.debt(), "debt");
    out.released = reader.amount(stored.released(), "released");
    read_parts(reader, nullptr, stored.expired(), out.expired);
}
void read_body(FieldReader& reader, const fbs::HoldReleased& stored, HoldReleased& out) {
    reader.require_known(stored, fbs::HoldReleased::VT_EXPIRED, "hold_released");
    read_hold(reader, *stored.hold(), out.hold);
    out.released = reader.amount(stored.released(), "released");
    read_parts(reader, nullptr, stored.expired(), out.expired);
}

// --- transfers -----------------------------------------------------------------------------------
void read_body(FieldReader& reader, const fbs::TransferredOut& stored, TransferredOut& out) {
    reader.require_known(stored, fbs::TransferredOut::VT_BURNED_MORE, "transferred_out");
    reader.text(stored.to(), limits::id_bytes_max, out.to, "to");
    out.amount = reader.amount(stored.amount(), "amount");
    read_parts(reader, stored.burned_first(), stored.burned_more(), out.burned);
}
void read_part(FieldReader& reader, const fbs::MovedPart& stored, MovedPart& out) {
    reader.require_known(stored, fbs::MovedPart::VT_DEBT_REPAID, "moved");
    out.from = GrantId{stored.from()};
    out.amount = reader.amount(stored.amount(), "moved.amount");
    out.debt_repaid = reader.amount(stored.debt_repaid(), "moved.debt_repaid");
    read_terms(reader, *stored.terms(), out.terms);
}
void read_body(FieldReader& reader, const fbs::TransferredIn& stored, TransferredIn& out) {
    reader.require_known(stored, fbs::TransferredIn::VT_SENDER, "transferred_in");
    reader.text(stored.from(), limits::id_bytes_max, out.from, "from");
    out.amount = reader.amount(stored.amount(), "amount");
    out.moved.resize(reader.count(stored.moved(), event_parts_max, "moved"));
    for (std::size_t i = 0; i < out.moved.size() && reader.ok(); ++i) {
        const auto place = static_cast<flatbuffers::uoffset_t>(i);
        read_part(reader, *stored.moved()->Get(place), out.moved[i]);
    }
    const fbs::BalancesImage& sender = *stored.sender();
    out.sender.before = reader.balance(sender.before(), "sender.before");
    out.sender.after = reader.balance(sender.after(), "sender.after");
    out.sender.available = reader.difference(sender.available(), "sender.available");
    out.sender.held = reader.amount(sender.held(), "sender.held");
}

// --- refusals, catalog, keys ---------------------------------------------------------------------
void read_body(FieldReader& reader, const fbs::CommandRefused& stored, CommandRefused& out) {
    reader.require_known(stored, fbs::CommandRefused::VT_FAULT, "command_refused");
    out.operation = reader.value(stored.operation(), operation_last, "operation");
    out.refusal.code = static_cast<RefusalCode>(stored.code());
    reader.require(name_of(out.refusal.code) != "unknown", CodecFault::unknown_value, "code");
    out.refusal.required = reader.balance(stored.required(), "refusal.required");
    out.refusal.available = reader.difference(stored.available(), "refusal.available");
    out.refusal.shortfall = reader.difference(stored.shortfall(), "refusal.shortfall");
    reader.text(stored.feature(), limits::id_bytes_max, out.feature, "feature");
    out.index = stored.index();
    RefusalDetail detail;
    reader.text(stored.budget(), limits::id_bytes_max, detail.budget, "refusal.budget");
    reader.text(stored.window(), limits::id_bytes_max, detail.window, "refusal.window");
    detail.resets_at = reader.time(stored.resets_at(), "refusal.resets_at");
    reader.text(stored.top_up_url(), limits::text_bytes_max, detail.top_up_url,
                "refusal.top_up_url");
    reader.text(stored.name(), limits::id_bytes_max, detail.name, "refusal.name");
    reader.require(stored.fault() <= static_cast<std::uint8_t>(UnitFault::beyond),
                   CodecFault::unknown_value, "refusal.fault");
    detail.fault = static_cast<UnitFault>(stored.fault());
    out.refusal.detail.reset();
    if (detail != RefusalDetail{}) out.refusal.detail.touch() = std::move(detail);
}
void read_body(FieldReader& reader, const fbs::FeatureSet& stored, FeatureSet& out) {
    read_feature(reader, stored, out);
}
void read_body(FieldReader& reader, const fbs::FeatureRemoved& stored, FeatureRemoved& out) {
    reader.require_known(stored, fbs::FeatureRemoved::VT_PRICE_BOOK, "feature_removed");
    reader.text(stored.key(), limits::id_bytes_max, out.key, "key");
    out.price_book = stored.price_book();
}
void read_body(FieldReader& reader, const fbs::OfferSet& stored, OfferSet& out) {
    read_offer(reader, stored, out.offer);
    out.price_book = stored.price_book();
}
void read_body(FieldReader& reader, const fbs::OfferRemoved& stored, OfferRemoved& out) {
    reader.require_known(stored, fbs::OfferRemoved::VT_PRICE_BOOK, "offer_removed");
    out.kind = reader.value(stored.kind(), OfferKind::promotion, "kind");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "id");
    out.price_book = stored.price_book();
}
void read_body(FieldReader& reader, const fbs::ApiKeyCreated& stored, ApiKeyCreated& out) {
    read_api_key(reader, stored, out);
}
void read_body(FieldReader& reader, const fbs::ApiKeyRevoked& stored, ApiKeyRevoked& out) {
    reader.require_known(stored, fbs::ApiKeyRevoked::VT_ID, "api_key_revoked");
    reader.text(stored.id(), limits::id_bytes_max, out.id, "id");
}

// --- dispatch ------------------------------------------------------------------------------------
/// In the order of core's variant.
using StoredBodies =
    std::tuple<fbs::LedgerOpened, fbs::EpochClaimed, fbs::AccountCreated, fbs::AccountUpdated,
               fbs::AccountClosed, fbs::AccountReopened, fbs::CreditsGranted, fbs::CreditsPurchased,
               fbs::PurchaseRepeated, fbs::GrantActivated, fbs::GrantExpired, fbs::GrantRevoked,
               fbs::CreditsDeducted, fbs::CreditsRefunded, fbs::HoldPlaced, fbs::HoldExtended,
               fbs::HoldCaptured, fbs::HoldReleased, fbs::TransferredOut, fbs::TransferredIn,
               fbs::CommandRefused, fbs::FeatureSet, fbs::FeatureRemoved, fbs::ApiKeyCreated,
               fbs::ApiKeyRevoked, fbs::OfferSet, fbs::OfferRemoved, fbs::SubscriptionMoved,
               fbs::PromotionRedeemed, fbs::ReferralMade, fbs::ReferralRewarded, fbs::BudgetSet,
               fbs::BudgetRemoved, fbs::AlertSet, fbs::AlertRemoved, fbs::BalanceAlerted,
               fbs::AutoTopUpSet, fbs::AutoTopUpRemoved, fbs::TopUpAsked, fbs::ClockAdvanced,
               fbs::EndpointSet, fbs::EndpointRemoved, fbs::OrderSet, fbs::PaymentNoted,
               fbs::PaymentReversed, fbs::PaymentRestored, fbs::NotificationNoted,
               fbs::AccountForgotten>;

/// Keeps the alternative, and with it the capacity of its texts and lists, where it is the same.
template <std::size_t Kind>
void read_as(FieldReader& reader, const void* body, EventBody& out) {
    using Core = std::variant_alternative_t<Kind, EventBody>;
    using Stored = std::tuple_element_t<Kind, StoredBodies>;
    static_assert(static_cast<std::size_t>(fbs::EventBodyTraits<Stored>::enum_value) == Kind + 1);
    Core* const same = std::get_if<Core>(&out);
    read_body(reader, *static_cast<const Stored*>(body),
              same != nullptr ? *same : out.emplace<Core>());
}

using ReadAs = void (*)(FieldReader&, const void*, EventBody&);
template <std::size_t... Kinds>
constexpr std::array<ReadAs, sizeof...(Kinds)> readers_of(std::index_sequence<Kinds...>) {
    return {read_as<Kinds>...};
}

}  // namespace

void read_event_body(FieldReader& reader, const fbs::Event& event, EventBody& out) {
    static constexpr auto readers =
        readers_of(std::make_index_sequence<std::variant_size_v<EventBody>>());
    const auto number = static_cast<std::size_t>(event.body_type());
    if (number == 0 || number > readers.size()) {
        return reader.fail(CodecFault::unknown_kind, "body");
    }
    readers[number - 1](reader, event.body(), out);
}

}  // namespace creditd::schemas
