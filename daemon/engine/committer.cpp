#include "daemon/engine/committer.hpp"

#include <chrono>

#include "core/canary.hpp"

namespace creditd::daemon {

void CommitGroup::clear() {
    blocks.clear();
    rows.clear();
    images.clear();
    operations.clear();
}

Committer::Committer(replay::Journal& journal, CommitterHooks hooks, bool own_thread)
    : journal_(journal), hooks_(std::move(hooks)) {
    if (own_thread) thread_ = std::thread([this] { run(); });
}

Committer::~Committer() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Committer::write(CommitGroup& group, bool is_own_thread) {
    if (canary(Canary::answer_before_sync)) {
        hooks_.publish(group.operations, is_own_thread);
        group.operations.clear();
    }
    if (!group.blocks.empty()) {
        const auto begin = std::chrono::steady_clock::now();
        const auto outcome = journal_.append(group.blocks, group.rows);
        if (outcome != replay::AppendOutcome::committed) {
            hooks_.fatal(outcome == replay::AppendOutcome::deposed
                             ? "another writer holds the ledger"
                             : "the journal write failed or is uncertain: " + journal_.failure());
            std::abort();
        }
        const auto took = std::chrono::steady_clock::now() - begin;
        stats_.last_write_us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
        ++stats_.writes;
        for (const replay::SealedBlock& block : group.blocks) {
            stats_.events += block.count;
            stats_.bytes += block.bytes.size();
        }
        hooks_.durable(group, group.blocks.back().tip.seq);
    }
    hooks_.publish(group.operations, is_own_thread);
}

void Committer::write_here(CommitGroup& group) {
    CREDITD_ASSERT(is_idle());
    write(group, false);
    group.clear();
}

void Committer::commit(CommitGroup& group) {
    if (!thread_.joinable()) return write_here(group);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_; });
    waiting_.emplace(std::move(group));
    group = std::move(spare_);
    group.clear();
    changed_.notify_all();
}

bool Committer::is_ready() const {
    if (!thread_.joinable()) return true;
    const std::lock_guard lock(mutex_);
    return !waiting_;
}

bool Committer::is_idle() const {
    if (!thread_.joinable()) return true;
    const std::lock_guard lock(mutex_);
    return !waiting_ && !is_writing_;
}

void Committer::drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_ && !is_writing_; });
}

void Committer::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return waiting_ || is_stopping_; });
        if (!waiting_) return;
        CommitGroup group = std::move(*waiting_);
        waiting_.reset();
        is_writing_ = true;
        changed_.notify_all();
        lock.unlock();
        write(group, true);
        lock.lock();
        group.clear();
        spare_ = std::move(group);
        is_writing_ = false;
        changed_.notify_all();
    }
}

}  // namespace creditd::daemon
