#include "daemon/app/self_audit.hpp"

#include <algorithm>

#include "daemon/basics/background.hpp"
#include "daemon/basics/log.hpp"
#include "replay/audit/table_journal.hpp"

namespace creditd::daemon {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

// A look comes home with the next write, or the next tick of an idle ledger.
constexpr auto look_max = seconds(30);
constexpr auto followers_max = seconds(10);
// What is replayed of one account from its first event; beyond it, an image comes first.
constexpr std::size_t account_events_max = 10'000;
// A piece takes a few milliseconds, and opens its table once.
constexpr std::uint64_t piece_bytes_max = 4u << 20;
constexpr auto round_pause = seconds(1);
constexpr int rest_for_work = 19;  // times as long

}  // namespace

void AccountLook::begin(std::uint64_t turn) {
    CREDITD_ASSERT(is_done());
    turn_ = turn;
    account_.reset();
    is_done_.store(false, std::memory_order_release);
}

void AccountLook::execute(const LedgerTurn& turn) {
    const State& state = turn.state;
    const std::size_t count = state.accounts.count();
    if (count == 0) return;
    const AccountNo no{static_cast<std::uint32_t>(turn_ % count)};
    account_ = replay::audit::copy_account(state, no);
}

void AccountLook::complete() {
    is_done_.store(true, std::memory_order_release);
    came_home_();
}

SelfAudit::SelfAudit(AuditConfig config, Parts parts, std::uint64_t first)
    : config_(config),
      parts_(parts),
      lookup_(parts.journal),
      look_([this] {
          const std::lock_guard lock(mutex_);
          wake_.notify_all();
      }),
      next_account_(first) {
    look_.home = &parts.home;
}

SelfAudit::~SelfAudit() { stop(); }

void SelfAudit::start() {
    if (config_.account_interval.value == 0 && config_.disk_bytes_per_second == 0) return;
    thread_ = std::thread([this] { run(); });
}

void SelfAudit::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

/// False: it is to stop.
bool SelfAudit::rest_until(Moment moment) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_until(lock, moment, [this] { return is_stopping_; });
}

bool SelfAudit::wait_for_look() {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, look_max, [this] { return is_stopping_ || look_.is_done(); });
    return look_.is_done() && !is_stopping_;
}

void SelfAudit::run() {
    run_in_background(Background::behind);
    const Moment never = Moment::max();
    const Moment begun = Clock_::now();
    Moment account_due = config_.account_interval.value > 0 ? begun : never;
    Moment blocks_due = config_.disk_bytes_per_second > 0 ? begun : never;
    while (rest_until(std::min(account_due, blocks_due))) {
        const Moment now = Clock_::now();
        if (account_due <= now) account_due = audit_account(now);
        if (blocks_due <= now) blocks_due = read_blocks(now);
        stats_.cpu_us.store(parts_.clock.thread_cpu().value, std::memory_order_relaxed);
        // There is nothing left to stop, and the auditor's tool says more than this could.
        if (parts_.engine.is_ledger_suspect()) return;
    }
}

/// Returns whether the account was copied and its history can be read.
bool SelfAudit::look_at_account() {
    if (!look_.is_done()) return false;
    look_.begin(next_account_);
    Operation* const operation = &look_;
    if (!parts_.engine.submit(std::span(&operation, 1))) {
        look_.complete();
        return false;
    }
    if (!wait_for_look()) return false;
    const auto& live = look_.account();
    return live && parts_.followers.wait_until(live->seq, Clock_::now() + followers_max);
}

void SelfAudit::compare(const replay::audit::LiveAccount& live) {
    const auto found = replay::audit::audit_account({parts_.history, parts_.images, lookup_}, live,
                                                    account_events_max);
    if (!found) {
        report(found.error());
        return;
    }
    ++stats_.accounts;
    stats_.events += found->events;
    if (found->is_same()) return;
    parts_.engine.set_ledger_suspect();
    ++stats_.mismatches;
    log_error("self_audit_mismatch", {{"account", live.id},
                                      {"seq", live.seq},
                                      {"reason", found->difference},
                                      {"consequence", "writes are refused"}});
}

/// When what was worked since then, by the processor's clock, is a twentieth of the time.
SelfAudit::Moment SelfAudit::rested_from(Duration before) const {
    const microseconds worked(parts_.clock.thread_cpu().value - before.value);
    return Clock_::now() + worked * rest_for_work;
}

SelfAudit::Moment SelfAudit::audit_account(Moment begun) {
    const microseconds interval(config_.account_interval.value);
    if (!look_at_account()) return Clock_::now() + std::max<microseconds>(interval, seconds(1));
    ++next_account_;
    const Duration before = parts_.clock.thread_cpu();
    compare(*look_.account());
    return std::max(begun + interval, rested_from(before));
}

SelfAudit::Moment SelfAudit::read_blocks(Moment begun) {
    const std::uint64_t rate = config_.disk_bytes_per_second;
    const Duration before = parts_.clock.thread_cpu();
    const replay::ChainTip written = parts_.journal.tip();
    replay::audit::TableJournal tables(parts_.database);
    const auto opened = tables.open();
    if (!opened) {
        report(opened.error());
        return Clock_::now() + round_pause;
    }
    const auto piece = walk_.step(tables, written, std::min(rate, piece_bytes_max));
    if (!piece) {
        report(piece.error());
        return Clock_::now() + round_pause;
    }
    stats_.blocks += piece->blocks;
    stats_.position.store(piece->last.value, std::memory_order_relaxed);
    if (piece->is_end) ++stats_.rounds;
    const microseconds paid(piece->bytes * 1'000'000 / rate);
    const microseconds pause = piece->is_end ? std::max<microseconds>(paid, round_pause) : paid;
    return std::max(begun + pause, rested_from(before));
}

/// A disk that cannot be read now says nothing of what is on it. Everything else is damage.
void SelfAudit::report(const replay::JournalError& error) {
    const bool is_unknown =
        error.fault == replay::JournalFault::io || error.fault == replay::JournalFault::shortage;
    if (is_unknown) {
        ++stats_.failures;
        log_error("self_audit_cannot_read", {{"reason", error.detail}});
        return;
    }
    parts_.engine.set_ledger_suspect();
    ++stats_.mismatches;
    log_error("self_audit_mismatch", {{"seq", error.seq.value_or(Seq{})},
                                      {"reason", error.detail},
                                      {"consequence", "writes are refused"}});
}

}  // namespace creditd::daemon
