#include "daemon/api/endpoints.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/api/body.hpp"
#include "daemon/api/feed_event.hpp"
#include "daemon/api/list_query.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/writes.hpp"
#include "daemon/outbound/url_rules.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

constexpr Duration overlap_default = Duration::days(1);
constexpr std::array<std::string_view, 4> status_names{"active", "paused", "gone", "failing"};
/// What a caller may ask for.
constexpr std::array<std::pair<std::string_view, EndpointStatus>, 2> asked_statuses{
    {{"active", EndpointStatus::active}, {"paused", EndpointStatus::paused}}};

const Webhooks& webhooks_of(const Call& call) {
    CREDITD_ASSERT(call.api().webhooks != nullptr);
    return *call.api().webhooks;
}

// --- reading requests ----------------------------------------------------------------------------

std::optional<std::string> read_url(ObjectReader& reader, const Webhooks& webhooks,
                                    bool is_required) {
    const auto url = reader.text("url", {.required = is_required, .min_bytes = 1});
    if (!url) return std::nullopt;
    const auto checked = check_url(*url, webhooks.https_only, webhooks.allowed);
    if (!checked) reader.fail("url", checked.error());
    return std::string(*url);
}

std::optional<std::string> read_description(ObjectReader& reader) {
    const auto description = reader.text("description");
    if (!description) return std::nullopt;
    return std::string(*description);
}

std::optional<std::vector<std::string>> read_events(ObjectReader& reader) {
    const auto list = reader.array("events", {.max_items = limits::endpoint_events_max});
    if (!list) return std::nullopt;
    std::vector<std::string> names;
    for (const JsonValue item : *list) {
        if (item.kind() != JsonKind::string || !is_feed_name(item.text())) {
            reader.fail("events", "must be names of events, such as \"credits.deducted\"");
            return std::nullopt;
        }
        names.emplace_back(item.text());
    }
    std::ranges::sort(names);
    if (std::ranges::adjacent_find(names) != names.end()) {
        reader.fail("events", "must name each event once");
    }
    return names;
}

// --- answers -------------------------------------------------------------------------------------

void render_fields(JsonWriter& json, const Endpoint& endpoint, const WebhookKeys& keys) {
    json.text("id", endpoint.id);
    json.text("url", endpoint.url);
    json.text_or_null("description", endpoint.description);
    json.begin_array("events");
    for (const std::string& name : endpoint.events) json.text(name);
    json.end_array();
    json.text("status", status_names[static_cast<std::size_t>(endpoint.status)]);
    json.text_or_null("account_prefix", endpoint.account_prefix);
    json.text("public_key", keys.public_key());
    if (endpoint.previous_until == Timestamp{}) json.null("previous_secret_until");
    else json.timestamp("previous_secret_until", endpoint.previous_until);
}

void render_progress(JsonWriter& json, const WebhookSender& sender, const std::string& id) {
    const auto progress = sender.progress(id);
    if (!progress) return json.null("delivery");
    json.begin_object("delivery");
    json.integer("position", progress->position.value);
    json.integer("accounts_waiting", progress->waiting);
    json.integer("accounts_failing", progress->failing);
    if (progress->next_retry.is_never()) json.null("next_retry_at");
    else json.timestamp("next_retry_at", progress->next_retry);
    json.end_object();
}

void render_endpoint(std::string& out, const Offered<Endpoint>& endpoint, const Webhooks& webhooks,
                     std::optional<Seq> seq) {
    JsonWriter json(out);
    json.begin_object();
    render_fields(json, endpoint.set, webhooks.keys);
    render_progress(json, webhooks.sender, endpoint.set.id);
    json.timestamp("created_at", endpoint.created_at);
    json.timestamp("updated_at", endpoint.updated_at);
    if (seq) json.integer("seq", seq->value);
    json.end_object();
}

void render_attempt(std::string& out, const WebhookAttempt& attempt) {
    JsonWriter json(out);
    json.begin_object();
    json.text("message", attempt.message);
    json.text("type", attempt.type);
    json.integer("attempt", attempt.attempt);
    json.timestamp("at", attempt.at);
    if (attempt.status == 0) json.null("status");
    else json.integer("status", static_cast<std::uint64_t>(attempt.status));
    json.integer("duration_ms", static_cast<std::uint64_t>(attempt.took_us / 1'000));
    json.text_or_null("error", attempt.error);
    json.end_object();
}

/// Looks for the endpoint of the path on the ledger thread; `then` gets it, unless there is none
/// for this caller, who is told so.
void with_endpoint(Call& call, std::function<void(const Offered<Endpoint>&, Seq)> then) {
    struct Found {
        std::optional<Offered<Endpoint>> endpoint;
        Seq seq{};
    };
    auto found = std::make_shared<Found>();
    inspect(
        call,
        [found, id = call.parameter(),
         prefix = call.caller.account_prefix](const LedgerTurn& turn) {
            const auto& endpoints = turn.state.catalog().endpoints;
            const auto at = endpoints.find(id);
            found->seq = turn.state.head.seq;
            if (at == endpoints.end()) return;
            if (at->second.set.account_prefix.starts_with(prefix)) found->endpoint = at->second;
        },
        [&call, found, then = std::move(then)] {
            if (found->endpoint) then(*found->endpoint, found->seq);
            else call.respond_problem(ProblemCode::endpoint_not_found);
        });
}

void respond_accepted(Call& call, std::string_view name, std::string_view value) {
    JsonWriter json(call.begin_json(202));
    json.begin_object();
    json.text(name, value);
    json.end_object();
    call.finish();
}

void answer_with_endpoint(Call& call, CommandOperation& operation, unsigned status,
                          bool shows_secret) {
    operation.answer = [&call, status, shows_secret](const Event& event) {
        render_endpoint_set(call.begin_json(status), std::get<EndpointSet>(event.body).endpoint,
                            webhooks_of(call).keys, shows_secret, event.time, event.seq);
        call.finish();
    };
    operation.answer_unchanged = [&call] { handle_get_endpoint(call); };
}

}  // namespace

void render_endpoint_set(std::string& out, const Endpoint& endpoint, const WebhookKeys& keys,
                         bool shows_secret, Timestamp updated_at, Seq seq) {
    JsonWriter json(out);
    json.begin_object();
    render_fields(json, endpoint, keys);
    if (shows_secret) json.text("secret", keys.secret(endpoint.id, endpoint.secret));
    json.timestamp("updated_at", updated_at);
    json.integer("seq", seq.value);
    json.end_object();
}

void handle_create_endpoint(Call& call) {
    auto body = read_body(call, [&call](ObjectReader& reader, const ParseContext&) {
        CreateEndpoint command;
        command.url = read_url(reader, webhooks_of(call), true).value_or("");
        command.description = read_description(reader).value_or("");
        command.events = read_events(reader).value_or(std::vector<std::string>{});
        return command;
    });
    if (!body) return;
    CommandOperation& operation = new_operation(call, std::move(*body));
    answer_with_endpoint(call, operation, 201, true);
    operation.start();
}

void handle_patch_endpoint(Call& call) {
    auto body = read_body(call, [&call](ObjectReader& reader, const ParseContext&) {
        ChangeEndpoint command;
        command.id = call.parameter();
        command.url = read_url(reader, webhooks_of(call), false);
        command.description = read_description(reader);
        command.events = read_events(reader);
        command.status = reader.enumeration<EndpointStatus>("status", asked_statuses);
        return command;
    });
    if (!body) return;
    CommandOperation& operation = new_operation(call, std::move(*body));
    answer_with_endpoint(call, operation, 200, false);
    operation.start();
}

void handle_rotate_secret(Call& call) {
    auto body = read_body(call, [&call](ObjectReader& reader, const ParseContext&) {
        ChangeEndpoint command;
        command.id = call.parameter();
        command.rotate_overlap =
            reader.duration("overlap", {}, Duration::days(limits::secret_overlap_days_max))
                .value_or(overlap_default);
        return command;
    });
    if (!body) return;
    CommandOperation& operation = new_operation(call, std::move(*body));
    answer_with_endpoint(call, operation, 200, true);
    operation.start();
}

void handle_delete_endpoint(Call& call) { handle_removal(call, RemoveEndpoint{call.parameter()}); }

void handle_get_endpoint(Call& call) {
    with_endpoint(call, [&call](const Offered<Endpoint>& endpoint, Seq seq) {
        render_endpoint(call.begin_json(200), endpoint, webhooks_of(call), seq);
        call.finish();
    });
}

void handle_list_endpoints(Call& call) {
    const auto query = read_list_query(call, {});
    if (!query) return;
    struct Found {
        std::vector<Offered<Endpoint>> endpoints;
        ListPage page;
    };
    auto found = std::make_shared<Found>();
    inspect(
        call,
        [found, query, prefix = call.caller.account_prefix](const LedgerTurn& turn) {
            const auto& endpoints = turn.state.catalog().endpoints;
            found->page.seq = turn.state.head.seq;
            for (auto at = endpoints.upper_bound(query->after); at != endpoints.end(); ++at) {
                if (!at->second.set.account_prefix.starts_with(prefix)) continue;
                if (found->endpoints.size() == query->limit) {
                    found->page.has_more = true;
                    break;
                }
                found->page.last = at->first;
                found->endpoints.push_back(at->second);
            }
        },
        [&call, found] {
            for (const Offered<Endpoint>& endpoint : found->endpoints) {
                found->page.add([&](std::string& out) {
                    render_endpoint(out, endpoint, webhooks_of(call), std::nullopt);
                });
            }
            respond_with_list(call, found->page);
        });
}

void handle_test_endpoint(Call& call) {
    if (!read_body(call, [](ObjectReader&, const ParseContext&) { return true; })) return;
    with_endpoint(call, [&call](const Offered<Endpoint>& endpoint, Seq) {
        respond_accepted(call, "message", webhooks_of(call).sender.send_test(endpoint.set.id));
    });
}

void handle_replay_endpoint(Call& call) {
    const auto after = read_body(call, [](ObjectReader& reader, const ParseContext&) {
        return reader.integer("after_seq", 0, INT64_MAX, Presence::required).value_or(0);
    });
    if (!after) return;
    with_endpoint(call, [&call, after = *after](const Offered<Endpoint>& endpoint, Seq seq) {
        const Seq asked = std::min(Seq{static_cast<std::uint64_t>(after)}, seq);
        webhooks_of(call).sender.replay(endpoint.set.id, asked);
        JsonWriter json(call.begin_json(202));
        json.begin_object();
        json.integer("after_seq", asked.value);
        json.end_object();
        call.finish();
    });
}

void handle_list_attempts(Call& call) {
    const auto query = read_list_query(call, {});
    if (!query) return;
    std::uint64_t before = 0;
    std::from_chars(query->after.data(), query->after.data() + query->after.size(), before);
    with_endpoint(
        call, [&call, query = *query, before](const Offered<Endpoint>& endpoint, Seq seq) {
            auto page = std::make_shared<ListPage>();
            page->seq = seq;
            call.read(
                [&store = webhooks_of(call).store, id = endpoint.set.id, query, before, page] {
                    const auto attempts = store.attempts(id, before, query.limit + 1);
                    for (const WebhookAttempt& attempt : attempts) {
                        if (page->count == query.limit) {
                            page->has_more = true;
                            break;
                        }
                        page->last = std::to_string(attempt.number);
                        page->add([&](std::string& out) { render_attempt(out, attempt); });
                    }
                },
                [&call, page] { respond_with_list(call, *page); });
        });
}

}  // namespace creditd::daemon
