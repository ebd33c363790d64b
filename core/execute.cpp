#include "core/execute.hpp"

#include "core/canary.hpp"
#include "core/decide/context.hpp"
#include "core/targets.hpp"

namespace creditd {
namespace {

using deciding::accepted;
using deciding::Context;
using deciding::refuse;
using deciding::Target;

Context context_for(const State& state, const CommandMeta& meta, const Evidence& evidence,
                    Timestamp now, const Policy& policy, std::vector<DecidedEvent>& out) {
    return Context{state, meta, evidence, now, policy, out, out.size()};
}

void apply_from(State& state, const std::vector<DecidedEvent>& out, std::size_t first) {
    for (std::size_t i = first; i < out.size(); ++i) apply(state, out[i].event);
}

void attach_origin(const CommandMeta& meta, Operation operation, std::vector<DecidedEvent>& out,
                   std::size_t first) {
    Event& last = out.back().event;
    last.origin = Origin{meta.key,      meta.key_digest,      meta.fingerprint, meta.actor,
                         meta.trace_id, out[first].event.seq, operation};
}

void attach_personal(const CommandMeta& meta, std::vector<DecidedEvent>& out, std::size_t first) {
    if (meta.personal.empty() || out.size() == first) return;
    // An account's profile is the account's alone, not that of its sign-up credits.
    const bool makes_account = std::holds_alternative<AccountCreated>(out[first].event.body);
    const std::size_t end = makes_account ? first + 1 : out.size();
    for (std::size_t i = first; i < end; ++i) {
        out[i].event.personal_hash = meta.personal_hash;
        out[i].personal = meta.personal;
    }
}

bool limit_reached(const Account& account, Timestamp now) {
    const AccountExtra& extra = account.extra();
    return extra.refusals_count >= limits::refusals_recorded_max &&
           now - extra.refusals_since < Duration::seconds(limits::refusal_window_seconds);
}

std::string feature_of(const CommandBody& body) {
    if (const auto* deduct = std::get_if<DeductCredits>(&body)) return deduct->price.feature;
    if (const auto* hold = std::get_if<PlaceHold>(&body)) return hold->price.feature;
    return {};
}

/// After a payment has bought something, what follows is its own affair: it may have been refunded
/// before it was heard of.
void follow_payment(CommandBody& body) {
    NotePayment note;
    if (auto* subscribe = std::get_if<Subscribe>(&body)) note.news = *subscribe->payment;
    else if (auto* renew = std::get_if<RenewSubscription>(&body)) note.news = *renew->payment;
    else if (const auto* bought = std::get_if<PurchaseCredits>(&body)) {
        note.news.provider = bought->provider;
        note.news.payment_id = bought->payment_id;
        note.news.payment_digest = bought->payment_digest;
    } else return;
    body = std::move(note);
}

/// What is the same for one command and for one operation of a batch: due events, then the
/// decision. Emits and applies the events of an acceptance; a refusal emits nothing of its own.
Refusal decide_one(State& state, const Command& command, const Targets& targets, Timestamp now,
                   const Policy& policy, std::vector<DecidedEvent>& out, std::size_t& first_own) {
    Context context = context_for(state, command.meta, command.evidence, now, policy, out);
    first_own = out.size();
    Refusal refusal = decide_body(context, command.body, targets);
    if (refusal != accepted) {
        CREDITD_ASSERT(out.size() == first_own);
        if (refusal.code == RefusalCode::insufficient_credits) {
            const std::string& url = state.catalog().settings.top_up_url;
            if (!url.empty()) refusal.detail.touch().top_up_url = url;
        }
        return refusal;
    }
    attach_personal(command.meta, out, first_own);
    return accepted;
}

/// Are such commands decided in steps, each on what the one before has made?
bool has_steps(const State& state, const Command& command) {
    const CommandBody& body = command.body;
    if (const auto* bought = std::get_if<PurchaseCredits>(&body)) {
        return command.evidence.standing ||
               state.window.find_standing(bought->payment_digest) != nullptr;
    }
    if (const auto* subscribe = std::get_if<Subscribe>(&body))
        return subscribe->payment.has_value();
    if (const auto* renew = std::get_if<RenewSubscription>(&body))
        return renew->payment.has_value();
    return std::holds_alternative<NotePayment>(body);
}

/// Decides and applies until nothing more follows. After the first step nothing can be refused but
/// what does not fit the account's range, and then the caller drops the state.
Refusal decide_steps(State& state, const Command& command, const Targets& targets, Timestamp now,
                     const Policy& policy, std::vector<DecidedEvent>& out) {
    Command step = command;
    for (bool goes_on = true; goes_on;) {
        std::size_t first = 0;
        const Refusal refusal = decide_one(state, step, targets, now, policy, out, first);
        if (refusal != accepted) return refusal;
        apply_from(state, out, first);
        goes_on = out.size() > first && has_steps(state, step);
        if (goes_on) follow_payment(step.body);
    }
    return accepted;
}

/// The same on a state of its own, so that all is done or nothing; the caller applies it.
Refusal try_steps(const State& state, const Command& command, const Targets& targets, Timestamp now,
                  const Policy& policy, std::vector<DecidedEvent>& out) {
    State trial(state);
    std::vector<DecidedEvent> events;
    const Refusal refusal = decide_steps(trial, command, targets, now, policy, events);
    if (refusal != accepted) return refusal;
    for (DecidedEvent& event : events) out.push_back(std::move(event));
    return accepted;
}

/// Emits and applies the refusal as an outcome, or says that there were too many of them.
Outcome record_refusal(State& state, const CommandMeta& meta, Operation asked,
                       const CommandRefused& refused, AccountNo no, Timestamp now,
                       const Policy& policy, std::vector<DecidedEvent>& out) {
    if (limit_reached(state.accounts.get(no), now)) {
        return {OutcomeKind::refused, refuse(RefusalCode::refusal_limit), refused.index, {}, 0};
    }
    const Evidence none;
    Context context = context_for(state, meta, none, now, policy, out);
    const std::size_t first = out.size();
    context.emit(no, state.accounts.get(no), refused);
    attach_origin(meta, asked, out, first);
    apply_from(state, out, first);
    return {OutcomeKind::done, refused.refusal, refused.index, {}, first};
}

void execute_due_of(State& state, const Targets& targets, Timestamp now, const Policy& policy,
                    std::vector<DecidedEvent>& out) {
    if (!targets.account.is_none()) execute_due(state, targets.account, now, policy, out);
    if (!targets.receiver.is_none()) execute_due(state, targets.receiver, now, policy, out);
}

std::optional<Outcome> known_or_stale(const State& state, const CommandMeta& meta, Seq as_of) {
    const bool is_stale = as_of < state.window.from();
    if (is_stale && !canary(Canary::old_evidence_accepted))
        return Outcome{OutcomeKind::stale_evidence, {}, 0, {}, 0};
    if (meta.key.empty()) return std::nullopt;
    const auto known = state.window.find_key(meta.key_digest);
    if (!known) return std::nullopt;
    return Outcome{OutcomeKind::known_key, {}, 0, *known, 0};
}

}  // namespace

Outcome execute(State& state, const Command& command, Timestamp now, const Policy& policy,
                std::vector<DecidedEvent>& out) {
    CREDITD_ASSERT(now >= state.head.time);
    if (const auto early = known_or_stale(state, command.meta, command.evidence.as_of)) {
        return *early;
    }
    const Targets targets = resolve_targets(state, command);
    if (targets.refusal != accepted) {
        return {OutcomeKind::refused, targets.refusal, 0, {}, 0};
    }
    const bool captures = std::holds_alternative<CaptureHold>(command.body);
    if (!captures || !canary(Canary::capture_after_expiry)) {
        execute_due_of(state, targets, now, policy, out);
    }
    std::size_t first = out.size();
    const Refusal refusal = has_steps(state, command)
                                ? try_steps(state, command, targets, now, policy, out)
                                : decide_one(state, command, targets, now, policy, out, first);
    if (refusal == accepted) {
        if (out.size() == first) return {OutcomeKind::nothing_done, refusal, 0, {}, first};
        attach_origin(command.meta, operation_of(command.body), out, first);
        apply_from(state, out, first);
        return {OutcomeKind::done, refusal, 0, {}, first};
    }
    if (std::holds_alternative<ReleaseHold>(command.body)) {
        return {OutcomeKind::nothing_done, refusal, 0, {}, 0};
    }
    if (!is_recorded(refusal.code) || targets.account.is_none() || command.meta.key.empty()) {
        return {OutcomeKind::refused, refusal, 0, {}, 0};
    }
    const Operation asked = operation_of(command.body);
    return record_refusal(state, command.meta, asked, {asked, refusal, feature_of(command.body), 0},
                          targets.account, now, policy, out);
}

Outcome execute(State& state, const AtomicBatch& batch, Timestamp now, const Policy& policy,
                std::vector<DecidedEvent>& out) {
    CREDITD_ASSERT(now >= state.head.time && !batch.operations.empty());
    if (const auto early = known_or_stale(state, batch.meta, batch.as_of)) return *early;
    // Time first, for every account that is named: afterwards all events are the batch's own.
    for (const Command& operation : batch.operations) {
        if (operation.evidence.as_of < state.window.from()) {
            return {OutcomeKind::stale_evidence, {}, 0, {}, 0};
        }
        execute_due_of(state, resolve_targets(state, operation), now, policy, out);
    }
    State trial(state);
    std::vector<DecidedEvent> events;
    for (std::size_t i = 0; i < batch.operations.size(); ++i) {
        const Command& operation = batch.operations[i];
        const auto index = static_cast<std::uint32_t>(i);
        const Targets targets = resolve_targets(trial, operation);
        Refusal refusal = targets.refusal;
        if (refusal == accepted) {
            refusal = decide_steps(trial, operation, targets, now, policy, events);
        }
        if (refusal == accepted) continue;
        // An account that only this batch would have made cannot remember the refusal.
        const bool remembered =
            !targets.account.is_none() && targets.account.value < state.accounts.count();
        if (!is_recorded(refusal.code) || !remembered || batch.meta.key.empty()) {
            return {OutcomeKind::refused, refusal, index, {}, 0};
        }
        if (canary(Canary::partial_batch)) {
            out.insert(out.end(), events.begin(), events.end());
            apply_from(state, out, out.size() - events.size());
        }
        return record_refusal(
            state, batch.meta, Operation::batch,
            {operation_of(operation.body), refusal, feature_of(operation.body), index},
            targets.account, now, policy, out);
    }
    if (events.empty()) return {OutcomeKind::nothing_done, {}, 0, {}, out.size()};
    attach_origin(batch.meta, Operation::batch, events, 0);
    const std::size_t first = out.size();
    for (DecidedEvent& event : events) out.push_back(std::move(event));
    apply_from(state, out, first);
    return {OutcomeKind::done, {}, 0, {}, first};
}

void execute_due(State& state, AccountNo account, Timestamp now, const Policy& policy,
                 std::vector<DecidedEvent>& out) {
    static const CommandMeta no_meta;
    static const Evidence no_evidence;
    while (state.accounts.get(account).next_due <= now) {
        Context context = context_for(state, no_meta, no_evidence, now, policy, out);
        const std::size_t first = out.size();
        const Target target{account, &state.accounts.get(account)};
        deciding::emit_next_due(context, target);
        apply_from(state, out, first);
    }
}

bool sweep(State& state, Timestamp now, const Policy& policy, std::size_t events_max,
           std::vector<DecidedEvent>& out) {
    const std::size_t end = out.size() + events_max;
    while (const auto entry = state.due.first()) {
        if (entry->due > now) return false;
        if (out.size() >= end) return true;
        state.due.pop();
        // Stale entries, whose account has moved on since, cost nothing but this look.
        if (state.accounts.get(entry->account).next_due <= now) {
            execute_due(state, entry->account, now, policy, out);
        }
    }
    return false;
}

Event open_ledger(const State& state, const std::array<std::uint8_t, 16>& ledger_id,
                  std::uint8_t decimals, Timestamp now, bool test_clock) {
    Event event;
    event.seq = state.head.seq.next();
    event.time = std::max(now, state.head.time);
    event.body = LedgerOpened{ledger_id, decimals, test_clock};
    return event;
}

}  // namespace creditd
