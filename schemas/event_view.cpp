#include "schemas/event_codec.hpp"
#include "schemas/event_parts.hpp"
#include "schemas/event_reader.hpp"

namespace creditd::schemas {
namespace {

/// Turns texts in the verified bytes, which may be a copy, into views of the original ones.
class TextViews {
public:
    TextViews(FieldReader& reader, const AlignedBytes& verified, std::string_view original)
        : reader_(reader), verified_(verified), original_(original) {}

    std::string_view view(const flatbuffers::String* text, std::size_t bytes_max,
                          std::string_view detail) const {
        if (text == nullptr) return {};
        reader_.require(text->size() <= bytes_max, CodecFault::too_long, detail);
        return original_.substr(static_cast<std::size_t>(text->Data() - verified_.data()),
                                text->size());
    }
    template <class Table>
    void view_usage(const Table& table, EventView& out) const {
        out.feature = view(table.feature(), limits::id_bytes_max, "usage.feature");
        out.user = view(table.user(), limits::text_bytes_max, "usage.user");
        out.model = view(table.model(), limits::text_bytes_max, "usage.model");
    }

private:
    FieldReader& reader_;
    const AlignedBytes& verified_;
    std::string_view original_;
};

using Parts = flatbuffers::Vector<const fbs::GrantPart*>;

void view_lost(FieldReader& reader, const Parts* parts, EventView& out) {
    if (parts == nullptr) return;
    reader.require_aligned(*parts, "parts");
    if (!reader.ok()) return;
    for (const fbs::GrantPart* part : *parts) out.lost.push_back(GrantId{part->grant()});
}

/// What comes back into a revoked grant is lost.
void view_restored(const flatbuffers::Vector<flatbuffers::Offset<fbs::RestoredPart>>* parts,
                   EventView& out) {
    if (parts == nullptr) return;
    for (const fbs::RestoredPart* part : *parts) {
        if (part->into() != fbs::RestoredInto::revoked_grant) continue;
        out.lost.push_back(GrantId{part->burned_from()});
    }
}

void view_digest(const fbs::Bytes16& digest, EventView& out) {
    out.has_payment = true;
    out.payment_digest = core_as<Digest>(digest);
}

/// Of what is known under a digest of its own.
void view_known(const fbs::Event& event, EventView& out) {
    using Kind = fbs::EventBody;
    switch (event.body_type()) {
        case Kind::CreditsPurchased:
            view_digest(*event.body_as_CreditsPurchased()->payment_digest(), out);
            return;
        case Kind::OrderSet: {
            const fbs::OrderSet& order = *event.body_as_OrderSet();
            out.about = Seq{order.placed()};
            out.about_status = static_cast<std::uint8_t>(order.status());
            return view_digest(*order.digest(), out);
        }
        case Kind::PaymentNoted:
            view_digest(*event.body_as_PaymentNoted()->standing()->payment_digest(), out);
            return;
        case Kind::PaymentReversed:
            view_digest(*event.body_as_PaymentReversed()->standing()->payment_digest(), out);
            return;
        case Kind::PaymentRestored:
            view_digest(*event.body_as_PaymentRestored()->standing()->payment_digest(), out);
            view_restored(event.body_as_PaymentRestored()->restored(), out);
            return;
        case Kind::NotificationNoted: {
            const fbs::NotificationNoted& told = *event.body_as_NotificationNoted();
            out.about = Seq{told.received()};
            out.about_status = static_cast<std::uint8_t>(told.outcome());
            return view_digest(*told.digest(), out);
        }
        default: return;
    }
}

void view_capture(FieldReader& reader, const fbs::HoldCaptured& body, EventView& out) {
    const fbs::HoldSummary& hold = *body.hold();
    if (hold.status() != fbs::HoldStatus::open) out.closed_hold = HoldId{hold.id()};
    view_lost(reader, body.expired(), out);
}

void view_body(FieldReader& reader, const TextViews& texts, const fbs::Event& event,
               EventView& out) {
    using Kind = fbs::EventBody;
    switch (event.body_type()) {
        case Kind::GrantExpired:
            out.lost.push_back(GrantId{event.body_as_GrantExpired()->grant()});
            return;
        case Kind::GrantRevoked: {
            const fbs::GrantRevoked& body = *event.body_as_GrantRevoked();
            if (body.whole()) out.revoked_whole = GrantId{body.grant()};
            out.lost.push_back(GrantId{body.grant()});
            return;
        }
        case Kind::CreditsDeducted:
            // Nothing else changes the balance in such an event.
            if (reader.ok()) out.amount = out.balances.before - out.balances.after;
            out.waived = reader.amount(event.body_as_CreditsDeducted()->waived(), "waived");
            return texts.view_usage(*event.body_as_CreditsDeducted(), out);
        case Kind::CreditsRefunded:
            out.refunded = DeductionId{event.body_as_CreditsRefunded()->deduction()};
            view_restored(event.body_as_CreditsRefunded()->restored(), out);
            out.amount = reader.amount(event.body_as_CreditsRefunded()->amount(), "amount");
            return texts.view_usage(*event.body_as_CreditsRefunded(), out);
        case Kind::HoldPlaced: return texts.view_usage(*event.body_as_HoldPlaced(), out);
        case Kind::HoldCaptured:
            view_capture(reader, *event.body_as_HoldCaptured(), out);
            out.amount = reader.amount(event.body_as_HoldCaptured()->amount(), "amount");
            out.waived = reader.amount(event.body_as_HoldCaptured()->waived(), "waived");
            return texts.view_usage(*event.body_as_HoldCaptured(), out);
        case Kind::HoldReleased:
            out.closed_hold = HoldId{event.body_as_HoldReleased()->hold()->id()};
            view_lost(reader, event.body_as_HoldReleased()->expired(), out);
            return;
        case Kind::CommandRefused:
            out.feature = texts.view(event.body_as_CommandRefused()->feature(),
                                     limits::id_bytes_max, "feature");
            return;
        case Kind::SubscriptionMoved:
            view_lost(reader, event.body_as_SubscriptionMoved()->expired(), out);
            return;
        default: view_known(event, out); return;
    }
}

void view_origin(const fbs::Event& event, EventView& out) {
    out.first_seq = out.seq;
    const fbs::RequestDigests* const request = event.request();
    if (request == nullptr) return;
    out.has_origin = true;
    out.has_key = event.key_uuid() != nullptr || (event.key() != nullptr && event.key()->size());
    out.first_seq = Seq{out.seq.value - event.head()->earlier()};
    out.key_digest = core_as<Digest>(request->key());
    out.fingerprint = core_as<Digest>(request->fingerprint());
}

}  // namespace

std::expected<EventView, CodecError> EventView::of(std::string_view bytes) {
    const AlignedBytes aligned(bytes);
    const auto verified = verify_event(aligned);
    if (!verified) return std::unexpected(verified.error());
    const fbs::Event& event = **verified;
    FieldReader reader;
    const TextViews texts(reader, aligned, bytes);
    EventView view;
    view.kind = static_cast<EventKind>(static_cast<std::uint8_t>(event.body_type()) - 1);
    view.seq = Seq{event.head()->seq()};
    view.time = reader.time(event.head()->time(), "time");
    view.account_no = AccountNo{event.head()->account_no()};
    view.account = texts.view(event.account(), limits::id_bytes_max, "account");
    view.balances = read_balances(reader, event);
    view.has_personal = event.personal_hash() != nullptr;
    if (view.has_personal) view.personal_hash = core_as<Hash256>(*event.personal_hash());
    view_origin(event, view);
    view_body(reader, texts, event, view);
    if (!reader.ok()) return std::unexpected(reader.result().error());
    return view;
}

}  // namespace creditd::schemas
