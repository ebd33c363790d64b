#include "daemon/app/maintenance.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "daemon/basics/log.hpp"
#include "replay/head_file.hpp"

namespace creditd::daemon {
namespace {

// Space is looked at often, since writers may fill a small disk quickly.
constexpr auto disk_interval = std::chrono::milliseconds(100);
constexpr int head_every = 10;

std::filesystem::path ballast_path(const MaintenanceOptions& options) {
    return options.folder.root / "ballast";
}

bool make_ballast(const MaintenanceOptions& options) {
    const std::string path = ballast_path(options).string();
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) return false;
    const bool made = ::posix_fallocate(file, 0, static_cast<off_t>(options.ballast_bytes)) == 0;
    ::close(file);
    if (!made) ::unlink(path.c_str());
    return made;
}

}  // namespace

void prepare_ballast(const MaintenanceOptions& options) {
    std::error_code ignored;
    const auto free = replay::free_bytes(options.folder.root);
    if (!free) return;
    const bool exists = std::filesystem::exists(ballast_path(options), ignored);
    if (*free < options.free_bytes_min && exists) {
        std::filesystem::remove(ballast_path(options), ignored);
        log_warning("ballast_given_up", {{"free_bytes", *free}});
    } else if (!exists && options.ballast_bytes > 0 &&
               *free > 2 * (options.free_bytes_min + options.ballast_bytes)) {
        make_ballast(options);
    }
}

Maintenance::Maintenance(MaintenanceOptions options, const replay::Journal& journal,
                         std::function<void(bool)> disk_full)
    : options_(std::move(options)), journal_(journal), disk_full_(std::move(disk_full)) {
    look_at_disk();
}

Maintenance::~Maintenance() { stop(); }

void Maintenance::start() {
    thread_ = std::thread([this] { run(); });
}

void Maintenance::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Maintenance::stop_clean() {
    stop();
    write_head(true);
}

void Maintenance::run() {
    std::unique_lock lock(mutex_);
    for (int turn = 1; !is_stopping_; ++turn) {
        wake_.wait_for(lock, disk_interval, [this] { return is_stopping_; });
        lock.unlock();
        look_at_disk();
        if (options_.tick) options_.tick();
        if (turn % head_every == 0) write_head(false);
        lock.lock();
    }
}

void Maintenance::look_at_disk() {
    const auto free = replay::free_bytes(options_.folder.root);
    if (!free) {
        log_error("free_space_unknown", {{"reason", free.error().detail}});
        return;
    }
    free_bytes_ = *free;
    const bool is_full = *free < options_.free_bytes_min;
    if (is_full == is_full_) return;
    is_full_ = is_full;
    log_warning(is_full ? "disk_full" : "disk_has_room", {{"free_bytes", *free}});
    disk_full_(is_full);
}

// Never ahead of what is durable: the tip moves only after a synced write.
void Maintenance::write_head(bool is_clean) {
    const replay::ChainTip tip = journal_.tip();
    if (tip.seq == written_ && !is_clean) return;
    const auto written = replay::write_head(options_.folder.head(), {tip, is_clean});
    if (written) {
        written_ = tip.seq;
        return;
    }
    if (written.error().fault == replay::JournalFault::shortage) {
        log_error("head_not_written", {{"reason", written.error().detail}});
        return;
    }
    // A disk that fails a sync has forgotten what it was to keep, and says so only once: what a
    // second try would be told means nothing. A new start looks at what is there.
    log_fatal("head_not_written", {{"reason", written.error().detail}});
    std::abort();
}

}  // namespace creditd::daemon
