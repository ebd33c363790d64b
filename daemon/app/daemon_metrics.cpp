#include "daemon/app/daemon.hpp"
#include "daemon/basics/log.hpp"

namespace creditd::daemon {
namespace {

std::int64_t resident_bytes() {
    long pages = 0;
    if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
        long total = 0;
        if (std::fscanf(file, "%ld %ld", &total, &pages) != 2) pages = 0;
        std::fclose(file);
    }
    return static_cast<std::int64_t>(pages) * 4096;
}

std::int64_t of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

void register_self_audit(MetricsRegistry& m, const SelfAuditStats& stats) {
    m.counter_callback("creditd_self_audit_accounts_total",
                       "Accounts made again from the log and compared with the live ones.",
                       [&stats] { return of(stats.accounts.load()); });
    m.counter_callback("creditd_self_audit_events_total", "Their events that were applied again.",
                       [&stats] { return of(stats.events.load()); });
    m.counter_callback("creditd_self_audit_blocks_total",
                       "Blocks read from the disk again and verified.",
                       [&stats] { return of(stats.blocks.load()); });
    m.counter_callback("creditd_self_audit_rounds_total",
                       "Rounds from the first stored block to the last.",
                       [&stats] { return of(stats.rounds.load()); });
    m.gauge_callback("creditd_self_audit_seq", "The last event verified in this round.",
                     [&stats] { return of(stats.position.load()); });
    m.counter_callback("creditd_self_audit_mismatches_total",
                       "What was not as it was written. One stops writes.",
                       [&stats] { return of(stats.mismatches.load()); });
    m.counter_callback("creditd_self_audit_failures_total",
                       "Reads that failed, and say nothing of what is stored.",
                       [&stats] { return of(stats.failures.load()); });
    m.counter_callback(
        "creditd_self_audit_cpu_seconds_total", "Processor time of the audit's thread.",
        [&stats] { return stats.cpu_us.load(); }, {}, MetricUnit::microseconds);
}

void register_webhooks(MetricsRegistry& m, const WebhookStats& webhooks) {
    m.gauge_callback("creditd_webhook_endpoints", "Endpoints of webhooks.",
                     [&webhooks] { return of(webhooks.endpoints.load()); });
    m.counter_callback("creditd_webhook_attempts_total", "Webhook messages sent, by their outcome.",
                       [&webhooks] { return of(webhooks.delivered.load()); },
                       {{"outcome", "delivered"}});
    m.counter_callback("creditd_webhook_attempts_total", "Webhook messages sent, by their outcome.",
                       [&webhooks] { return of(webhooks.failed.load()); }, {{"outcome", "failed"}});
}

void register_erasures(MetricsRegistry& m, const replay::followers::EraserStats& erasing) {
    m.gauge_callback("creditd_erasures_pending",
                     "Forgotten accounts whose personal parts may still be in a file.",
                     [&erasing] { return of(erasing.pending.load()); });
    m.counter_callback("creditd_personal_parts_erased_total", "Personal parts erased.",
                       [&erasing] { return of(erasing.parts.load()); });
    m.counter_callback("creditd_erasure_failures_total",
                       "Steps of an erasure that failed; the log says why.",
                       [&erasing] { return of(erasing.failures.load()); });
}

}  // namespace

void Daemon::register_metrics() {
    MetricsRegistry& m = metrics_;
    const EngineStats& stats = engine_->stats();
    const CommitterStats& writes = engine_->committer_stats();
    register_self_audit(m, self_audit_->stats());
    register_erasures(m, ledger_.eraser->stats());
    m.gauge("creditd_build_info", "Version of this build.", {{"version", CREDITD_VERSION}}).set(1);
    m.gauge_callback("process_resident_memory_bytes", "Memory of the process.", resident_bytes);
    m.gauge_callback("creditd_seq", "Position of the newest durable event.",
                     [this] { return of(engine_->durable().value); });
    m.gauge_callback("creditd_streams_open", "Streams of events that somebody reads.",
                     [this] { return of(feeds_->count()); });
    register_webhooks(m, webhook_sender_->stats());
    register_witnesses();
    m.gauge_callback("creditd_accounts", "Accounts of the ledger.",
                     [&stats] { return of(stats.accounts.load()); });
    m.counter_callback("creditd_operations_total", "Operations decided by the ledger thread.",
                       [&stats] { return of(stats.operations.load()); });
    m.counter_callback("creditd_groups_total", "Groups of operations decided together.",
                       [&stats] { return of(stats.groups.load()); });
    m.counter_callback("creditd_shed_total", "Operations refused because the queue was full.",
                       [&stats] { return of(stats.shed.load()); });
    m.gauge_callback(
        "creditd_ledger_stall_seconds_max",
        "Longest single piece of work of the ledger thread since start, by the clock.",
        [this] { return engine_->stall().max_us(); }, {}, MetricUnit::microseconds);
    m.gauge_callback(
        "creditd_ledger_stall_cpu_seconds_max",
        "The same in processor time: without what other threads took meanwhile.",
        [this] { return engine_->stall().max_cpu_us(); }, {}, MetricUnit::microseconds);
    m.gauge_callback("creditd_queue_operations", "Operations waiting for the ledger thread.",
                     [this] { return of(engine_->queue_length()); });
    m.gauge_callback("creditd_window_keys", "Idempotency keys in memory.",
                     [&stats] { return of(stats.window_keys.load()); });
    m.counter_callback("creditd_journal_writes_total", "Synced writes of the journal.",
                       [&writes] { return of(writes.writes.load()); });
    m.counter_callback("creditd_journal_events_total", "Events made durable.",
                       [&writes] { return of(writes.events.load()); });
    m.counter_callback("creditd_journal_bytes_total", "Bytes of blocks made durable.",
                       [&writes] { return of(writes.bytes.load()); });
    m.gauge_callback(
        "creditd_journal_write_seconds", "Duration of the latest synced write.",
        [&writes] { return writes.last_write_us.load(); }, {}, MetricUnit::microseconds);
    m.gauge_callback("creditd_follower_lag_events", "Durable events not yet in every follower.",
                     [this] { return of(followers_->lag()); });
    m.gauge_callback("creditd_followers_healthy", "1 while the followers follow.",
                     [this] { return followers_->is_healthy() ? 1 : 0; });
    m.gauge_callback("creditd_log_signed_size", "Events under the newest signed head of the log.",
                     [this] { return of(signer_->signed_size()); });
    m.gauge_callback("creditd_disk_free_bytes", "Free space of the data folder.",
                     [this] { return of(maintenance_->free_bytes()); });
    m.gauge_callback("creditd_writes_refused", "1 while writes are refused as a whole.",
                     [this] { return engine_->writes_unavailable() == Unavailable::none ? 0 : 1; });
    m.gauge_callback("creditd_snapshot_seq", "Position of the newest snapshot.",
                     [this] { return of(snapshots_->newest().value); });
    m.gauge_callback("creditd_connections", "Open connections.",
                     [this] { return of(server_->totals().connections_open); });
    m.counter_callback("creditd_http_requests_total", "Requests answered.",
                       [this] { return of(server_->totals().requests); });
    m.counter_callback("creditd_http_wire_errors_total", "Requests that broke the protocol.",
                       [this] { return of(server_->totals().wire_errors); });
    m.counter_callback("creditd_io_exceptions_total", "Exceptions that reached an io thread.",
                       [this] { return of(server_->totals().exceptions); });
    m.counter_callback("creditd_log_lines_dropped_total", "Log lines lost to a slow writer.",
                       [] { return of(dropped_log_lines()); });
}

}  // namespace creditd::daemon
