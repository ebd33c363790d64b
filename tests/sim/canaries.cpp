#include "tests/sim/canaries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "tests/sim/runner.hpp"

namespace creditd::sim {
namespace {

constexpr std::array<PlantedBug, canaries_count> bugs{{
    {Canary::answer_before_sync, "answers leave before the write"},
    {Canary::read_before_sync, "a read answers from what is not durable"},
    {Canary::failed_sync_believed, "a sync that failed is taken for done"},
    {Canary::tip_before_sync, "the durable end moves before the write: head ahead"},
    {Canary::head_not_checked, "the start does not look at the head"},
    {Canary::full_disk_ignored, "writes are taken while the disk is full"},
    {Canary::window_gap_at_snapshot, "keys between index and snapshot are forgotten"},
    {Canary::window_forgets_early, "the window drops keys before the index has them"},
    {Canary::old_evidence_accepted, "evidence older than the window is good enough"},
    {Canary::cursor_before_entries, "an index's cursor is kept apart, and first"},
    {Canary::cursor_one_ahead, "an index says that it has one event more"},
    {Canary::replay_skips_after_snapshot, "replay skips the event after the snapshot"},
    {Canary::snapshot_mixes_times, "a snapshot misses what changes during its walk"},
    {Canary::apply_counts_itself, "apply depends on what the process did before"},
    {Canary::key_without_account, "a grant's fingerprint is without its account"},
    {Canary::claim_keeps_epoch, "a new leader does not raise the epoch"},
    {Canary::hold_of_expired_grant, "what a hold keeps expires with its grant"},
    {Canary::capture_after_expiry, "a hold that ran out can be captured"},
    {Canary::last_credit_refused, "the last credit cannot be spent"},
    {Canary::price_wraps, "a price is cut to 32 bits"},
    {Canary::refund_twice, "a refund does not see the one before it"},
    {Canary::transfer_half_done, "a transfer has only its first half"},
    {Canary::partial_batch, "a refused atomic batch does its first operations"},
    {Canary::duplicate_field, "a field may be there twice, or be unknown"},
    {Canary::time_runs_back, "event time follows the clock backwards"},
    {Canary::revoked_key_works, "a revoked API key works until the next start"},
    {Canary::secret_in_log, "an unknown API key is written to the log"},
    {Canary::payment_twice, "an old payment is forgotten with the window"},
    {Canary::personal_part_lost, "some descriptions are not stored"},
    {Canary::news_credit_again, "a second notification credits a payment again"},
    {Canary::reversal_twice, "a refund does not see what was taken back before"},
    {Canary::restoration_twice, "a won dispute gives back twice"},
    {Canary::spent_not_owed, "what was spent of a refunded payment is not owed"},
    {Canary::order_paid_twice, "an order that is paid can be paid again"},
    {Canary::early_news_lost, "what is told of a payment before it is made is lost"},
    {Canary::cycle_granted_again, "resuming a subscription grants its cycle again"},
    {Canary::canceled_renews, "a canceled subscription renews"},
    {Canary::budget_not_reset, "a budget's day never ends"},
    {Canary::budget_without_holds, "a budget does not see what holds keep"},
    {Canary::budget_repaid_for_others, "a budget gets back what it has not counted"},
    {Canary::closing_run_unseen, "a list is without what its index is writing"},
    {Canary::personal_part_of_first, "a list shows the first description for all"},
}};

/// The seed that found it, with its check; 0: none did. One that fails without the bug, too, has
/// found something else.
SeedOutcome hunt(Canary canary, std::uint64_t seeds_max, unsigned jobs) {
    SeedOutcome found;
    run_range(
        1, seeds_max, jobs,
        [&](const SeedOutcome& outcome) {
            const bool is_first = found.seed == 0 || outcome.seed < found.seed;
            if (!outcome.is_good() && is_first && run(options_of(outcome.seed)).is_good()) {
                found = outcome;
            }
            return found.seed == 0;
        },
        canary);
    return found;
}

}  // namespace

bool hunt_canaries(std::uint64_t seeds_max, unsigned jobs) {
    std::vector<std::uint64_t> seeds;
    seeds.reserve(bugs.size());
    fmt::print("{:>3}  {:<52} {:>6}  {}\n", "", "planted bug", "seeds", "found by the check");
    for (std::size_t i = 0; i < bugs.size(); ++i) {
        const SeedOutcome found = hunt(bugs[i].canary, seeds_max, jobs);
        if (found.seed != 0) seeds.push_back(found.seed);
        const std::string_view check =
            found.seed == 0 ? "NOT FOUND" : std::string_view(found.check);
        fmt::print("{:>3}  {:<52} {:>6}  {}\n", i + 1, bugs[i].name, found.seed, check);
        std::fflush(stdout);
    }
    std::ranges::sort(seeds);
    const bool is_complete = seeds.size() == bugs.size();
    if (!seeds.empty()) {
        fmt::print("{}/{} found, median {}, worst {}{}\n", seeds.size(), bugs.size(),
                   seeds[seeds.size() / 2], seeds.back(), is_complete ? "" : " of those found");
    }
    return is_complete;
}

}  // namespace creditd::sim
