#include "daemon/api/inbox.hpp"

#include <array>
#include <charconv>

#include "daemon/api/body.hpp"
#include "daemon/api/ids.hpp"
#include "daemon/api/list_query.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/payments.hpp"
#include "daemon/api/provider_webhooks.hpp"
#include "daemon/api/writes.hpp"
#include "daemon/payments/midtrans_news.hpp"
#include "text/json_writer.hpp"
#include "text/utf8.hpp"

namespace creditd::daemon {
namespace {

constexpr std::array<std::string_view, 4> outcomes{"applied", "ignored", "quarantined",
                                                   "dismissed"};

struct LoadedNotification {
    Event event;           // the latest about it
    std::string received;  // empty where it was forgotten
    const Notification& noted() const {
        return std::get<NotificationNoted>(event.body).notification;
    }
};

/// What a reader thread brings back.
struct FoundNotification {
    std::optional<LoadedNotification> notification;
    bool is_readable = false;
};

FoundNotification find_notification(const Api& api, Seq received) {
    FoundNotification found;
    if (!catch_up(api, api.engine.durable())) return found;
    const auto latest = api.payments->index.find_notification(received);
    if (!latest) return found;
    auto loaded = *latest ? load_event(api, **latest) : std::nullopt;
    found.is_readable = !*latest || loaded;
    if (!loaded || !std::holds_alternative<NotificationNoted>(loaded->event.body)) return found;
    auto personal = load_personal(api, received);
    found.is_readable = personal.has_value();
    if (personal) {
        found.notification =
            LoadedNotification{std::move(loaded->event), std::move(personal->received)};
    }
    return found;
}

void write_hint(JsonWriter& json, const NotificationHint& hint, unsigned decimals) {
    json.begin_object("assumed");
    json.text_or_null("account", hint.account);
    json.text_or_null("order", hint.order);
    json.text_or_null("package", hint.package);
    if (hint.credits.is_zero()) json.null("credits");
    else json.credits("credits", hint.credits, decimals);
    json.end_object();
}

void render_notification(std::string& out, const Event& event, unsigned decimals,
                         const std::string* received, std::optional<Seq> seq) {
    const Notification& noted = std::get<NotificationNoted>(event.body).notification;
    JsonWriter json(out);
    json.begin_object();
    json.numbered("id", "ntf_", noted.received.value);
    json.text("provider", noted.provider);
    json.text("notification", noted.id);
    json.text("type", noted.type);
    json.text("outcome", outcomes[static_cast<std::size_t>(noted.outcome)]);
    json.text_or_null("reason", noted.reason);
    json.text_or_null("account", noted.account);
    json.text_or_null("order", noted.order);
    json.text_or_null("payment_id", noted.payment_id);
    json.integer("tries", noted.tries);
    write_hint(json, noted.hint, decimals);
    json.timestamp("received_at", noted.received_at);
    json.timestamp("updated_at", event.time);
    if (received != nullptr) json.lossy_text("body", *received);
    if (seq) json.integer("seq", seq->value);
    json.end_object();
}

void respond_with(Call& call, const LoadedNotification& found) {
    render_notification(call.begin_json(200), found.event, call.decimals(), &found.received,
                        found.event.seq);
    call.finish();
}

/// `ntf_42`; 0: it is no id of a notification.
Seq parse_notification(std::string_view id) {
    constexpr std::string_view prefix = "ntf_";
    std::uint64_t number = 0;
    if (!id.starts_with(prefix)) return {};
    id.remove_prefix(prefix.size());
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc{} || end != id.data() + id.size()) return {};
    return Seq{number};
}

void with_notification(Call& call, std::move_only_function<void(const LoadedNotification&)> then) {
    auto found = std::make_shared<FoundNotification>();
    const Api& api = call.api();
    call.read(
        [&api, found, received = parse_notification(call.parameter())] {
            *found = find_notification(api, received);
        },
        [&call, found, then = std::move(then)]() mutable {
            if (!found->is_readable) call.respond_unavailable(Unavailable::overloaded);
            else if (!found->notification)
                call.respond_problem(ProblemCode::notification_not_found);
            else then(*found->notification);
        });
}

void respond_now(Call& call) {
    with_notification(call,
                      [&call](const LoadedNotification& found) { respond_with(call, found); });
}

struct Correction {
    NotificationHint hint;
    bool is_dismissed = false;
};

Correction read_correction(ObjectReader& reader, const ParseContext& context) {
    const auto id_of = [&reader](std::string_view name) {
        const auto id = reader.id(name);
        return id ? std::string(*id) : std::string();
    };
    Correction correction;
    correction.hint.account = id_of("account");
    correction.hint.order = id_of("order");
    correction.hint.package = id_of("package");
    correction.hint.credits = reader.amount("credits", context.decimals).value_or(Credits{});
    const auto outcome = reader.text("outcome");
    if (outcome && *outcome != "dismissed") {
        reader.fail("outcome", "can only be set to \"dismissed\"");
    }
    correction.is_dismissed = outcome.has_value();
    return correction;
}

/// What is given replaces; the rest stays.
NotificationHint merged(NotificationHint today, const NotificationHint& given) {
    if (!given.account.empty()) today.account = given.account;
    if (!given.order.empty()) today.order = given.order;
    if (!given.package.empty()) today.package = given.package;
    if (given.credits.is_positive()) today.credits = given.credits;
    return today;
}

void respond_not_open(Call& call) { call.respond_problem(ProblemCode::notification_closed); }

}  // namespace

void handle_list_inbox(Call& call) {
    const auto query = read_list_query(call, {"outcome"});
    if (!query) return;
    replay::followers::PaymentFilter filter;
    if (const auto outcome = query->filter("outcome")) {
        const auto known = std::find(outcomes.begin(), outcomes.end(), *outcome);
        if (known == outcomes.end()) {
            FieldErrors errors;
            errors.add("?outcome", "must be applied, ignored, quarantined or dismissed");
            return respond_field_errors(call, errors);
        }
        filter.status = static_cast<std::uint8_t>(known - outcomes.begin());
    }
    auto page = std::make_shared<ListPage>();
    auto is_readable = std::make_shared<bool>(false);
    call.read(
        [&api = call.api(), query = *query, filter, page, is_readable] {
            page->seq = api.engine.durable();
            if (!catch_up(api, page->seq)) return;
            std::uint64_t before = 0;
            std::from_chars(query.after.data(), query.after.data() + query.after.size(), before);
            const auto found = api.payments->index.notifications(filter, Seq{before}, query.limit);
            *is_readable = found.has_value();
            if (!found) return;
            page->has_more = found->has_more;
            page->last = std::to_string(found->last.value);
            for (const auto& listed : found->listed) {
                const auto loaded = load_event(api, listed.latest);
                *is_readable = *is_readable && loaded;
                if (!loaded) return;
                page->add([&](std::string& out) {
                    render_notification(out, loaded->event, api.engine.decimals(), nullptr,
                                        std::nullopt);
                });
            }
        },
        [&call, page, is_readable] {
            if (*is_readable) respond_with_list(call, *page);
            else call.respond_unavailable(Unavailable::overloaded);
        });
}

void handle_get_notification(Call& call) { respond_now(call); }

void handle_patch_notification(Call& call) {
    auto correction = read_body(call, read_correction);
    if (!correction) return;
    with_notification(call, [&call, correction = *correction](const LoadedNotification& found) {
        NoteNotification body{found.noted()};
        if (body.notification.outcome != NotificationOutcome::quarantined) {
            return respond_not_open(call);
        }
        body.notification.hint = merged(body.notification.hint, correction.hint);
        if (correction.is_dismissed) body.notification.outcome = NotificationOutcome::dismissed;
        body.is_try = false;
        call.key.clear();  // it needs none: the same correction again changes nothing
        CommandOperation& operation = new_operation(call, std::move(body));
        operation.answer = [&call](const Event&) { respond_now(call); };
        operation.answer_unchanged = [&call] { respond_now(call); };
        operation.start();
    });
}

// What was noted is driven again as if it came now, but under its own name and with what somebody
// has decided that it means.
void handle_redrive(Call& call) {
    if (!read_body(call, [](ObjectReader&, const ParseContext&) { return true; })) return;
    with_notification(call, [&call](const LoadedNotification& found) {
        const Notification& noted = found.noted();
        if (noted.outcome != NotificationOutcome::quarantined) return respond_now(call);
        // Too large to be kept, or forgotten with its account: there is nothing to be driven.
        if (found.received.empty()) return respond_not_open(call);
        const auto respond = [&call](const NoteResult& result) {
            if (result.kind != NoteResult::Kind::unavailable) return respond_now(call);
            call.respond_unavailable(result.unavailable);
        };
        const auto either = [&call, respond](const NoteResult* result, const CallError* error) {
            if (result != nullptr) return respond(*result);
            call.respond_problem(ProblemCode::provider_failed,
                                 error == nullptr
                                     ? std::string_view("The provider knows no such order.")
                                     : std::string_view(error->message));
        };
        if (noted.provider == midtrans_provider) {
            // What a notification says itself is never believed: Midtrans is asked, by its own name
            // of the order.
            if (!call.payments().midtrans.can_call()) return either(nullptr, nullptr);
            const std::string& order = noted.payment_id.empty() ? noted.order : noted.payment_id;
            return ask_midtrans(call, {order, {}, noted.id, noted.hint}, either);
        }
        note_stripe(call, told_again(call, noted, found.received), either);
    });
}

}  // namespace creditd::daemon
