#include "daemon/api/note_operation.hpp"

#include "daemon/api/personal_fields.hpp"
#include "daemon/basics/log.hpp"
#include "replay/sha256.hpp"
#include "text/utf8.hpp"

namespace creditd::daemon {
namespace {

/// As much of a foreign text as an event takes: whole characters.
std::string bounded(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size()) {
        const std::size_t bytes = utf8_sequence_bytes(text.substr(end));
        if (bytes == 0 || end + bytes > limits::text_bytes_max) break;
        end += bytes;
    }
    return std::string(text.substr(0, end));
}

Notification notification_of(const Told& told, const PaymentCommands& commands) {
    Notification noted;
    noted.provider = told.provider;
    noted.id = told.news.notification;
    noted.digest = notification_digest_of(told.provider, told.news.notification);
    noted.type = bounded(told.news.type);
    noted.account = commands.account;
    noted.order = commands.order;
    noted.payment_id = bounded(commands.payment_id);
    noted.hint = told.hint;
    noted.outcome =
        commands.bodies.empty() ? NotificationOutcome::ignored : NotificationOutcome::applied;
    noted.reason = bounded(commands.why_nothing);
    if (!told.unreadable.empty()) {
        noted.outcome = NotificationOutcome::quarantined;
        noted.reason = bounded(told.unreadable);
    }
    // What no id can be is no account and no order.
    if (!is_valid_id(noted.account)) noted.account.clear();
    if (!is_valid_id(noted.order)) noted.order.clear();
    return noted;
}

NoteResult::Kind kind_of(NotificationOutcome outcome) {
    switch (outcome) {
        case NotificationOutcome::applied: return NoteResult::Kind::applied;
        case NotificationOutcome::ignored: return NoteResult::Kind::ignored;
        case NotificationOutcome::quarantined: return NoteResult::Kind::quarantined;
        case NotificationOutcome::dismissed: break;
    }
    return NoteResult::Kind::known;
}

}  // namespace

std::string_view name_of(NoteResult::Kind kind) {
    switch (kind) {
        case NoteResult::Kind::applied: return "applied";
        case NoteResult::Kind::ignored: return "ignored";
        case NoteResult::Kind::quarantined: return "quarantined";
        case NoteResult::Kind::known: return "known";
        case NoteResult::Kind::unavailable: break;
    }
    return "unavailable";
}

NoteOperation::NoteOperation(Call& call, Told told, Then then)
    : call_(call), told_(std::move(told)), then_(std::move(then)) {
    // A name that is too long for an event is known by its hash; a body, not kept.
    if (told_.news.notification.size() > limits::id_bytes_max * 2) {
        const auto hash = replay::sha256(told_.news.notification);
        told_.news.notification = "sha256:" + replay::to_hex(hash.bytes);
    }
    if (told_.raw.size() > limits::notification_bytes_max) told_.raw.clear();
    PaymentCommands commands;
    if (told_.unreadable.empty()) {
        commands = commands_for(told_.news, told_.hint, call.decimals());
    }
    // Of what says nothing to creditd nothing is kept but that it came: nobody could tell whose it
    // is when he is to be forgotten.
    if (commands.bodies.empty() && told_.unreadable.empty()) told_.raw.clear();
    batch_.meta.actor = told_.provider;
    batch_.meta.trace_id = call.trace_id;
    NoteNotification noted{notification_of(told_, commands)};
    if (is_of_subscription(told_.news) && !noted.notification.order.empty()) {
        noted.order_digest = order_digest_of(noted.notification.order);
    }
    for (CommandBody& body : commands.bodies) {
        Command& command = batch_.operations.emplace_back();
        command.meta = batch_.meta;
        command.body = std::move(body);
    }
    Command& last = batch_.operations.emplace_back();
    last.meta = batch_.meta;
    last.body = std::move(noted);
    if (told_.raw.empty()) return;
    PersonalFields personal;
    personal.received = told_.raw;
    seal_personal(personal, call.api().random, last.meta);
}

void NoteOperation::start() { gather(); }

void NoteOperation::gather() {
    const Api& api = call_.api();
    is_stale_ = false;
    if (api.evidence.quick(batch_)) {
        call_.submit(*this);
        return;
    }
    auto found = std::make_shared<replay::EvidenceReader::Gathered>();
    call_.read([this, &api, found] { *found = api.evidence.gather(batch_); },
               [this, found] {
                   if (*found) call_.submit(*this);
                   else call_.respond_unavailable(Unavailable::overloaded);
               });
}

// One that was dealt with is not dealt with again, whatever its commands would do today.
bool NoteOperation::is_known(const State& state) const {
    const auto& noted = std::get<NoteNotification>(batch_.operations.back().body);
    const Notification* known = state.window.find_notification(noted.notification.digest);
    const auto& read = batch_.operations.back().evidence.notification;
    if (known == nullptr && read) known = &*read;
    return known != nullptr && known->outcome != NotificationOutcome::quarantined;
}

// An account has one subscription after the other, and each begins with its order: what is told of
// one that was ordered before is over, and says nothing of today's.
bool NoteOperation::is_of_earlier_subscription(const State& state) const {
    const Command& last = batch_.operations.back();
    const Digest& digest = std::get<NoteNotification>(last.body).order_digest;
    if (digest == Digest{}) return false;
    const OrderFact* known = state.window.find_order(digest);
    if (known == nullptr && last.evidence.order) known = &*last.evidence.order;
    if (known == nullptr || !known->order.is_paid()) return false;
    const Subscription* const running =
        state.accounts.get(known->account_no).running_subscription();
    return running != nullptr && known->order.settled_at < running->started_at;
}

void NoteOperation::note_alone(const LedgerTurn& turn, NotificationOutcome outcome,
                               std::string reason) {
    Command command = batch_.operations.back();
    auto& noted = std::get<NoteNotification>(command.body).notification;
    noted.outcome = outcome;
    noted.reason = std::move(reason);
    result_.kind = kind_of(outcome);
    result_.reason = noted.reason;
    creditd::execute(turn.state, command, turn.now, turn.policy, events);
}

void NoteOperation::execute(const LedgerTurn& turn) {
    result_.unavailable = turn.writes;
    if (turn.writes != Unavailable::none) return;
    is_stale_ = batch_.as_of < turn.state.window.from();
    if (is_stale_) return;
    if (is_known(turn.state)) {
        result_.kind = NoteResult::Kind::known;
        result_.seq = turn.state.head.seq;
        return;
    }
    if (is_of_earlier_subscription(turn.state)) {
        note_alone(turn, NotificationOutcome::ignored,
                   std::string(creditd::name_of(RefusalCode::subscription_not_found)));
        result_.seq = turn.state.head.seq;
        return;
    }
    const Outcome outcome = creditd::execute(turn.state, batch_, turn.now, turn.policy, events);
    const auto& noted = std::get<NoteNotification>(batch_.operations.back().body).notification;
    result_.kind = kind_of(noted.outcome);
    result_.reason = noted.reason;
    if (outcome.kind == OutcomeKind::stale_evidence) is_stale_ = true;
    if (outcome.kind == OutcomeKind::refused) {
        const bool is_over = is_past(told_.news, outcome.refusal.code);
        note_alone(turn, is_over ? NotificationOutcome::ignored : NotificationOutcome::quarantined,
                   std::string(creditd::name_of(outcome.refusal.code)));
    }
    result_.seq = turn.state.head.seq;
}

void NoteOperation::complete() {
    if (is_stale_) return gather();
    if (result_.unavailable != Unavailable::none) {
        result_.kind = NoteResult::Kind::unavailable;
    } else {
        log_info("payment_news", {{"provider", told_.provider},
                                  {"notification", told_.news.notification},
                                  {"type", told_.news.type},
                                  {"outcome", name_of(result_.kind)},
                                  {"reason", result_.reason}});
    }
    // There may be thousands of them in one call.
    told_ = {};
    batch_ = {};
    events = {};
    const Then then = std::move(then_);
    then(result_);
}

void note(Call& call, Told told, NoteOperation::Then then) {
    auto operation = std::make_unique<NoteOperation>(call, std::move(told), std::move(then));
    NoteOperation& started = *operation;
    call.keep(std::move(operation));
    started.start();
}

}  // namespace creditd::daemon
