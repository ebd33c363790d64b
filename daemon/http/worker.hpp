// One io thread's share of the server: its loop and the sessions that live on it.
// Owned by the Server. Everything but loop().post() and the counters belongs to the loop's thread.
#pragma once

#include "daemon/http/connection_limits.hpp"
#include "daemon/http/input_buffer.hpp"
#include "daemon/http/io_loop.hpp"
#include "daemon/http/options.hpp"
#include "daemon/http/service.hpp"
#include "daemon/http/tls.hpp"

#include <memory>
#include <vector>

namespace creditd::daemon::http {

class Session;

/// What all io threads share.
struct Shared {
    const Options& options;
    Service& service;
    MemoryBudget budget;
    ConnectionLimits connections;
    std::unique_ptr<TlsKeys> tls{};  // without: connections are what they seem
};

class Worker {
public:
    Worker(unsigned index, Shared& shared);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    IoLoop& loop() { return loop_; }
    const IoLoop& loop() const { return loop_; }
    Shared& shared() { return shared_; }
    const Options& options() const { return shared_.options; }
    Service& service() { return shared_.service; }

    /// Takes over a connected, non-blocking socket that connections.open() has counted.
    void adopt(int fd, const PeerAddress& peer);
    /// From now on each answer is its connection's last; idle connections are closed.
    void begin_drain();
    bool draining() const { return draining_; }
    void close_all();

    /// The session's socket is closed. It stays until it is removed.
    void on_closed(const PeerAddress& peer);
    /// Nobody needs the session any more: it dies at the end of this turn.
    void remove(Session& session);

private:
    void sweep(Milliseconds now);
    template <class Visit>
    void for_each_session(Visit&& visit);

    Shared& shared_;
    bool draining_ = false;
    std::vector<std::unique_ptr<Session>> sessions_;
    IoLoop loop_;
};

}  // namespace creditd::daemon::http
