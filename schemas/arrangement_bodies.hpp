// The bodies of core/arrangement_events.hpp: for each kind its writer, which gives the table's
// place, and its reader. Part of the event's encoder and decoder, apart for their length. Inside
// schemas only.
#pragma once

#include "schemas/event_parts.hpp"

namespace creditd::schemas {

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const SubscriptionMoved& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const PromotionRedeemed& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const ReferralMade& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const ReferralRewarded& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const BudgetSet& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const BudgetRemoved& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const AlertSet& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const AlertRemoved& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const BalanceAlerted& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const AutoTopUpSet& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const AutoTopUpRemoved& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const TopUpAsked& body);
flatbuffers::Offset<void> write_body(FlatBuilder& builder, const ClockAdvanced& body);

void read_body(FieldReader& reader, const fbs::SubscriptionMoved& stored, SubscriptionMoved& out);
void read_body(FieldReader& reader, const fbs::PromotionRedeemed& stored, PromotionRedeemed& out);
void read_body(FieldReader& reader, const fbs::ReferralMade& stored, ReferralMade& out);
void read_body(FieldReader& reader, const fbs::ReferralRewarded& stored, ReferralRewarded& out);
void read_body(FieldReader& reader, const fbs::BudgetSet& stored, BudgetSet& out);
void read_body(FieldReader& reader, const fbs::BudgetRemoved& stored, BudgetRemoved& out);
void read_body(FieldReader& reader, const fbs::AlertSet& stored, AlertSet& out);
void read_body(FieldReader& reader, const fbs::AlertRemoved& stored, AlertRemoved& out);
void read_body(FieldReader& reader, const fbs::BalanceAlerted& stored, BalanceAlerted& out);
void read_body(FieldReader& reader, const fbs::AutoTopUpSet& stored, AutoTopUpSet& out);
void read_body(FieldReader& reader, const fbs::AutoTopUpRemoved& stored, AutoTopUpRemoved& out);
void read_body(FieldReader& reader, const fbs::TopUpAsked& stored, TopUpAsked& out);
void read_body(FieldReader& reader, const fbs::ClockAdvanced& stored, ClockAdvanced& out);

}  // namespace creditd::schemas
