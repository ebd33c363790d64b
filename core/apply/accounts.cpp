#include "core/apply/parts.hpp"
#include "core/canary.hpp"

namespace creditd::applying {
namespace {

void set_parent_and_limit(Account& account, const std::string& parent, Credits credit_limit) {
    CREDITD_ASSERT(credit_limit.value >= 0 && credit_limit.in_range());
    if (!account.has_extra() && parent.empty() && credit_limit.is_zero()) return;
    AccountExtra& extra = account.touch_extra();
    extra.parent = parent;
    extra.credit_limit = credit_limit;
}

}  // namespace

void apply_body(State& state, const Event& event, const AccountCreated& body) {
    CREDITD_ASSERT(!state.accounts.find(event.account));
    Timestamp created_at = event.time;
    if (canary(Canary::apply_counts_itself)) {
        static std::int64_t count = 0;
        created_at = created_at + Duration{++count};
    }
    const AccountNo no = state.accounts.add(Account(event.account, created_at));
    CREDITD_ASSERT(no == event.account_no);
    Account& account = state.accounts.touch(no);
    set_parent_and_limit(account, body.parent, body.credit_limit);
    if (event.personal_hash) account.touch_extra().profile_seq = event.seq;
}

void apply_body(State& state, const Event& event, const AccountUpdated& body) {
    Account& account = state.accounts.touch(event.account_no);
    set_parent_and_limit(account, body.parent, body.credit_limit);
    CREDITD_ASSERT(body.profile_seq <= event.seq);
    if (body.profile_seq.value != 0) account.touch_extra().profile_seq = body.profile_seq;
}

void apply_body(State& state, const Event& event, const AccountClosed&) {
    AccountExtra& extra = state.accounts.touch(event.account_no).touch_extra();
    CREDITD_ASSERT(!extra.closed);
    extra.closed = true;
}

void apply_body(State& state, const Event& event, const AccountReopened&) {
    AccountExtra& extra = state.accounts.touch(event.account_no).touch_extra();
    CREDITD_ASSERT(extra.closed);
    extra.closed = false;
}

void apply_body(State& state, const Event& event, const AccountForgotten& body) {
    CREDITD_ASSERT(state.accounts.get(event.account_no).closed() == body.closed);
}

void apply_body(State& state, const Event& event, const CommandRefused& body) {
    CREDITD_ASSERT(is_recorded(body.refusal.code));
    AccountExtra& extra = state.accounts.touch(event.account_no).touch_extra();
    if (event.time - extra.refusals_since >= Duration::seconds(limits::refusal_window_seconds)) {
        extra.refusals_since = event.time;
        extra.refusals_count = 0;
    }
    ++extra.refusals_count;
    CREDITD_ASSERT(extra.refusals_count <= limits::refusals_recorded_max);
}

}  // namespace creditd::applying
