// The listening socket: accepts on the first io thread, deals connections out to all in turn, and
// pauses instead of spinning or giving up when file descriptors run out.
// Owned by the Server; after listen() it belongs to its worker's thread.
#pragma once

#include "daemon/http/worker.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace creditd::daemon::http {

class Acceptor final : public Pollable {
public:
    explicit Acceptor(std::vector<std::unique_ptr<Worker>>& workers) : workers_(workers) {}
    ~Acceptor() override;

    /// Binds and listens; the error is a sentence. Connections wait until start().
    std::expected<void, std::string> listen(const Options& options);
    std::uint16_t port() const { return port_; }

    void start();
    /// Accepts what waits already, then closes the listening socket.
    void stop();

    void on_events(std::uint32_t events) override;

private:
    bool accept_one();
    void pause();
    void deal_out(int fd, const PeerAddress& peer);
    IoLoop& loop() { return workers_.front()->loop(); }

    std::vector<std::unique_ptr<Worker>>& workers_;
    int fd_ = -1;
    std::uint16_t port_ = 0;
    std::size_t next_worker_ = 0;
    bool accepted_since_pause_ = false;
};

}  // namespace creditd::daemon::http
