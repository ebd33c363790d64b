#include "schemas/payment_bodies.hpp"

namespace creditd::schemas {
namespace {

using Standing = flatbuffers::Offset<fbs::PaymentStanding>;
constexpr std::size_t lots_max = 2;

/// A list of tables, each written by `write`; an empty one is left out.
template <class Stored, class Core, class Write>
ListOffset<flatbuffers::Offset<Stored>> write_list(FlatBuilder& builder,
                                                   const std::vector<Core>& list, Write write) {
    if (list.empty()) return {};
    std::vector<flatbuffers::Offset<Stored>> stored;
    stored.reserve(list.size());
    for (const Core& element : list) stored.push_back(write(element));
    return builder.CreateVector(stored);
}

template <class Core, class Stored, class Read>
void read_list(FieldReader& reader, const flatbuffers::Vector<flatbuffers::Offset<Stored>>* stored,
               std::size_t count_max, std::vector<Core>& out, std::string_view detail, Read read) {
    out.resize(reader.count(stored, count_max, detail));
    for (std::size_t i = 0; i < out.size() && reader.ok(); ++i) {
        read(*stored->Get(static_cast<flatbuffers::uoffset_t>(i)), out[i]);
    }
}

Standing write_standing(FlatBuilder& builder, const PaymentStanding& standing) {
    CREDITD_ASSERT(standing.lots.size() <= lots_max);
    const auto text = [&](std::string_view words) {
        return write_text(builder, words, limits::text_bytes_max);
    };
    const auto refunds =
        write_list<fbs::PaymentRefund>(builder, standing.refunds, [&](const PaymentRefund& refund) {
            return fbs::CreatePaymentRefund(builder, text(refund.id), refund.minor,
                                            static_cast<fbs::RefundStatus>(refund.status));
        });
    const auto disputes = write_list<fbs::PaymentDispute>(
        builder, standing.disputes, [&](const PaymentDispute& dispute) {
            return fbs::CreatePaymentDispute(builder, text(dispute.id),
                                             static_cast<fbs::DisputeStatus>(dispute.status));
        });
    TermsWriter terms(builder);
    const auto lots =
        write_list<fbs::PaymentLot>(builder, standing.lots, [&](const PaymentLot& lot) {
            const auto stored_terms = terms.write(lot.terms);
            return fbs::CreatePaymentLot(builder, lot.grant.value, lot.amount.value, stored_terms,
                                         lot.taken.value, lot.owed.value, lot.written_off.value);
        });
    const TextOffset provider = text(standing.provider);
    const TextOffset payment_id = text(standing.payment_id);
    const auto digest = stored_as<fbs::Bytes16>(standing.payment_digest);
    const fbs::Money amount = write_money(standing.amount);
    const TextOffset order = write_text(builder, standing.order, limits::id_bytes_max);
    const auto order_digest = stored_as<fbs::Bytes16>(standing.order_digest);
    return fbs::CreatePaymentStanding(
        builder, provider, payment_id, &digest, standing.amount == Money{} ? nullptr : &amount,
        standing.purchase.value, order, standing.order_digest == Digest{} ? nullptr : &order_digest,
        standing.refunded_minor, refunds, disputes, lots);
}

std::int64_t read_minor(FieldReader& reader, std::int64_t minor, std::string_view detail) {
    reader.require(minor >= 0 && minor <= limits::money_minor_max, CodecFault::out_of_range,
                   detail);
    return minor;
}

void read_lot(FieldReader& reader, const fbs::PaymentLot& stored, PaymentLot& out) {
    reader.require_known(stored, fbs::PaymentLot::VT_WRITTEN_OFF, "lot");
    out.grant = GrantId{stored.grant()};
    out.amount = reader.amount(stored.amount(), "lot.amount");
    read_terms(reader, *stored.terms(), out.terms);
    out.taken = reader.amount(stored.taken(), "lot.taken");
    out.owed = reader.amount(stored.owed(), "lot.owed");
    out.written_off = reader.amount(stored.written_off(), "lot.written_off");
}

void read_told(FieldReader& reader, const fbs::PaymentStanding& stored, PaymentStanding& out) {
    read_list(reader, stored.refunds(), limits::payment_refunds_max, out.refunds, "refunds",
              [&](const fbs::PaymentRefund& refund, PaymentRefund& to) {
                  reader.require_known(refund, fbs::PaymentRefund::VT_STATUS, "refund");
                  reader.text(refund.id(), limits::text_bytes_max, to.id, "refund.id");
                  to.minor = read_minor(reader, refund.minor(), "refund.minor");
                  to.status = reader.value(refund.status(), RefundStatus::failed, "refund.status");
              });
    read_list(reader, stored.disputes(), limits::payment_refunds_max, out.disputes, "disputes",
              [&](const fbs::PaymentDispute& dispute, PaymentDispute& to) {
                  reader.require_known(dispute, fbs::PaymentDispute::VT_STATUS, "dispute");
                  reader.text(dispute.id(), limits::text_bytes_max, to.id, "dispute.id");
                  to.status = reader.value(dispute.status(), DisputeStatus::lost, "dispute.status");
              });
}

void read_standing(FieldReader& reader, const fbs::PaymentStanding& stored, PaymentStanding& out) {
    reader.require_known(stored, fbs::PaymentStanding::VT_LOTS, "standing");
    reader.text(stored.provider(), limits::text_bytes_max, out.provider, "provider");
    reader.text(stored.payment_id(), limits::text_bytes_max, out.payment_id, "payment_id");
    out.payment_digest = core_as<Digest>(*stored.payment_digest());
    out.amount = read_money(reader, stored.amount(), "amount");
    out.purchase = Seq{stored.purchase()};
    reader.text(stored.order(), limits::id_bytes_max, out.order, "order");
    out.order_digest =
        stored.order_digest() == nullptr ? Digest{} : core_as<Digest>(*stored.order_digest());
    out.refunded_minor = read_minor(reader, stored.refunded_minor(), "refunded_minor");
    read_told(reader, stored, out);
    read_list(reader, stored.lots(), lots_max, out.lots, "lots",
              [&](const fbs::PaymentLot& lot, PaymentLot& to) { read_lot(reader, lot, to); });
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

}  // namespace

ListOffset<flatbuffers::Offset<fbs::RestoredPart>> write_restored(
    FlatBuilder& builder, const std::vector<RestoredPart>& parts) {
    CREDITD_ASSERT(parts.size() <= event_parts_max);
    TermsWriter terms(builder);
    return write_list<fbs::RestoredPart>(builder, parts, [&](const RestoredPart& part) {
        const auto stored_terms = terms.write(part.terms);
        return fbs::CreateRestoredPart(builder, part.burned_from.value, part.grant.value,
                                       part.amount.value, static_cast<fbs::RestoredInto>(part.into),
                                       part.original_amount.value, stored_terms);
    });
}

void read_restored(FieldReader& reader,
                   const flatbuffers::Vector<flatbuffers::Offset<fbs::RestoredPart>>* stored,
                   std::vector<RestoredPart>& out) {
    read_list(
        reader, stored, event_parts_max, out, "restored",
        [&](const fbs::RestoredPart& part, RestoredPart& to) { read_part(reader, part, to); });
}

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const PaymentNoted& body) {
    return fbs::CreatePaymentNoted(builder, write_standing(builder, body.standing)).Union();
}
void read_body(FieldReader& reader, const fbs::PaymentNoted& stored, PaymentNoted& out) {
    reader.require_known(stored, fbs::PaymentNoted::VT_STANDING, "payment_noted");
    read_standing(reader, *stored.standing(), out.standing);
}

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const PaymentReversed& body) {
    CREDITD_ASSERT(!body.reversed.empty() && body.reversed.size() <= lots_max);
    const Standing standing = write_standing(builder, body.standing);
    std::vector<fbs::LotReversal> parts;
    parts.reserve(body.reversed.size());
    for (const LotReversal& part : body.reversed) {
        parts.emplace_back(part.grant.value, part.taken.value, part.owed.value,
                           part.written_off.value);
    }
    return fbs::CreatePaymentReversed(builder, standing, body.amount.value,
                                      builder.CreateVectorOfStructs(parts))
        .Union();
}
void read_body(FieldReader& reader, const fbs::PaymentReversed& stored, PaymentReversed& out) {
    reader.require_known(stored, fbs::PaymentReversed::VT_REVERSED, "payment_reversed");
    read_standing(reader, *stored.standing(), out.standing);
    out.amount = reader.amount(stored.amount(), "amount");
    out.reversed.resize(reader.count(stored.reversed(), lots_max, "reversed"));
    reader.require(!out.reversed.empty(), CodecFault::inconsistent, "reversed");
    for (std::size_t i = 0; i < out.reversed.size() && reader.ok(); ++i) {
        const auto& part = *stored.reversed()->Get(static_cast<flatbuffers::uoffset_t>(i));
        out.reversed[i].grant = GrantId{part.grant()};
        out.reversed[i].taken = reader.amount(part.taken(), "reversed.taken");
        out.reversed[i].owed = reader.amount(part.owed(), "reversed.owed");
        out.reversed[i].written_off = reader.amount(part.written_off(), "reversed.written_off");
    }
}

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const PaymentRestored& body) {
    const Standing standing = write_standing(builder, body.standing);
    const auto restored = write_restored(builder, body.restored);
    return fbs::CreatePaymentRestored(builder, standing, body.amount.value,
                                      body.debt_reversed.value, restored)
        .Union();
}
void read_body(FieldReader& reader, const fbs::PaymentRestored& stored, PaymentRestored& out) {
    reader.require_known(stored, fbs::PaymentRestored::VT_RESTORED, "payment_restored");
    read_standing(reader, *stored.standing(), out.standing);
    out.amount = reader.amount(stored.amount(), "amount");
    out.debt_reversed = reader.amount(stored.debt_reversed(), "debt_reversed");
    read_restored(reader, stored.restored(), out.restored);
}

}  // namespace creditd::schemas
