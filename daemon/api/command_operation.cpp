#include "daemon/api/command_operation.hpp"

#include "daemon/api/fingerprint.hpp"
#include "daemon/api/personal_fields.hpp"
#include "daemon/api/reads.hpp"

namespace creditd::daemon {

namespace {

/// An operation that is used again keeps room for so many events.
constexpr std::size_t events_kept = 4;

}  // namespace

void fill_meta(CommandMeta& meta, const CommandBody& body, const PersonalFields& personal,
               const Call& call, std::string_view key) {
    meta.key = key;
    if (!key.empty()) {
        meta.key_digest = key_digest_of(key);
        meta.fingerprint = fingerprint_of(body, personal);
    }
    meta.actor = call.caller.actor;
    meta.trace_id = call.trace_id;
    meta.account_prefix = call.caller.account_prefix;
    if (!personal.is_empty()) seal_personal(personal, call.api().random, meta);
}

void CommandOperation::clear() {
    call_ = nullptr;
    command = {};
    personal = {};
    dry_run = false;
    is_keyless = false;
    asked_beside.clear();
    answer = nullptr;
    look_before = nullptr;
    answer_unchanged = nullptr;
    answer_again = nullptr;
    unchanged = {};
    events.clear();
    if (events.capacity() > events_kept) events.shrink_to_fit();
    outcome_ = {};
    was_quick_ = false;
    unavailable_ = Unavailable::none;
    tried_ = {};
}

void CommandOperation::start() {
    fill_meta(command.meta, command.body, personal, *call_,
              dry_run || is_keyless ? std::string_view{} : std::string_view(call_->key));
    command.meta.fingerprint = fingerprint_with(command.meta.fingerprint, asked_beside);
    gather();
}

void CommandOperation::gather() {
    was_quick_ = call_->api().evidence.quick(command);
    if (was_quick_) call_->submit(*this);
    else gather_from_disk();
}

void CommandOperation::gather_from_disk() {
    const Api& api = call_->api();
    auto found = std::make_shared<replay::EvidenceReader::Gathered>();
    was_quick_ = false;
    call_->read([this, &api, found] { *found = api.evidence.gather(command); },
                [this, found] {
                    if (!*found) call_->respond_unavailable(Unavailable::overloaded);
                    else if (**found) answer_recorded((**found)->seq);
                    else call_->submit(*this);
                });
}

void CommandOperation::execute(const LedgerTurn& turn) {
    unavailable_ = turn.writes;
    if (unavailable_ != Unavailable::none) return;
    if (look_before) look_before(turn.state);
    name_resource(turn.state, turn.now, call_->api().random, command, personal);
    if (!dry_run) {
        outcome_ = creditd::execute(turn.state, command, turn.now, turn.policy, events);
        unchanged = {turn.state.catalog().price_book, turn.state.head.seq};
        return;
    }
    State trial(turn.state);
    tried_.clear();
    outcome_ = creditd::execute(trial, command, turn.now, turn.policy, tried_);
}

void CommandOperation::complete() {
    if (unavailable_ != Unavailable::none) {
        call_->respond_unavailable(unavailable_);
        return;
    }
    switch (outcome_.kind) {
        case OutcomeKind::done: answer_done(); return;
        case OutcomeKind::refused: answer_refused(); return;
        case OutcomeKind::known_key: answer_recorded(outcome_.known); return;
        case OutcomeKind::stale_evidence: gather(); return;
        case OutcomeKind::nothing_done: answer_nothing_done(); return;
    }
}

void CommandOperation::answer_done() {
    const std::vector<DecidedEvent>& made = dry_run ? tried_ : events;
    const Event& last = made.back().event;
    if (const auto* refused = std::get_if<CommandRefused>(&last.body)) {
        call_->respond_refusal(refused->refusal, 0, false);
        return;
    }
    if (const auto* repeated = std::get_if<PurchaseRepeated>(&last.body)) {
        answer_duplicate(repeated->original);
        return;
    }
    if (answer) {
        answer(last);
        return;
    }
    // Both events of a transfer share one personal part, and the second one holds the answer.
    const AnswerRecords records(made, outcome_.first_event, made.size(), personal);
    std::string& out = call_->begin_json(status_of_answer(records.span()));
    render_answer(out, records.span(), call_->decimals());
    call_->finish();
}

// A hold that is not open needs evidence that it ever was; most holds are, so it was not read.
void CommandOperation::answer_refused() {
    if (was_quick_ && outcome_.refusal.code == RefusalCode::hold_not_found) gather_from_disk();
    else call_->respond_refusal(outcome_.refusal, 0, false);
}

void CommandOperation::answer_recorded(Seq last) {
    auto recorded = std::make_shared<RecordedAnswer>();
    const Digest fingerprint = command.meta.fingerprint;
    const Api& api = call_->api();
    call_->read(
        [&api, last, fingerprint, recorded] { *recorded = read_recorded(api, last, fingerprint); },
        [this, recorded] {
            const bool is_answer = recorded->kind == RecordedAnswer::Kind::answer;
            if (answer_again && is_answer) answer_again(*recorded);
            else respond_recorded(*call_, *recorded, true);
        });
}

void CommandOperation::answer_duplicate(Seq original) {
    auto recorded = std::make_shared<RecordedAnswer>();
    const Api& api = call_->api();
    call_->read([&api, original, recorded] { *recorded = read_duplicate_purchase(api, original); },
                [this, recorded] { respond_recorded(*call_, *recorded, false); });
}

// The hold is closed already: its last state, as GET /v1/holds/{id} shows it.
void CommandOperation::answer_nothing_done() {
    if (answer_unchanged) answer_unchanged();
    else respond_with_closed_hold(*call_, std::get<ReleaseHold>(command.body).hold);
}

}  // namespace creditd::daemon
