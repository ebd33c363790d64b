// Reading without changing: accounts, holds and features from the ledger thread's state; lists and
// transactions from the followers, after they have passed what was acknowledged before.
#pragma once

#include <functional>

#include "daemon/api/account_view.hpp"
#include "daemon/api/call.hpp"
#include "daemon/api/recorded_answer.hpp"

namespace creditd::daemon {

/// A look at the state on the ledger thread, completed when everything it saw is durable.
class Inspection final : public Operation {
public:
    using Look = std::move_only_function<void(const LedgerTurn&)>;
    Inspection(Look look, std::move_only_function<void()> then)
        : look_(std::move(look)), then_(std::move(then)) {}

    void execute(const LedgerTurn& turn) override { look_(turn); }
    void complete() override { then_(); }
    bool is_write() const override { return false; }

private:
    Look look_;
    std::move_only_function<void()> then_;
};

/// Who calls, by the key of the request; null: nobody whom it knows.
const Caller* find_caller(const Call& call);

/// Submits a look; `then` runs back on the io thread.
void inspect(Call& call, Inspection::Look look, std::move_only_function<void()> then);

void handle_get_balance(Call& call);
/// GET …/balance?at=<time|seq> and …/grants?at=…: any past moment, or what known expiries and
/// renewals will leave of it.
void handle_balance_at(Call& call);
void handle_grants_at(Call& call);
void handle_get_account(Call& call);
void handle_list_accounts(Call& call);
void handle_list_grants(Call& call);
void handle_get_hold(Call& call);
void handle_quote(Call& call);
void handle_get_feature(Call& call);
void handle_list_features(Call& call);
void handle_get_offer(Call& call, OfferKind kind);
void handle_list_offers(Call& call, OfferKind kind);
/// What is for sale and what it costs, in words too; without a key, if the catalog allows.
void handle_pricing(Call& call);
void handle_get_catalog(Call& call);
void handle_get_api_key(Call& call);
void handle_list_api_keys(Call& call);
void handle_get_transaction(Call& call);
void handle_list_transactions(Call& call);

/// 200 with the balance, or 404.
void respond_with_balance(Call& call, const std::optional<BalanceView>& view);
/// How its last event left a hold that is not open; a refusal where there is no such hold. Reads
/// the log: for reader threads.
RecordedAnswer read_closed_hold(const Call& call, HoldId hold);
/// 200 with the last state of a hold that is not open, or 404.
void respond_with_closed_hold(Call& call, HoldId hold);

// What is arranged with an account (arrangement_reads.cpp).
void handle_get_subscription(Call& call);
void handle_list_budgets(Call& call);
void handle_get_budget(Call& call);
void handle_list_alerts(Call& call);
void handle_get_alert(Call& call);
void handle_get_auto_top_up(Call& call);
// Usage (usage_reads.cpp).
void handle_get_usage(Call& call);
void handle_list_members(Call& call);
/// What uses made, by type (transaction_reads.cpp).
void handle_list_resources(Call& call);
/// Why a transaction is what it is (explain_reads.cpp).
void handle_explain(Call& call);

}  // namespace creditd::daemon
