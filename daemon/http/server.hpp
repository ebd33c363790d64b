// The HTTP server: io threads, the listening socket, a graceful end. Knows nothing about credits.
// Not here: what is answered (service.hpp), what is refused on the wire (head_parser.hpp).
// Owned by the daemon's main thread, which alone calls it; totals() and port() from any thread.
#pragma once

#include "daemon/http/options.hpp"
#include "daemon/http/service.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

namespace creditd::daemon::http {

/// Sums over all io threads since start; the last two are of this moment.
struct Totals {
    std::uint64_t connections_opened = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t accept_pauses = 0;
    std::uint64_t requests = 0;
    std::uint64_t wire_errors = 0;
    std::uint64_t timeouts_read = 0;
    std::uint64_t timeouts_write = 0;
    std::uint64_t exceptions = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    std::array<std::uint64_t, 6> responses_by_class{};  // [2] = 2xx …
    std::size_t connections_open = 0;
    std::size_t buffered_bytes = 0;  // what counts against Options::inflight_bytes_max
};

class Server {
public:
    /// `service` must outlive the server.
    Server(Options options, Service& service);
    /// Stops at once if drain() was not called. Threads that post to an io thread must have ended;
    /// exchanges in flight must not be touched any more.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds, starts the io threads, accepts. The error is a sentence for the operator.
    std::expected<void, std::string> start();

    /// Reads certificate and key again, for connections that come from now on; nothing to do
    /// without TLS. On an error all stays as it was.
    std::expected<void, std::string> reload_tls();

    /// The port that was bound.
    std::uint16_t port() const;

    /// No new connections; those open are served on.
    void stop_accepting();

    /// Answers what is in flight, each answer with `Connection: close`, and closes what is idle.
    /// Waits for at most `limit`, then cuts what is left, and ends the io threads. The service must
    /// go on answering meanwhile. Returns the number of connections that had to be cut.
    std::size_t drain(std::chrono::milliseconds limit);

    Totals totals() const;

    /// For posting to an io thread outside an exchange; index < io_threads.
    IoThread& io_thread(unsigned index);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace creditd::daemon::http
