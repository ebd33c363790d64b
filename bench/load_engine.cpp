#include "bench/load_engine.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace creditd::bench {

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t drain_ns = 2 * second_ns;  // open loop: for what is late at the end
constexpr std::uint64_t connection_errors_max = 1'000;
constexpr std::size_t buffer_bytes = 256 * 1024;

std::uint64_t clock_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * second_ns +
           static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t to_ns(double seconds) {
    return static_cast<std::uint64_t>(seconds * static_cast<double>(second_ns));
}

bool is_batch(const LoadOptions& options) {
    return options.workload == Workload::batch || options.workload == Workload::setup;
}

}  // namespace

LoadEngine::LoadEngine(const LoadOptions& options)
    : options_{options},
      open_loop_{options.rate > 0},
      counts_items_{is_batch(options)},
      maker_{options},
      buffer_(buffer_bytes) {}

LoadEngine::~LoadEngine() {
    for (const auto& connection : connections_) {
        close(connection->fd);
    }
    close(epoll_);
}

bool LoadEngine::connect(Connection& connection) {
    connection.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        failure_ = fmt::format("connect to port {}: {}", options_.port, std::strerror(errno));
        return false;
    }
    const int on = 1;
    setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(connection.fd, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) == 0;
}

void LoadEngine::reconnect(Connection& connection) {
    in_flight_ -= connection.started_ns.size();
    const bool was_idle = connection.started_ns.size() < options_.depth;
    close(connection.fd);
    connection.out.clear();
    connection.sent = 0;
    connection.waits_for_room = false;
    connection.started_ns.clear();
    connection.scanner = ResponseScanner{counts_items_ ? &connection.items : nullptr};
    if (++result_.connection_errors > connection_errors_max) {
        failure_ = "too many connection errors";
    } else if (connect(connection)) {
        if (!open_loop_) {
            refill(connection);
        } else if (!was_idle) {
            idle_.push_back(&connection);
        }
    }
}

void LoadEngine::enqueue(Connection& connection, std::uint64_t started_ns) {
    maker_.append(connection.out);
    connection.started_ns.push_back(started_ns);
    ++in_flight_;
}

void LoadEngine::flush(Connection& connection) {
    const ssize_t sent = send(connection.fd, connection.out.data() + connection.sent,
                              connection.out.size() - connection.sent, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        reconnect(connection);
        return;
    }
    connection.sent += sent > 0 ? static_cast<std::size_t>(sent) : 0;
    const bool waits = connection.sent < connection.out.size();
    if (!waits) {
        connection.out.clear();
        connection.sent = 0;
    }
    if (waits != connection.waits_for_room) {
        connection.waits_for_room = waits;
        epoll_event event{};
        event.events = waits ? EPOLLIN | EPOLLOUT : EPOLLIN;
        event.data.ptr = &connection;
        epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
    }
}

/// Closed loop: brings the connection back to `depth` requests in flight.
void LoadEngine::refill(Connection& connection) {
    if (now_ns_ >= end_ns_) {
        return;
    }
    while (connection.started_ns.size() < options_.depth && !maker_.exhausted()) {
        enqueue(connection, now_ns_);
    }
    if (!connection.out.empty() && !connection.waits_for_room) {
        flush(connection);
    }
}

/// Open loop: sends what is due, as long as a connection has room for it.
void LoadEngine::issue_due() {
    const double interval_ns = static_cast<double>(second_ns) / options_.rate;
    while (!idle_.empty() && !maker_.exhausted()) {
        const auto due =
            start_ns_ + static_cast<std::uint64_t>(static_cast<double>(issued_) * interval_ns);
        if (due > now_ns_ || due >= end_ns_) {
            return;
        }
        ++issued_;
        Connection& connection = *idle_.front();
        idle_.pop_front();
        enqueue(connection, due);
        if (connection.started_ns.size() < options_.depth) {
            idle_.push_back(&connection);
        }
        if (!connection.waits_for_room) {
            flush(connection);
        }
    }
}

void LoadEngine::count_operations(Connection& connection, unsigned status) {
    if (counts_items_) {
        result_.operations += connection.items.succeeded;
        result_.operations_failed += connection.items.failed;
    } else if (status < 300) {
        ++result_.operations;
    }
}

void LoadEngine::answered(Connection& connection, unsigned status) {
    const std::uint64_t started = connection.started_ns.front();
    connection.started_ns.pop_front();
    --in_flight_;
    // Closed loop: what was answered in the window. Open loop: what was due in it, late or not.
    const std::uint64_t at = open_loop_ ? started : now_ns_;
    if (at >= measure_ns_ && at < end_ns_) {
        ++result_.requests;
        ++result_.by_status[status];
        result_.latency_ns.record(now_ns_ - started);
        count_operations(connection, status);
        if (status >= 300 && result_.first_failure.empty()) {
            result_.first_failure = connection.scanner.sample();
        }
    }
    connection.items.succeeded = 0;
    connection.items.failed = 0;
    if (open_loop_ && connection.started_ns.size() + 1 == options_.depth) {
        idle_.push_back(&connection);
    }
}

void LoadEngine::receive(Connection& connection) {
    const ssize_t got = recv(connection.fd, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && errno == EAGAIN) {
        return;
    }
    std::string_view bytes{buffer_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    bool broken = bytes.empty();
    now_ns_ = clock_ns();
    while (!bytes.empty() && !broken) {
        const Scanned scanned = connection.scanner.next(bytes);
        broken = scanned.broken || (scanned.status != 0 && connection.started_ns.empty());
        if (!broken && scanned.status != 0) {
            answered(connection, scanned.status);
        }
    }
    if (broken) {
        reconnect(connection);
    } else if (!open_loop_) {
        refill(connection);
    }
}

bool LoadEngine::finished() const {
    if (!failure_.empty() || (maker_.exhausted() && in_flight_ == 0)) {
        return true;
    }
    const std::uint64_t drain = open_loop_ && in_flight_ > 0 ? drain_ns : 0;
    return now_ns_ >= end_ns_ + drain;
}

std::uint64_t LoadEngine::wait_ns() const {
    const std::uint64_t until_end = end_ns_ > now_ns_ ? end_ns_ - now_ns_ : second_ns / 100;
    if (!open_loop_ || idle_.empty()) {
        return std::min(until_end, second_ns);
    }
    const double interval_ns = static_cast<double>(second_ns) / options_.rate;
    const auto due =
        start_ns_ + static_cast<std::uint64_t>(static_cast<double>(issued_) * interval_ns);
    return std::min(until_end, due > now_ns_ ? due - now_ns_ : 0);
}

void LoadEngine::poll() {
    std::array<epoll_event, 256> events{};
    const std::uint64_t wait = wait_ns();
    const timespec timeout{static_cast<time_t>(wait / second_ns),
                           static_cast<long>(wait % second_ns)};
    const int count = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
    now_ns_ = clock_ns();
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        Connection& connection = *static_cast<Connection*>(event.data.ptr);
        if ((event.events & EPOLLOUT) != 0) {
            flush(connection);
        }
        if ((event.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) {
            receive(connection);
        }
    }
}

std::string LoadEngine::run() {
    prctl(PR_SET_TIMERSLACK, 1UL);  // else an open loop is late by 50 µs
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    for (std::size_t i = 0; i < options_.connections; ++i) {
        auto connection = std::make_unique<Connection>(nullptr);
        connection->scanner = ResponseScanner{counts_items_ ? &connection->items : nullptr};
        if (!connect(*connections_.emplace_back(std::move(connection)))) {
            return failure_;
        }
    }
    now_ns_ = start_ns_ = clock_ns();
    measure_ns_ = start_ns_ + to_ns(options_.warmup_s);
    const bool by_requests = maker_.requests_bounded();
    end_ns_ = by_requests ? start_ns_ + to_ns(options_.timeout_s)
                          : measure_ns_ + to_ns(options_.duration_s);
    for (const auto& connection : connections_) {
        open_loop_ ? idle_.push_back(connection.get()) : refill(*connection);
    }
    while (!finished()) {
        if (open_loop_) {
            issue_due();
        }
        poll();
    }
    if (by_requests && !maker_.exhausted()) {
        failure_ = "timeout";
    }
    const std::uint64_t counted_to = by_requests ? now_ns_ : end_ns_;
    result_.seconds =
        static_cast<double>(counted_to - measure_ns_) / static_cast<double>(second_ns);
    if (open_loop_) {
        const auto due =
            static_cast<std::uint64_t>((options_.warmup_s + options_.duration_s) * options_.rate);
        result_.unanswered = in_flight_ + (due > issued_ ? due - issued_ : 0);
    }
    return failure_;
}

}  // namespace creditd::bench
