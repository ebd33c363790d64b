// Planted bugs, by which the simulation proves that it would find real ones. They exist only in a
// build with CREDITD_CANARIES, which no program of creditd's has: anywhere else `canary` is false
// when compiling, and nothing of them is left. What each one does is said where it is planted, and
// in tests/sim/canaries.cpp. At most one is alive in a process.
#pragma once

#include <cstdint>

namespace creditd {

enum class Canary : std::uint8_t {
    none,
    answer_before_sync,
    read_before_sync,
    failed_sync_believed,
    tip_before_sync,
    head_not_checked,
    full_disk_ignored,
    window_gap_at_snapshot,
    window_forgets_early,
    old_evidence_accepted,
    cursor_before_entries,
    cursor_one_ahead,
    replay_skips_after_snapshot,
    snapshot_mixes_times,
    apply_counts_itself,
    key_without_account,
    claim_keeps_epoch,
    hold_of_expired_grant,
    capture_after_expiry,
    last_credit_refused,
    price_wraps,
    refund_twice,
    transfer_half_done,
    partial_batch,
    duplicate_field,
    time_runs_back,
    revoked_key_works,
    secret_in_log,
    payment_twice,
    personal_part_lost,
    news_credit_again,
    reversal_twice,
    restoration_twice,
    spent_not_owed,
    order_paid_twice,
    early_news_lost,
    cycle_granted_again,
    canceled_renews,
    budget_not_reset,
    budget_without_holds,
    budget_repaid_for_others,
    closing_run_unseen,
    personal_part_of_first,
};
inline constexpr unsigned canaries_count = 42;

#ifdef CREDITD_CANARIES
inline constexpr bool has_canaries = true;
inline Canary planted_canary = Canary::none;  // chosen before anything runs
inline bool canary(Canary one) { return planted_canary == one; }
inline void plant(Canary one) { planted_canary = one; }
#else
inline constexpr bool has_canaries = false;
constexpr bool canary(Canary) { return false; }
constexpr void plant(Canary) {}
#endif

}  // namespace creditd
