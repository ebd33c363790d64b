// Subscriptions and the terms of budgets, alerts and auto top-ups, as events and snapshots have
// them in common: each with its writer and its reader. Inside schemas only.
#pragma once

#include "schemas/event_parts.hpp"

namespace creditd::schemas {

flatbuffers::Offset<fbs::Subscription> write_subscription(FlatBuilder& builder,
                                                          const Subscription& subscription);
void read_subscription(FieldReader& reader, const fbs::Subscription& stored, Subscription& out);

flatbuffers::Offset<fbs::BudgetTerms> write_budget_terms(FlatBuilder& builder,
                                                         const BudgetTerms& terms);
void read_budget_terms(FieldReader& reader, const fbs::BudgetTerms& stored, BudgetTerms& out);

flatbuffers::Offset<fbs::AlertTerms> write_alert_terms(FlatBuilder& builder,
                                                       const AlertTerms& terms);
void read_alert_terms(FieldReader& reader, const fbs::AlertTerms& stored, AlertTerms& out);

flatbuffers::Offset<fbs::AutoTopUpTerms> write_top_up_terms(FlatBuilder& builder,
                                                            const AutoTopUpTerms& terms);
void read_top_up_terms(FieldReader& reader, const fbs::AutoTopUpTerms& stored, AutoTopUpTerms& out);

}  // namespace creditd::schemas
