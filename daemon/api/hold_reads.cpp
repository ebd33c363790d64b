#include <algorithm>

#include "daemon/api/account_view.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/command_operation.hpp"
#include "daemon/api/ids.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/render_hold.hpp"

namespace creditd::daemon {
namespace {

/// Its time is over: the event that says so comes with the next sweep, and will say this.
void expire(HoldSummary& hold) {
    hold.status = HoldStatus::expired;
    if (hold.on_expiry == OnExpiry::capture) hold.captured += hold.remaining;
    hold.remaining = Credits{};
}

std::optional<HoldView> view_open_hold(const LedgerTurn& turn, HoldId id, std::string_view prefix) {
    const auto no = turn.state.account_of_hold(id);
    if (!no) return std::nullopt;
    const Account& account = turn.state.accounts.get(*no);
    const Hold* const hold = account.find_hold(id);
    if (hold == nullptr || !account.id().starts_with(prefix)) return std::nullopt;
    HoldView view{std::string(account.id()), summary_of(*hold), turn.state.head.seq};
    if (hold->expires_at <= turn.now) expire(view.hold);
    return view;
}

std::optional<HoldView> view_of_end(const LoadedEvent& end) {
    if (const auto* captured = std::get_if<HoldCaptured>(&end.event.body)) {
        return HoldView{end.event.account, captured->hold, end.event.seq};
    }
    if (const auto* released = std::get_if<HoldReleased>(&end.event.body)) {
        return HoldView{end.event.account, released->hold, end.event.seq};
    }
    return std::nullopt;
}

}  // namespace

RecordedAnswer read_closed_hold(const Call& call, HoldId hold) {
    const Api& api = call.api();
    RecordedAnswer answer;
    const Seq acknowledged = api.engine.durable();
    if (!catch_up(api, acknowledged)) return answer;
    const auto end = api.key_index.find_hold_end(hold);
    if (!end) return answer;
    const auto event = *end ? load_event(api, **end) : std::nullopt;
    if (*end && !event) return answer;  // it is there, and cannot be read
    const bool is_visible = event && event->event.account.starts_with(call.caller.account_prefix);
    auto view = is_visible ? view_of_end(*event) : std::nullopt;
    if (!view) {
        answer.kind = RecordedAnswer::Kind::refusal;
        answer.refusal.code = RefusalCode::hold_not_found;
        return answer;
    }
    // It has not changed since: the answer reflects all that had been acknowledged.
    view->seq = std::max(view->seq, acknowledged);
    answer.kind = RecordedAnswer::Kind::answer;
    answer.status = 200;
    render_hold(answer.body, *view, call.decimals());
    return answer;
}

void respond_with_closed_hold(Call& call, HoldId hold) {
    auto found = std::make_shared<RecordedAnswer>();
    call.read([&call, found, hold] { *found = read_closed_hold(call, hold); },
              [&call, found] { respond_recorded(call, *found, false); });
}

void handle_get_hold(Call& call) {
    const HoldId id = parse_hold_id(call.parameter()).value_or(HoldId{});
    auto open = std::make_shared<std::optional<HoldView>>();
    inspect(
        call,
        [&call, open, id](const LedgerTurn& turn) {
            *open = view_open_hold(turn, id, call.caller.account_prefix);
        },
        [&call, open, id] {
            if (!*open) {
                respond_with_closed_hold(call, id);
                return;
            }
            render_hold(call.begin_json(200), **open, call.decimals());
            call.finish();
        });
}

}  // namespace creditd::daemon
