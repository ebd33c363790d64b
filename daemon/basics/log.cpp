#include "daemon/basics/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "daemon/basics/wall_clock.hpp"
#include "text/time_text.hpp"

namespace creditd::daemon {
namespace detail {
std::atomic<LogLevel> log_level{LogLevel::info};
std::atomic<bool> log_requests{false};
}  // namespace detail

namespace {

/// Lines waiting for the writer: about a tenth of a second at full speed.
constexpr std::size_t queue_lines = 8192;
/// One write to the file holds at most about this much.
constexpr std::size_t write_bytes_target = 32 * 1024;

/// Writes everything; a full pipe is waited for, a broken one is given up.
void write_fully(int fd, std::string_view rest) {
    while (!rest.empty()) {
        const ssize_t written = ::write(fd, rest.data(), rest.size());
        if (written > 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd ready{fd, POLLOUT, 0};
            ::poll(&ready, 1, 1000);
        } else if (errno != EINTR) {
            return;
        }
    }
}

/// Collects finished lines and writes them as soon as no further line is waiting.
class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    LineSink(int fd, bool owned) : fd_(fd), owned_(owned) {}
    ~LineSink() override {
        flush_();
        if (owned_) ::close(fd_);
    }

    /// Whose queue feeds this sink. A plain pointer: the pool joins its thread before it dies.
    void watch(spdlog::details::thread_pool* pool) { pool_ = pool; }
    std::uint64_t lines() const { return lines_.load(); }

protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        pending_.append(message.payload.data(), message.payload.size());
        pending_ += '\n';
        const bool more_to_come = pool_ != nullptr && pool_->queue_size() != 0;
        if (!more_to_come || pending_.size() >= write_bytes_target) flush_();
        ++lines_;
    }
    void flush_() override {
        write_fully(fd_, pending_);
        pending_.clear();
    }

private:
    int fd_;
    bool owned_;
    spdlog::details::thread_pool* pool_ = nullptr;
    std::string pending_;
    std::atomic<std::uint64_t> lines_{0};
};

struct Backend {
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<LineSink> sink;
    std::shared_ptr<spdlog::async_logger> logger;
};

std::shared_mutex backend_mutex;
Backend backend;  // guarded by backend_mutex
std::atomic<LogFormat> line_format{LogFormat::json};
std::atomic<std::uint64_t> lines_submitted{0};  // to the present backend
std::atomic<std::uint64_t> dropped_before{0};   // by earlier ones

std::string line_of(LogLevel level, std::string_view event, LogFields fields) {
    std::string line;
    line.reserve(256);
    append_log_line(line, line_format.load(std::memory_order_relaxed), wall_clock_now(), level,
                    event, fields);
    return line;
}

void submit(std::string line) {
    const std::shared_lock lock(backend_mutex);
    if (backend.logger == nullptr) return write_fully(STDERR_FILENO, line += '\n');
    ++lines_submitted;
    backend.logger->log(spdlog::source_loc{}, spdlog::level::info, spdlog::string_view_t(line));
}

std::shared_ptr<LineSink> open_sink(const std::string& file) {
    if (file.empty()) return std::make_shared<LineSink>(STDERR_FILENO, false);
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    return fd < 0 ? nullptr : std::make_shared<LineSink>(fd, true);
}

}  // namespace

std::string start_logging(const LogOptions& options) {
    stop_logging();
    const std::unique_lock lock(backend_mutex);
    auto sink = open_sink(options.file);
    if (sink == nullptr) return "cannot open " + options.file + ": " + std::strerror(errno);
    backend.pool = std::make_shared<spdlog::details::thread_pool>(queue_lines, 1);
    backend.sink = std::move(sink);
    backend.sink->watch(backend.pool.get());
    backend.logger = std::make_shared<spdlog::async_logger>(
        "creditd", backend.sink, backend.pool, spdlog::async_overflow_policy::overrun_oldest);
    lines_submitted = 0;
    line_format = options.format;
    detail::log_level = options.level;
    detail::log_requests = options.requests;
    return {};
}

void stop_logging() {
    Backend old;
    {
        const std::unique_lock lock(backend_mutex);
        std::swap(old, backend);
    }
    if (old.logger == nullptr) return;
    dropped_before += old.pool->overrun_counter();
    old.pool.reset();  // joins the thread, which first writes what is queued
    old.sink->flush();
}

void flush_log() {
    const std::shared_lock lock(backend_mutex);
    if (backend.logger == nullptr) return;
    const std::uint64_t wanted = lines_submitted.load();
    while (backend.sink->lines() + backend.pool->overrun_counter() < wanted) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    backend.sink->flush();
}

std::uint64_t dropped_log_lines() {
    const std::shared_lock lock(backend_mutex);
    const std::uint64_t now = backend.pool == nullptr ? 0 : backend.pool->overrun_counter();
    return dropped_before.load() + now;
}

void log_event(LogLevel level, std::string_view event, LogFields fields) {
    if (is_logged(level)) submit(line_of(level, event, fields));
}

void log_request(LogFields fields) {
    if (are_requests_logged()) submit(line_of(LogLevel::info, "request", fields));
}

void log_fatal(std::string_view event, LogFields fields) {
    write_fully(STDERR_FILENO, line_of(LogLevel::error, event, fields) + '\n');
}

}  // namespace creditd::daemon
