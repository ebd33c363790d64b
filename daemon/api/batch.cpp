#include "daemon/api/batch.hpp"

#include "daemon/api/personal_fields.hpp"

#include "daemon/api/command_operation.hpp"
#include "daemon/api/reads.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {

// --- independent ---------------------------------------------------------------------------------

void IndependentBatch::start() { gather(); }

namespace {

/// Single calls look twice where a hold is not open; in a batch its evidence is read at once.
bool is_about_hold(const CommandBody& body) {
    return std::holds_alternative<CaptureHold>(body) || std::holds_alternative<ExtendHold>(body) ||
           std::holds_alternative<ReleaseHold>(body);
}

}  // namespace

void IndependentBatch::gather() {
    const Api& api = call_.api();
    bool all_quick = true;
    for (BatchItem& item : items_) {
        if (!item.waits()) continue;
        all_quick =
            !is_about_hold(item.command.body) && api.evidence.quick(item.command) && all_quick;
    }
    if (all_quick) {
        call_.submit(*this);
        return;
    }
    auto is_readable = std::make_shared<bool>(true);
    call_.read([this, is_readable] { *is_readable = gather_from_disk(); },
               [this, is_readable] {
                   if (*is_readable) call_.submit(*this);
                   else call_.respond_unavailable(Unavailable::overloaded);
               });
}

bool IndependentBatch::gather_from_disk() {
    const Api& api = call_.api();
    for (BatchItem& item : items_) {
        if (!item.waits()) continue;
        const auto found = api.evidence.gather(item.command);
        if (!found) return false;
        if (!*found) continue;
        item.recorded = read_recorded(api, (*found)->seq, item.command.meta.fingerprint);
        item.is_recorded = item.is_replay = true;
    }
    return true;
}

void IndependentBatch::warm_items(const State& state, std::size_t first) const {
    const std::size_t end = std::min(items_.size(), first + warm_group);
    for (const WarmStep step : warm_steps) {
        for (std::size_t i = first; i < end; ++i) {
            const Command& command = items_[i].command;
            if (items_[i].waits()) creditd::warm(state, command.meta, command.body, step);
        }
    }
}

void IndependentBatch::execute(const LedgerTurn& turn) {
    unavailable_ = turn.writes;
    is_stale_ = false;
    if (unavailable_ != Unavailable::none) return;
    // All evidence is checked first: a batch is either decided now, item by item, or fetched anew.
    for (const BatchItem& item : items_) {
        if (item.waits() && item.command.evidence.as_of < turn.state.window.from())
            is_stale_ = true;
    }
    if (is_stale_) return;
    events.reserve(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (i % warm_group == 0) {
            turn.stall->start();
            warm_items(turn.state, i);
            turn.stall->lap();
        }
        BatchItem& item = items_[i];
        if (!item.waits()) continue;
        name_resource(turn.state, turn.now, call_.api().random, item.command, item.personal);
        item.outcome = creditd::execute(turn.state, item.command, turn.now, turn.policy, events);
        item.first_event = item.outcome.first_event;
        item.end_event = events.size();
        turn.stall->lap();
    }
}

void IndependentBatch::complete() {
    if (unavailable_ != Unavailable::none) {
        call_.respond_unavailable(unavailable_);
    } else if (is_stale_) {
        gather();
    } else if (needs_log()) {
        call_.read([this] { read_recorded_items(); }, [this] { respond(); });
    } else {
        respond();
    }
}

namespace {

/// The purchase that an item's payment turned out to repeat.
std::optional<Seq> repeated_purchase(const BatchItem& item,
                                     const std::vector<DecidedEvent>& events) {
    if (item.outcome.kind != OutcomeKind::done || item.is_recorded) return std::nullopt;
    const auto* repeated = std::get_if<PurchaseRepeated>(&events[item.end_event - 1].event.body);
    return repeated == nullptr ? std::nullopt : std::optional{repeated->original};
}

}  // namespace

bool IndependentBatch::needs_log() const {
    for (const BatchItem& item : items_) {
        if (!item.waits()) continue;
        if (item.outcome.kind == OutcomeKind::known_key) return true;
        if (item.outcome.kind == OutcomeKind::nothing_done) return true;
        if (repeated_purchase(item, events)) return true;
    }
    return false;
}

void IndependentBatch::read_recorded_items() {
    const Api& api = call_.api();
    for (BatchItem& item : items_) {
        if (!item.waits()) continue;
        if (item.outcome.kind == OutcomeKind::known_key) {
            item.recorded = read_recorded(api, item.outcome.known, item.command.meta.fingerprint);
            item.is_recorded = item.is_replay = true;
        } else if (item.outcome.kind == OutcomeKind::nothing_done) {
            item.recorded = read_closed_hold(call_, std::get<ReleaseHold>(item.command.body).hold);
            item.is_recorded = true;
        } else if (const auto original = repeated_purchase(item, events)) {
            item.recorded = read_duplicate_purchase(api, *original);
            item.is_recorded = true;
        }
    }
}

namespace {

void render_status_and_body(std::string& out, unsigned status, bool replayed) {
    out += "{\"status\":";
    out += std::to_string(status);
    out += replayed ? ",\"replayed\":true,\"body\":" : ",\"body\":";
}

void render_item_problem(std::string& out, ProblemCode code, const std::string& members,
                         const Call& call, bool replayed = false) {
    render_status_and_body(out, problem_info(code).status, replayed);
    Problem problem;
    problem.code = code;
    problem.instance = call.path;
    problem.extra_members = members;
    render_problem(out, problem);
}

void render_recorded(std::string& out, const BatchItem& item, const Call& call) {
    const RecordedAnswer& recorded = item.recorded;
    switch (recorded.kind) {
        case RecordedAnswer::Kind::answer:
            render_status_and_body(out, recorded.status, item.is_replay);
            out += recorded.body;
            return;
        case RecordedAnswer::Kind::refusal:
            render_item_problem(out, problem_of(recorded.refusal.code),
                                refusal_members(recorded.refusal, call.decimals()), call,
                                item.is_replay);
            return;
        case RecordedAnswer::Kind::key_reused:
            render_item_problem(out, ProblemCode::idempotency_key_reused, {}, call);
            return;
        case RecordedAnswer::Kind::unreadable:
            render_item_problem(out, ProblemCode::overloaded, {}, call);
            return;
    }
}

}  // namespace

void IndependentBatch::render_item(std::string& out, const BatchItem& item) const {
    if (!item.problem.empty()) {
        render_status_and_body(out, item.problem_status, false);
        out += item.problem;
    } else if (item.is_recorded) {
        render_recorded(out, item, call_);
    } else if (item.outcome.kind != OutcomeKind::done ||
               item.outcome.refusal.code != RefusalCode::none) {
        render_item_problem(out, problem_of(item.outcome.refusal.code),
                            refusal_members(item.outcome.refusal, call_.decimals()), call_);
    } else {
        const AnswerRecords records(events, item.first_event, item.end_event, item.personal);
        render_status_and_body(out, status_of_answer(records.span()), false);
        render_answer(out, records.span(), call_.decimals());
    }
    out += '}';
}

void IndependentBatch::respond() {
    std::string& out = call_.begin_json(200);
    out += "{\"results\":[";
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (i != 0) out += ',';
        render_item(out, items_[i]);
    }
    out += "],\"seq\":";
    const Seq last = events.empty() ? call_.api().engine.durable() : events.back().event.seq;
    out += std::to_string(last.value);
    out += '}';
    call_.finish();
}

// --- atomic --------------------------------------------------------------------------------------

void AtomicOperation::start() { gather(); }

void AtomicOperation::gather() {
    const Api& api = call_.api();
    auto found = std::make_shared<replay::EvidenceReader::Gathered>();
    call_.read([this, &api, found] { *found = api.evidence.gather(batch_); },
               [this, found] {
                   if (!*found) call_.respond_unavailable(Unavailable::overloaded);
                   else if (**found) answer_recorded((**found)->seq, true);
                   else call_.submit(*this);
               });
}

void AtomicOperation::answer_recorded(Seq last, bool replayed) {
    auto recorded = std::make_shared<RecordedAnswer>();
    const Api& api = call_.api();
    const Digest fingerprint = batch_.meta.fingerprint;
    call_.read(
        [&api, last, fingerprint, recorded] { *recorded = read_recorded(api, last, fingerprint); },
        [this, recorded, replayed] { respond_recorded(call_, *recorded, replayed); });
}

void AtomicOperation::execute(const LedgerTurn& turn) {
    unavailable_ = turn.writes;
    if (unavailable_ != Unavailable::none) return;
    for (std::size_t i = 0; i < batch_.operations.size(); ++i) {
        name_resource(turn.state, turn.now, call_.api().random, batch_.operations[i], personal_[i]);
    }
    outcome_ = creditd::execute(turn.state, batch_, turn.now, turn.policy, events);
}

void AtomicOperation::answer_done() {
    if (const auto* refused = std::get_if<CommandRefused>(&events.back().event.body)) {
        call_.respond_refusal(refused->refusal, refused->index, true);
        return;
    }
    // What a known payment was answered with must be read.
    if (std::ranges::any_of(events, [](const DecidedEvent& made) {
            return std::holds_alternative<PurchaseRepeated>(made.event.body);
        })) {
        answer_recorded(events.back().event.seq, false);
        return;
    }
    // Personal parts follow their operations, some of which have several events.
    std::vector<EventRecord> records;
    std::size_t next = outcome_.first_event;
    for (const PersonalFields& personal : personal_) {
        const EventBody& first = events[next].event.body;
        std::size_t end = next + count_of_operation(first);
        while (end < events.size() && follows_purchase(first, events[end].event.body)) ++end;
        for (; next < end; ++next) records.emplace_back(events[next].event, personal);
    }
    CREDITD_ASSERT(next == events.size());
    render_atomic_answer(call_.begin_json(200), records, call_.api());
    call_.finish();
}

void AtomicOperation::complete() {
    if (unavailable_ != Unavailable::none) {
        call_.respond_unavailable(unavailable_);
        return;
    }
    switch (outcome_.kind) {
        case OutcomeKind::done: answer_done(); return;
        case OutcomeKind::refused:
            call_.respond_refusal(outcome_.refusal, outcome_.index, true);
            return;
        case OutcomeKind::stale_evidence: gather(); return;
        case OutcomeKind::known_key: answer_recorded(outcome_.known, true); return;
        case OutcomeKind::nothing_done: return;
    }
}

}  // namespace creditd::daemon
