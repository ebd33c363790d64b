// Every bound of creditd, each with its unit in the name and its reason beside it.
// Constants only; bounds that depend on each other are tied together by static_asserts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace creditd::limits {

// --- amounts -------------------------------------------------------------------------------------
/// |amount| and |balance| stay below 10^15 minor units, so each survives a JavaScript number.
inline constexpr std::int64_t credits_minor_max = 999'999'999'999'999;
inline constexpr unsigned decimals_max = 6;
/// 2^53 - 1: money is an integer that JavaScript must be able to hold.
inline constexpr std::int64_t money_minor_max = 9'007'199'254'740'991;

// --- names ---------------------------------------------------------------------------------------
inline constexpr std::size_t id_bytes_max = 128;               // contract: ids chosen by clients
inline constexpr std::size_t foreign_id_bytes_max = 256;       // ids that providers choose
inline constexpr std::size_t idempotency_key_bytes_max = 255;  // contract; same as Stripe's
inline constexpr std::size_t metadata_bytes_max = 4096;        // contract
inline constexpr std::size_t metadata_depth_max = 4;           // contract
inline constexpr std::size_t text_bytes_max = 1024;            // description, reason, name

// --- accounts ------------------------------------------------------------------------------------
/// Accounts live in chunks; a snapshot encodes one chunk at a time (about 10 µs).
inline constexpr std::size_t chunk_accounts = 64;
/// Hash maps are split so that growing one segment never stalls the ledger thread.
inline constexpr std::size_t map_segments = 1024;
/// Live grants of one account: bounds the work of one command, and fits GrantId::index.
inline constexpr std::size_t account_grants_max = 4096;
/// Open holds of one account, for the same reason.
inline constexpr std::size_t account_holds_max = 4096;
inline constexpr std::uint16_t grant_priority_default = 50;
inline constexpr std::uint16_t grant_priority_max = 1000;
inline constexpr std::size_t grant_features_max = 64;
static_assert(account_grants_max <= 65'536, "the index of a grant in its event has 16 bits");

// --- prices --------------------------------------------------------------------------------------
/// Of each kind of rule of one price, and of units and options of one use.
inline constexpr std::size_t price_rules_max = 64;
inline constexpr std::size_t price_tiers_max = 64;
inline constexpr std::size_t price_units_max = 16;
inline constexpr std::size_t price_options_max = 16;

// --- offers --------------------------------------------------------------------------------------
inline constexpr std::size_t plan_prices_max = 2;  // one for each interval
/// Of anything that is given as a length of time: a hundred years.
inline constexpr std::int64_t duration_days_max = 36'500;

// --- arrangements --------------------------------------------------------------------------------
/// Of one plan; each is looked at after every change of a subscriber's balance.
inline constexpr std::size_t plan_alerts_max = 8;
/// Of one account, one for each member, say; a deduction looks at all of them.
inline constexpr std::size_t account_budgets_max = 1024;
/// Of one account beside its plan's.
inline constexpr std::size_t account_alerts_max = 16;
/// Of a rolling window: a month.
inline constexpr std::uint16_t budget_hours_max = 31 * 24;
/// Slots of one budget that are remembered: those of its window, and some that it has passed.
inline constexpr std::size_t budget_spent_max = 1024;
inline constexpr std::int8_t utc_offset_min = -12;  // hours east of UTC that are in use
inline constexpr std::int8_t utc_offset_max = 14;
inline constexpr std::uint8_t percent_max = 100;

// --- webhooks ------------------------------------------------------------------------------------
/// Each is thought of for every event.
inline constexpr std::size_t endpoints_max = 100;
inline constexpr std::size_t endpoint_events_max = 64;
/// How long a secret may still sign beside the one that took its place.
inline constexpr std::int64_t secret_overlap_days_max = 7;

// --- payments
// --------------------------------------------------------------------------------------
/// Refunds, and disputes, of one payment.
inline constexpr std::size_t payment_refunds_max = 64;
inline constexpr std::size_t url_bytes_max = 4096;  // of a payment page: providers' are long
/// Of the personal part of a notification: what was received, as it came.
inline constexpr std::size_t notification_bytes_max = 64 * 1024;

// --- commands ------------------------------------------------------------------------------------
inline constexpr std::size_t batch_independent_operations_max = 10'000;  // contract
inline constexpr std::size_t batch_atomic_operations_max = 1'000;        // contract
inline constexpr std::size_t refusals_recorded_max = 20;                 // of one account in 10 s
inline constexpr std::int64_t refusal_window_seconds = 10;
/// Idle accounts are swept in small ticks so that a mass expiry never blocks commands.
inline constexpr std::size_t sweep_events_max = 1024;
/// A refund into an expired grant makes a new one that lasts this long unless configured.
inline constexpr std::int64_t refund_grant_days_default = 30;
inline constexpr std::int64_t hold_seconds_max = 90 * 86'400;
/// Keys of one generation of the window, 30 to 45 bytes each.
inline constexpr std::size_t window_generation_keys = 800'000;
/// Keys not yet in a synced index; more than this and writes are refused as `overloaded`.
inline constexpr std::size_t unsynced_keys_max = 8'000'000;

// --- journal -------------------------------------------------------------------------------------
/// A block closes at this size, so that reading one event stays cheap.
inline constexpr std::size_t block_bytes_target = 64 * 1024;
/// One atomic batch is one block and may reach this size.
inline constexpr std::size_t block_bytes_max = 2 * 1024 * 1024;
inline constexpr std::size_t event_bytes_max = 1024 * 1024;
static_assert(block_bytes_target < event_bytes_max && event_bytes_max < block_bytes_max);

// --- HTTP ----------------------------------------------------------------------------------------
inline constexpr std::size_t http_head_bytes_max = 8 * 1024;
inline constexpr std::size_t http_headers_max = 64;
inline constexpr std::size_t http_body_bytes_max = 64 * 1024;
inline constexpr std::size_t http_bulk_body_bytes_max = 4 * 1024 * 1024;  // batches and catalog
inline constexpr std::size_t http_drain_bytes_max = 1024 * 1024;          // after a 413
inline constexpr std::size_t http_inflight_body_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t json_depth_max = 16;
inline constexpr std::size_t page_entries_max = 100;
inline constexpr std::size_t page_entries_default = 20;

}  // namespace creditd::limits
