#include "schemas/event_parts.hpp"
#include "schemas/event_reader.hpp"

namespace creditd::schemas {
namespace {

// --- ledger and accounts -------------------------------------------------------------------------
void read_body(FieldReader& reader, const fbs::LedgerOpened& stored, LedgerOpened& out) {
    reader.require_known(stored, fbs::LedgerOpened::VT_DECIMALS, "ledger_opened");
    out.ledger_id = core_as<std::array<std::uint8_t, 16>>(*stored.ledger_id());
    reader.require(stored.decimals() <= limits::decimals_max, CodecFault::out_of_range, "decimals");
    out.decimals = stored.decimals();
}
void read_body(FieldReader& reader, const fbs::EpochClaimed& stored, EpochClaimed& out) {
    reader.require_known(stored, fbs::EpochClaimed::VT_EPOCH, "epoch_claimed");
    out.epoch = Epoch{stored.epoch()};
}
void read_body(FieldReader& reader, const fbs::AccountCreated& stored, AccountCreated& out) {
    reader.require_known(stored, fbs::AccountCreated::VT_CREDIT_LIMIT, "account_created");
    reader.text(stored.parent(), limits::id_bytes_max, out.parent, "parent");
    out.credit_limit = reader.amount(stored.credit_limit(), "credit_limit");
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

// --- grants --------------------------------------------------------------------------------------
void read_body(FieldReader& reader, const fbs::CreditsGranted& stored, CreditsGranted& out) {
    reader.require_known(stored, fbs::CreditsGranted::VT_DEBT_REPAID, "credits_granted");
    out.amount = reader.amount(stored.amount(), "amount");
    read_terms(reader, *stored.terms(), out.terms);
    out.debt_repaid = reader.amount(stored.debt_repaid(), "debt_repaid");
}
void read_body(FieldReader& reader, const fbs::CreditsPurchased& stored, CreditsPurchased& out) {
    reader.require_known(stored, fbs::CreditsPurchased::VT_DEBT_REPAID, "credits_purchased");
    out.amount = reader.amount(stored.amount(), "amount");
    read_terms(reader, *stored.terms(), out.terms);
    out.debt_repaid = reader.amount(stored.debt_repaid(), "debt_repaid");
    reader.text(stored.provider(), limits::text_bytes_max, out.provider, "provider");
    reader.text(stored.payment_id(), limits::text_bytes_max, out.payment_id, "payment_id");
    out.payment_digest = core_as<Digest>(*stored.payment_digest());
    out.payment = read_money(reader, stored.payment(), "payment");
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
    reader.require_known(stored, fbs::CreditsDeducted::VT_PARTIAL_ALLOWED, "credits_deducted");
    const Credits burned =
        read_parts(reader, stored.burned_first(), stored.burned_more(), out.burned);
    out.debt = reader.amount(stored.debt(), "debt");
    const Credits shortfall = reader.amount(stored.shortfall(), "shortfall");
    if (!reader.ok()) return;
    out.amount = reader.amount((burned + out.debt).value, "amount");
    out.required = reader.amount((out.amount + shortfall).value, "required");
    out.partial_allowed = stored.partial_allowed();
    read_usage(reader, stored, out.required, out.usage);
}
void read_part(FieldReader& reader, const fbs::RestoredPart& stored, RestoredPart& out) {
    reader.require_known(stored, fbs::RestoredPart::VT_TERMS, "restored");
    out.burned_from = GrantId{stored.burned_from()};
    out.grant = GrantId{stored.grant()};
    out.amount = reader.amount(stored.amount(), "restored.amount");
    out.into = reader.value(stored.into(), RestoredInto::revoked_grant, "restored.into");
    out.original_amount = reader.amount(stored.original_amount(), "restored.original_amount");
    read_terms(reader, *stored.terms(), out.terms);
}
void read_body(FieldReader& reader, const fbs::CreditsRefunded& stored, CreditsRefunded& out) {
    reader.require_known(stored, fbs::CreditsRefunded::VT_DEBT_REVERSED, "credits_refunded");
    out.deduction = DeductionId{stored.deduction()};
    out.amount = reader.amount(stored.amount(), "amount");
    out.refunded_total = reader.amount(stored.refunded_total(), "refunded_total");
    out.debt_reversed = reader.amount(stored.debt_reversed(), "debt_reversed");
    out.restored.resize(reader.count(stored.restored(), event_parts_max, "restored"));
    for (std::size_t i = 0; i < out.restored.size() && reader.ok(); ++i) {
        const auto place = static_cast<flatbuffers::uoffset_t>(i);
        read_part(reader, *stored.restored()->Get(place), out.restored[i]);
    }
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
    reader.require_known(stored, fbs::HoldPlaced::VT_ON_CREDIT, "hold_placed");
    read_hold(reader, *stored.hold(), out.hold);
    read_usage(reader, stored, out.hold.amount, out.usage);
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
    reader.require_known(stored, fbs::HoldCaptured::VT_EXPIRED, "hold_captured");
    read_hold(reader, *stored.hold(), out.hold);
    out.amount = reader.amount(stored.amount(), "amount");
    read_usage(reader, stored, out.hold.amount, out.usage);
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
    reader.require_known(stored, fbs::CommandRefused::VT_INDEX, "command_refused");
    out.operation = reader.value(stored.operation(), Operation::revoke_key, "operation");
    out.refusal.code = static_cast<RefusalCode>(stored.code());
    reader.require(name_of(out.refusal.code) != "unknown", CodecFault::unknown_value, "code");
    out.refusal.required = reader.balance(stored.required(), "refusal.required");
    out.refusal.available = reader.difference(stored.available(), "refusal.available");
    out.refusal.shortfall = reader.difference(stored.shortfall(), "refusal.shortfall");
    reader.text(stored.feature(), limits::id_bytes_max, out.feature, "feature");
    out.index = stored.index();
}
void read_body(FieldReader& reader, const fbs::FeatureSet& stored, FeatureSet& out) {
    read_feature(reader, stored, out);
}
void read_body(FieldReader& reader, const fbs::FeatureRemoved& stored, FeatureRemoved& out) {
    reader.require_known(stored, fbs::FeatureRemoved::VT_PRICE_BOOK, "feature_removed");
    reader.text(stored.key(), limits::id_bytes_max, out.key, "key");
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
/// Keeps the alternative, and with it the capacity of its texts and lists, where it is the same.
template <class Core, class Stored>
void read_as(FieldReader& reader, const Stored* stored, EventBody& out) {
    Core* const same = std::get_if<Core>(&out);
    read_body(reader, *stored, same != nullptr ? *same : out.emplace<Core>());
}

}  // namespace

void read_event_body(FieldReader& reader, const fbs::Event& event, EventBody& out) {
    using Kind = fbs::EventBody;
    switch (event.body_type()) {
        case Kind::LedgerOpened:
            return read_as<LedgerOpened>(reader, event.body_as_LedgerOpened(), out);
        case Kind::EpochClaimed:
            return read_as<EpochClaimed>(reader, event.body_as_EpochClaimed(), out);
        case Kind::AccountCreated:
            return read_as<AccountCreated>(reader, event.body_as_AccountCreated(), out);
        case Kind::AccountUpdated:
            return read_as<AccountUpdated>(reader, event.body_as_AccountUpdated(), out);
        case Kind::AccountClosed:
            return read_as<AccountClosed>(reader, event.body_as_AccountClosed(), out);
        case Kind::AccountReopened:
            return read_as<AccountReopened>(reader, event.body_as_AccountReopened(), out);
        case Kind::CreditsGranted:
            return read_as<CreditsGranted>(reader, event.body_as_CreditsGranted(), out);
        case Kind::CreditsPurchased:
            return read_as<CreditsPurchased>(reader, event.body_as_CreditsPurchased(), out);
        case Kind::PurchaseRepeated:
            return read_as<PurchaseRepeated>(reader, event.body_as_PurchaseRepeated(), out);
        case Kind::GrantActivated:
            return read_as<GrantActivated>(reader, event.body_as_GrantActivated(), out);
        case Kind::GrantExpired:
            return read_as<GrantExpired>(reader, event.body_as_GrantExpired(), out);
        case Kind::GrantRevoked:
            return read_as<GrantRevoked>(reader, event.body_as_GrantRevoked(), out);
        case Kind::CreditsDeducted:
            return read_as<CreditsDeducted>(reader, event.body_as_CreditsDeducted(), out);
        case Kind::CreditsRefunded:
            return read_as<CreditsRefunded>(reader, event.body_as_CreditsRefunded(), out);
        case Kind::HoldPlaced: return read_as<HoldPlaced>(reader, event.body_as_HoldPlaced(), out);
        case Kind::HoldExtended:
            return read_as<HoldExtended>(reader, event.body_as_HoldExtended(), out);
        case Kind::HoldCaptured:
            return read_as<HoldCaptured>(reader, event.body_as_HoldCaptured(), out);
        case Kind::HoldReleased:
            return read_as<HoldReleased>(reader, event.body_as_HoldReleased(), out);
        case Kind::TransferredOut:
            return read_as<TransferredOut>(reader, event.body_as_TransferredOut(), out);
        case Kind::TransferredIn:
            return read_as<TransferredIn>(reader, event.body_as_TransferredIn(), out);
        case Kind::CommandRefused:
            return read_as<CommandRefused>(reader, event.body_as_CommandRefused(), out);
        case Kind::FeatureSet: return read_as<FeatureSet>(reader, event.body_as_FeatureSet(), out);
        case Kind::FeatureRemoved:
            return read_as<FeatureRemoved>(reader, event.body_as_FeatureRemoved(), out);
        case Kind::ApiKeyCreated:
            return read_as<ApiKeyCreated>(reader, event.body_as_ApiKeyCreated(), out);
        case Kind::ApiKeyRevoked:
            return read_as<ApiKeyRevoked>(reader, event.body_as_ApiKeyRevoked(), out);
        case Kind::NONE: break;
    }
    reader.fail(CodecFault::unknown_kind, "body");
}

}  // namespace creditd::schemas
