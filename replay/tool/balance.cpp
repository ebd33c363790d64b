#include <cstdio>

#include "core/execute.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/event_parts_text.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

std::string amount_text(Credits amount, unsigned decimals) {
    std::string text;
    append_decimal(text, amount.value, decimals);
    return text;
}

constexpr std::array<std::string_view, totals_count> total_names{
    "granted", "purchased", "consumed",       "refunded",
    "expired", "revoked",   "transferred_in", "transferred_out"};

void print_json(const State& state, const Account& account, Timestamp time) {
    std::string out;
    JsonText json(out, state.head.decimals);
    json.open();
    json.text("account", account.id());
    json.number("seq", state.head.seq);
    json.time("time", time);
    json.amount("balance", account.balance);
    json.amount("held", account.held);
    json.amount("available", account.available());
    json.amount("debt", account.debt());
    json.amount("pending", account.pending());
    json.amount("credit_limit", account.credit_limit());
    json.flag("closed", account.closed());
    json.open("totals");
    for (std::size_t i = 0; i < totals_count; ++i) {
        json.wide_amount(total_names[i], account.total(static_cast<Total>(i)));
    }
    json.close();
    json.open_list("grants");
    for (const Grant& grant : account.grants) {
        json.open();
        json.text("id", grant_text(grant.id));
        json.amount("amount", grant.amount);
        json.amount("remaining", grant.remaining);
        json.amount("reserved", grant.reserved);
        json.flag("pending", grant.pending);
        json.time("effective_at", grant.effective_at);
        json.optional_time("expires_at", grant.expires_at);
        json.close();
    }
    json.close_list();
    json.close();
    std::printf("%s\n", out.c_str());
}

void print_text(const State& state, const Account& account, Timestamp time) {
    const unsigned decimals = state.head.decimals;
    const auto line = [&](const char* name, Credits amount) {
        std::printf("%-10s%20s\n", name, amount_text(amount, decimals).c_str());
    };
    std::printf("%s at seq %s, %s\n", std::string(account.id()).c_str(),
                grouped(state.head.seq.value).c_str(), time_text(time).c_str());
    line("balance", account.balance);
    line("held", account.held);
    line("available", account.available());
    if (account.debt().is_positive()) line("debt", account.debt());
    if (account.pending().is_positive()) line("pending", account.pending());
    for (const Grant& grant : account.grants) {
        std::printf("  %-18s%10s of %s%s%s\n", grant_text(grant.id).c_str(),
                    amount_text(grant.remaining, decimals).c_str(),
                    amount_text(grant.amount, decimals).c_str(),
                    grant.pending ? ", from " : (grant.expires_at.is_never() ? "" : ", until "),
                    grant.pending                 ? time_text(grant.effective_at).c_str()
                    : grant.expires_at.is_never() ? ""
                                                  : time_text(grant.expires_at).c_str());
    }
}

}  // namespace

Exit balance(const CommonOptions& options, const BalanceOptions& wanted) {
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, ledger.error());
    RecoveryOptions how;
    if (wanted.at && wanted.at->seq) how.last = *wanted.at->seq;
    if (wanted.at && wanted.at->time) how.until = *wanted.at->time;
    if (how.last > (*ledger)->journal().tip().seq && wanted.at && wanted.at->seq) {
        return fail(options, Exit::usage, "the log ends before that sequence number");
    }
    const auto recovered = (*ledger)->recover_with(std::move(how));
    if (!recovered) return fail(options, recovered.error());
    State& state = *recovered->state;
    const auto no = state.accounts.find(wanted.account);
    if (!no) return fail(options, Exit::failed_check, "there is no such account at that moment");
    Timestamp time = state.head.time;
    if (wanted.at && wanted.at->time) {
        // What time had made due by then counts, whether or not a job had come by to write it down.
        time = std::max(time, *wanted.at->time);
        std::vector<DecidedEvent> due;
        execute_due(state, *no, time, Policy{}, due);
    }
    const Account& account = state.accounts.get(*no);
    options.json ? print_json(state, account, time) : print_text(state, account, time);
    return Exit::fine;
}

}  // namespace creditd::replay::tool
