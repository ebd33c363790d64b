#include "daemon/http/acceptor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace creditd::daemon::http {

namespace {

/// Connections accepted in one turn of the loop, so that a flood of them cannot starve requests.
constexpr unsigned accepts_per_turn = 64;

/// A shortage during which connections still get through is asked about more often: each asking
/// costs two system calls, and clears up to a whole table of descriptors.
constexpr Milliseconds brief_pause_ms = 10;

/// Fills `address` from a numeric host; 0 if it is not one.
socklen_t parse_address(const Options& options, sockaddr_storage& address) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address);
    if (::inet_pton(AF_INET, options.host.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(options.port);
        return sizeof v4;
    }
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
    if (::inet_pton(AF_INET6, options.host.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(options.port);
        return sizeof v6;
    }
    return 0;
}

void set_option(int fd, int level, int name) {
    const int on = 1;
    ::setsockopt(fd, level, name, &on, sizeof on);
}

bool is_shortage(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Acceptor::~Acceptor() {
    if (fd_ >= 0) ::close(fd_);
}

std::expected<void, std::string> Acceptor::listen(const Options& options) {
    const auto failed = [&](const char* step) {
        return std::unexpected("cannot " + std::string(step) + " " + options.host + " port " +
                               std::to_string(options.port) + ": " + std::strerror(errno));
    };
    sockaddr_storage storage{};
    auto& address = reinterpret_cast<sockaddr&>(storage);
    socklen_t bytes = parse_address(options, storage);
    if (bytes == 0) return std::unexpected("not an IPv4 or IPv6 address: " + options.host);
    fd_ = ::socket(address.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return failed("make a socket for");
    set_option(fd_, SOL_SOCKET, SO_REUSEADDR);
    if (::bind(fd_, &address, bytes) != 0) return failed("bind");
    if (::listen(fd_, options.backlog) != 0) return failed("listen on");
    if (::getsockname(fd_, &address, &bytes) != 0) return failed("find");
    const bool v4 = address.sa_family == AF_INET;
    port_ = ntohs(v4 ? reinterpret_cast<sockaddr_in&>(storage).sin_port
                     : reinterpret_cast<sockaddr_in6&>(storage).sin6_port);
    return {};
}

void Acceptor::start() {
    if (fd_ >= 0 && !loop().watch(fd_, EPOLLIN, *this)) pause();
}

void Acceptor::stop() {
    if (fd_ < 0) return;
    // The backlog holds connections that peers believe in; closing now would reset them.
    while (accept_one()) {
    }
    ::close(fd_);
    fd_ = -1;
}

void Acceptor::on_events(std::uint32_t) {
    for (unsigned i = 0; fd_ >= 0 && i < accepts_per_turn; ++i) {
        if (!accept_one()) return;
    }
}

/// False: none is waiting, or none can be taken now.
bool Acceptor::accept_one() {
    sockaddr_storage storage{};
    auto& address = reinterpret_cast<sockaddr&>(storage);
    socklen_t bytes = sizeof storage;
    const int fd = ::accept4(fd_, &address, &bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (is_shortage(errno)) pause();
        // Others (ECONNABORTED and the like) concern one connection that is gone already.
        return errno != EAGAIN && errno != EWOULDBLOCK && !is_shortage(errno) && errno != EINVAL &&
               errno != EBADF;
    }
    accepted_since_pause_ = true;
    const PeerAddress peer(address);
    if (!workers_.front()->shared().connections.open(peer)) {
        loop().counters().connections_refused.add();
        ::close(fd);
        return true;
    }
    set_option(fd, IPPROTO_TCP, TCP_NODELAY);
    deal_out(fd, peer);
    return true;
}

void Acceptor::pause() {
    loop().counters().accept_pauses.add();
    loop().change(fd_, 0, *this);
    const Milliseconds full_pause_ms = workers_.front()->options().accept_pause.count();
    const bool progress = std::exchange(accepted_since_pause_, false);
    const Milliseconds pause_ms =
        progress ? std::min(brief_pause_ms, full_pause_ms) : full_pause_ms;
    loop().call_at(loop().now() + pause_ms, [this] {
        if (fd_ >= 0) loop().change(fd_, EPOLLIN, *this);
    });
}

void Acceptor::deal_out(int fd, const PeerAddress& peer) {
    Worker& worker = *workers_[next_worker_++ % workers_.size()];
    if (&worker.loop() == &loop()) {
        worker.adopt(fd, peer);
    } else {
        worker.loop().post([&worker, fd, peer] { worker.adopt(fd, peer); });
    }
}

}  // namespace creditd::daemon::http
