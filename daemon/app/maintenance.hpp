// What has to be done every now and then beside the ledger: the head file once a second, a look at
// the free space, and the ballast file that makes room when a disk has run full. One thread.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "replay/files.hpp"
#include "replay/journal.hpp"

namespace creditd::daemon {

struct MaintenanceOptions {
    replay::DataFolder folder;
    std::uint64_t free_bytes_min = 0;
    std::uint64_t ballast_bytes = 0;
    /// Called at each turn, ten times a second; may be empty. Where an io thread is the ledger, it
    /// has to be woken for what no request asks for: expiries of idle accounts, a snapshot.
    std::function<void()> tick;
};

/// Makes the ballast file if there is ample room for it; gives it up when there is too little room
/// even to start. Before the database is opened.
void prepare_ballast(const MaintenanceOptions& options);

class Maintenance {
public:
    /// `disk_full` is told whenever the answer to "is there too little space?" changes.
    Maintenance(MaintenanceOptions options, const replay::Journal& journal,
                std::function<void(bool)> disk_full);
    ~Maintenance();

    void start();
    /// Stops, and writes the head once more, as clean: everything is durable and nothing follows.
    void stop_clean();
    std::uint64_t free_bytes() const { return free_bytes_.load(std::memory_order_relaxed); }

private:
    void run();
    void look_at_disk();
    void write_head(bool is_clean);
    void stop();

    MaintenanceOptions options_;
    const replay::Journal& journal_;
    std::function<void(bool)> disk_full_;
    std::atomic<std::uint64_t> free_bytes_{0};
    bool is_full_ = false;
    Seq written_{};  // what the head file says
    std::mutex mutex_;
    std::condition_variable wake_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace creditd::daemon
