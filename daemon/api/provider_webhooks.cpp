#include "daemon/api/provider_webhooks.hpp"

#include "daemon/api/payments.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/basics/wall_clock.hpp"
#include "daemon/payments/midtrans_news.hpp"
#include "daemon/payments/midtrans_signature.hpp"
#include "daemon/payments/stripe_signature.hpp"
#include "replay/sha256.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

/// What cannot be read is kept under a name of its own.
ProviderNews unreadable_news(std::string_view raw) {
    ProviderNews news;
    const auto hash = replay::sha256(raw);
    news.notification = "sha256:" + replay::to_hex(hash.bytes);
    news.type = "unreadable";
    return news;
}

std::string sentence_of(const FieldError& error) { return error.pointer + " " + error.detail; }

void respond_noted(Call& call, const NoteResult& result) {
    if (result.kind == NoteResult::Kind::unavailable) {
        call.respond_unavailable(result.unavailable);
        return;
    }
    // A cycle that was paid before its subscription was heard of: it comes again, and then fits.
    if (result.kind == NoteResult::Kind::quarantined && result.reason == "subscription_not_found") {
        call.respond_problem(ProblemCode::subscription_not_found);
        return;
    }
    JsonWriter json(call.begin_json(200));
    json.begin_object();
    json.boolean("received", true);
    json.text("outcome", name_of(result.kind));
    json.end_object();
    call.finish();
}

/// A refund or a dispute of what Stripe calls a payment intent; nothing else need be looked up.
const PaymentNews* of_payment_intent(const Told& told) {
    const auto* const paid = std::get_if<PaymentTold>(&told.news.told);
    if (paid == nullptr || paid->payment.paid) return nullptr;
    return paid->payment.payment_id.starts_with("pi_") ? &paid->payment : nullptr;
}

/// Has the payment bought anything that is known of? Asks the ledger, then the index.
void with_known(Call& call, const Digest& payment, std::function<void(bool)> then) {
    auto is_known = std::make_shared<bool>(false);
    inspect(
        call,
        [is_known, payment](const LedgerTurn& turn) {
            *is_known = turn.state.window.find_payment(payment).has_value() ||
                        turn.state.window.find_standing(payment) != nullptr;
        },
        [&call, is_known, payment, then = std::move(then)]() mutable {
            if (*is_known || !call.api().key_index.may_contain(payment)) return then(*is_known);
            call.read(
                [&api = call.api(), is_known, payment] {
                    const auto found = api.key_index.find_payment(payment);
                    *is_known = !found || found->has_value();
                },
                [is_known, then = std::move(then)] { then(*is_known); });
        });
}

void respond_noted_or_failed(Call& call, const NoteResult* result, const CallError* error) {
    if (result != nullptr) return respond_noted(call, *result);
    call.respond_problem(ProblemCode::provider_failed,
                         error == nullptr ? std::string_view("The provider knows no such order.")
                                          : std::string_view(error->message));
}

}  // namespace

Told told_by(std::string_view provider, const std::expected<ProviderNews, FieldError>& news,
             std::string_view raw) {
    Told told;
    told.provider = provider;
    told.raw = raw;
    if (news) {
        told.news = *news;
    } else {
        told.news = unreadable_news(raw);
        told.unreadable = "It cannot be read: " + sentence_of(news.error());
    }
    return told;
}

void note_stripe(Call& call, Told told,
                 const std::function<void(const NoteResult*, const CallError*)>& then) {
    const auto note_it = [&call, then](Told noted) {
        note(call, std::move(noted), [then](const NoteResult& result) { then(&result, nullptr); });
    };
    const PaymentNews* const payment = of_payment_intent(told);
    if (payment == nullptr || !call.payments().stripe.can_call) return note_it(std::move(told));
    const std::string id = payment->payment_id;
    with_known(call, payment_digest_of(stripe_provider, id),
               [&call, id, told = std::move(told), note_it, then](bool is_known) {
                   if (is_known) return note_it(told);
                   call.fetch(call.payments().stripe.calls.list_invoices_of_payment(id),
                              [told, note_it, then](const HttpResult& answer) mutable {
                                  const auto page = read_invoice_payments(answer);
                                  if (!page) return then(nullptr, &page.error());
                                  if (!page->entries.empty()) {
                                      auto& news = std::get<PaymentTold>(told.news.told);
                                      news.payment.payment_id = page->entries.front().invoice;
                                  }
                                  note_it(std::move(told));
                              });
               });
}

void handle_stripe_webhook(Call& call) {
    const StripeSide& stripe = call.payments().stripe;
    if (stripe.webhook_secrets.empty()) {
        call.respond_problem(ProblemCode::signature_invalid,
                             "Stripe is not configured here: there is no secret to check with.");
        return;
    }
    const std::string_view raw = call.request().body;
    const std::string_view header = call.request().find_header("stripe-signature");
    // By the machine's clock: Stripe knows nothing of a ledger's clock for tests.
    const auto verified =
        verify_stripe_signature(header, raw, stripe.webhook_secrets, wall_clock_now());
    if (!verified) {
        call.respond_problem(ProblemCode::signature_invalid, sentence_of(verified.error()));
        return;
    }
    note_stripe(call, told_by(stripe_provider, read_stripe_event(raw, stripe.rules), raw),
                [&call](const NoteResult* result, const CallError* error) {
                    respond_noted_or_failed(call, result, error);
                });
}

void ask_midtrans(Call& call, const MidtransAsk& ask,
                  std::function<void(const NoteResult*, const CallError*)> then) {
    call.fetch(call.payments().midtrans.calls.get_status(ask.order),
               [&call, ask, then = std::move(then)](const HttpResult& answer) {
                   auto status = read_midtrans_status(answer);
                   if (!status) return then(nullptr, &status.error());
                   if (!*status) return then(nullptr, nullptr);
                   Told told;
                   told.provider = midtrans_provider;
                   told.news = std::move(**status);
                   told.raw = ask.raw.empty() ? answer.body : ask.raw;
                   told.hint = ask.hint;
                   if (!ask.notification.empty()) {
                       told.news.notification = ask.notification;
                       told.raw.clear();
                   }
                   note(call, std::move(told),
                        [then](const NoteResult& result) { then(&result, nullptr); });
               });
}

// The signature covers neither the status nor the transaction, so the provider is asked what is
// true; what the notification says itself is never believed.
void handle_midtrans_webhook(Call& call) {
    const MidtransSide& midtrans = call.payments().midtrans;
    if (!midtrans.can_call()) {
        call.respond_problem(ProblemCode::signature_invalid,
                             "Midtrans is not configured here: there is no key to check with.");
        return;
    }
    const std::string raw(call.request().body);
    if (!verify_midtrans_signature(raw, midtrans.server_keys)) {
        call.respond_problem(ProblemCode::signature_invalid,
                             "The signature_key is not that of this notification.");
        return;
    }
    const auto news = read_midtrans_news(raw);
    if (!news) {
        note(call, told_by(midtrans_provider, news, raw),
             [&call](const NoteResult& result) { respond_noted(call, result); });
        return;
    }
    ask_midtrans(call, {.order = news->goods.order, .raw = raw},
                 [&call](const NoteResult* result, const CallError* error) {
                     respond_noted_or_failed(call, result, error);
                 });
}

Told told_again(const Call& call, const Notification& notification, const std::string& received) {
    const Payments& payments = call.payments();
    Told told =
        notification.provider == stripe_provider
            ? told_by(stripe_provider, read_stripe_event(received, payments.stripe.rules), received)
            : told_by(midtrans_provider, read_midtrans_news(received), received);
    // Its name is what it was noted under, and what was received is kept already.
    told.news.notification = notification.id;
    told.raw.clear();
    told.hint = notification.hint;
    return told;
}

}  // namespace creditd::daemon
