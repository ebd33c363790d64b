#include "daemon/api/recorded_answer.hpp"

#include "daemon/api/endpoints.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/personal_fields.hpp"
#include "daemon/api/render_catalog.hpp"

namespace creditd::daemon {
namespace {

/// What is answered 204: there is nothing to show any more.
bool is_removal(const EventBody& body) {
    return std::holds_alternative<FeatureRemoved>(body) ||
           std::holds_alternative<OfferRemoved>(body) ||
           std::holds_alternative<ApiKeyRevoked>(body) ||
           std::holds_alternative<BudgetRemoved>(body) ||
           std::holds_alternative<AlertRemoved>(body) ||
           std::holds_alternative<AutoTopUpRemoved>(body) ||
           std::holds_alternative<EndpointRemoved>(body);
}

RecordedAnswer refusal_of(const CommandRefused& refused, bool in_batch) {
    RecordedAnswer result;
    result.kind = RecordedAnswer::Kind::refusal;
    result.refusal = refused.refusal;
    result.index = refused.index;
    result.in_batch = in_batch;
    return result;
}

/// A command of the log with its personal parts, as records to render.
struct LoadedCommand {
    std::vector<LoadedEvent> events;
    std::vector<EventRecord> records;
};

/// Nothing: it cannot be read, or there is none.
std::optional<LoadedCommand> load_command(const Api& api, Seq last) {
    auto stored = reader_lookup(api).read_answer(last);
    if (!stored || stored->empty()) return std::nullopt;
    LoadedCommand loaded;
    loaded.events.reserve(stored->size());
    for (replay::StoredEvent& event : *stored) {
        auto personal = personal_of(event.event.seq, event.personal);
        if (!personal) return std::nullopt;
        loaded.events.push_back({std::move(event.event), std::move(*personal)});
    }
    for (const LoadedEvent& event : loaded.events) loaded.records.push_back(event.record());
    return loaded;
}

bool is_about_order(creditd::Operation operation) {
    return operation == creditd::Operation::place_order ||
           operation == creditd::Operation::change_order ||
           operation == creditd::Operation::note_payment;
}

bool is_atomic_batch(const Event& last) {
    return last.origin->operation == creditd::Operation::batch;
}

}  // namespace

void render_atomic_answer(std::string& out, std::span<const EventRecord> records, const Api& api) {
    out += "{\"results\":[";
    bool first = true;
    for (const auto& operation : split_operations(records)) {
        if (!first) out += ',';
        first = false;
        out += "{\"status\":" + std::to_string(status_of_answer(operation)) + ",\"body\":";
        if (const auto* repeated = std::get_if<PurchaseRepeated>(&operation.back().event().body)) {
            out += read_duplicate_purchase(api, repeated->original).body;
        } else {
            render_answer(out, operation, api.engine.decimals());
        }
        out += '}';
    }
    out += "],\"seq\":" + std::to_string(records.back().event().seq.value) + '}';
}

RecordedAnswer read_duplicate_purchase(const Api& api, Seq original) {
    RecordedAnswer result;
    const auto loaded = load_event(api, original);
    if (!loaded) return result;
    const EventRecord record = loaded->record();
    result.kind = RecordedAnswer::Kind::answer;
    result.status = 200;
    render_answer(result.body, std::span(&record, 1), api.engine.decimals(), true);
    return result;
}

RecordedAnswer read_recorded(const Api& api, Seq last, const Digest& fingerprint) {
    RecordedAnswer result;
    result.seq = last;
    const auto loaded = load_command(api, last);
    if (!loaded) return result;
    const Event& event = loaded->events.back().event;
    CREDITD_ASSERT(event.origin.has_value());
    if (event.origin->fingerprint != fingerprint) {
        result.kind = RecordedAnswer::Kind::key_reused;
        return result;
    }
    if (const auto* refused = std::get_if<CommandRefused>(&event.body)) {
        return refusal_of(*refused, is_atomic_batch(event));
    }
    const auto* repeated = std::get_if<PurchaseRepeated>(&event.body);
    if (repeated != nullptr && !is_atomic_batch(event)) {
        return read_duplicate_purchase(api, repeated->original);
    }
    if (const auto* key = std::get_if<ApiKeyCreated>(&event.body)) {
        // The secret is not in the log: only the call that made the key could show it.
        result.kind = RecordedAnswer::Kind::answer;
        result.status = 201;
        render_new_api_key(result.body, *key, event.time, event.seq, std::nullopt);
        return result;
    }
    result.kind = RecordedAnswer::Kind::answer;
    // An order is shown as it stands now, by whoever asked for the recorded answer.
    if (is_about_order(event.origin->operation)) return result;
    if (const auto* endpoint = std::get_if<EndpointSet>(&event.body)) {
        result.status = event.origin->operation == creditd::Operation::create_endpoint ? 201 : 200;
        render_endpoint_set(result.body, endpoint->endpoint, api.webhooks->keys, true, event.time,
                            event.seq);
        return result;
    }
    if (event.origin->operation == creditd::Operation::catalog) {
        result.status = 200;
        render_catalog_change(result.body, loaded->events.size(), price_book_of(event), event.seq);
        return result;
    }
    if (const auto* feature = std::get_if<FeatureSet>(&event.body)) {
        result.status = 200;
        render_feature_set(result.body, *feature, api.engine.decimals(), event.time, event.seq);
        return result;
    }
    if (const auto* set = std::get_if<OfferSet>(&event.body)) {
        result.status = 200;
        render_offer_with_times(result.body, set->offer, api.engine.decimals(), std::nullopt,
                                event.time, event.seq);
        return result;
    }
    if (is_removal(event.body)) {
        result.status = 204;
        return result;
    }
    if (is_atomic_batch(event)) {
        result.status = 200;
        render_atomic_answer(result.body, loaded->records, api);
    } else {
        result.status = status_of_answer(loaded->records);
        render_answer(result.body, loaded->records, api.engine.decimals());
    }
    return result;
}

void respond_recorded(Call& call, const RecordedAnswer& recorded, bool replayed) {
    switch (recorded.kind) {
        case RecordedAnswer::Kind::answer:
            if (recorded.body.empty()) call.begin_no_content(replayed);
            else call.begin_json(recorded.status, replayed) += recorded.body;
            call.finish();
            return;
        case RecordedAnswer::Kind::refusal:
            call.respond_refusal(recorded.refusal, recorded.index, recorded.in_batch, replayed);
            return;
        case RecordedAnswer::Kind::key_reused:
            call.respond_problem(ProblemCode::idempotency_key_reused);
            return;
        case RecordedAnswer::Kind::unreadable:
            call.respond_unavailable(Unavailable::overloaded);
            return;
    }
}

}  // namespace creditd::daemon
