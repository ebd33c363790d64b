// Payments, orders and notifications as events store them: writer and reader side by side. Inside
// schemas only.
#pragma once

#include "schemas/event_parts.hpp"

namespace creditd::schemas {

/// Parts of a refund or of a won dispute.
ListOffset<flatbuffers::Offset<fbs::RestoredPart>> write_restored(
    FlatBuilder& builder, const std::vector<RestoredPart>& parts);
void read_restored(FieldReader& reader,
                   const flatbuffers::Vector<flatbuffers::Offset<fbs::RestoredPart>>* stored,
                   std::vector<RestoredPart>& out);

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const OrderSet& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const PaymentNoted& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const PaymentReversed& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const PaymentRestored& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const NotificationNoted& body);
void read_body(FieldReader& reader, const fbs::OrderSet& stored, OrderSet& out);
void read_body(FieldReader& reader, const fbs::PaymentNoted& stored, PaymentNoted& out);
void read_body(FieldReader& reader, const fbs::PaymentReversed& stored, PaymentReversed& out);
void read_body(FieldReader& reader, const fbs::PaymentRestored& stored, PaymentRestored& out);
void read_body(FieldReader& reader, const fbs::NotificationNoted& stored, NotificationNoted& out);

}  // namespace creditd::schemas
