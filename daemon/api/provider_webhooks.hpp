// POST /webhooks/stripe and /webhooks/midtrans: what providers tell. The signature is checked over
// the raw body before anything else is believed. Everything that was told is kept; the answer is
// 2xx once it is, so that a sender comes again exactly where that helps. Io threads.
#pragma once

#include "daemon/api/note_operation.hpp"
#include "daemon/payments/provider_call.hpp"

namespace creditd::daemon {

void handle_stripe_webhook(Call& call);
void handle_midtrans_webhook(Call& call);

/// The news of a notification in the inbox, read again from what was received.
Told told_again(const Call& call, const Notification& notification, const std::string& received);

/// What was read, or what could not be: then under the name of its bytes.
Told told_by(std::string_view provider, const std::expected<ProviderNews, FieldError>& news,
             std::string_view raw);

/// Notes what Stripe told. News of a payment intent that is not known may be of an invoice's
/// payment, which Stripe calls by either name: it is asked which. `then` is told of an error
/// where it cannot be asked.
void note_stripe(Call& call, Told told,
                 const std::function<void(const NoteResult*, const CallError*)>& then);

/// What is asked of Midtrans, and how its answer is noted.
struct MidtransAsk {
    std::string order;
    std::string raw{};           // kept with the note; empty: the answer is, unless it is a second
    std::string notification{};  // under which it is noted; empty: a name by what it says
    NotificationHint hint{};
};
/// Asks Midtrans how the order stands and notes it. `then` is told what came of that, or of an
/// error; of neither where Midtrans knows no such order.
void ask_midtrans(Call& call, const MidtransAsk& ask,
                  std::function<void(const NoteResult*, const CallError*)> then);

}  // namespace creditd::daemon
