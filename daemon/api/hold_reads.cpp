#include "daemon/api/account_view.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/command_operation.hpp"
#include "daemon/api/ids.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/render_hold.hpp"

namespace creditd::daemon {
namespace {

struct HoldFound {
    std::optional<HoldView> view;
    bool is_readable = true;
};

std::optional<HoldView> view_open_hold(const LedgerTurn& turn, HoldId id, std::string_view prefix) {
    const auto no = turn.state.account_of_hold(id);
    if (!no) return std::nullopt;
    const Account& account = turn.state.accounts.get(*no);
    const Hold* const hold = account.find_hold(id);
    if (hold == nullptr || !account.id().starts_with(prefix)) return std::nullopt;
    HoldView view{std::string(account.id()), summary_of(*hold), turn.state.head.seq};
    // Its time is over: the event that says so comes with the next sweep.
    if (hold->expires_at <= turn.now) view.hold.status = HoldStatus::expired;
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

/// A hold that is not open: how its last event left it.
HoldFound find_closed_hold(const Api& api, HoldId id, std::string_view prefix) {
    HoldFound found;
    found.is_readable = catch_up(api, api.engine.durable());
    if (!found.is_readable) return found;
    const auto end = api.key_index.find_hold_end(id);
    found.is_readable = end.has_value();
    if (!end || !*end) return found;
    const auto event = load_event(api, **end);
    if (event && event->event.account.starts_with(prefix)) found.view = view_of_end(*event);
    return found;
}

void respond_with(Call& call, const HoldFound& found) {
    if (!found.is_readable) {
        call.respond_unavailable(Unavailable::overloaded);
    } else if (!found.view) {
        call.respond_problem(ProblemCode::hold_not_found);
    } else {
        render_hold(call.begin_json(200), *found.view, call.decimals());
        call.finish();
    }
}

}  // namespace

void respond_with_closed_hold(Call& call, HoldId hold) {
    auto found = std::make_shared<HoldFound>();
    call.read([&call, found,
               hold] { *found = find_closed_hold(call.api(), hold, call.caller.account_prefix); },
              [&call, found] { respond_with(call, *found); });
}

void handle_get_hold(Call& call) {
    const HoldId id = parse_hold_id(call.parameter()).value_or(HoldId{});
    auto found = std::make_shared<HoldFound>();
    inspect(
        call,
        [&call, found, id](const LedgerTurn& turn) {
            found->view = view_open_hold(turn, id, call.caller.account_prefix);
        },
        [&call, found, id] {
            if (found->view) respond_with(call, *found);
            else respond_with_closed_hold(call, id);
        });
}

}  // namespace creditd::daemon
