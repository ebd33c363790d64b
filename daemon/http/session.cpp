#include "daemon/http/session.hpp"

#include "core/assert.hpp"
#include "daemon/http/worker.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace creditd::daemon::http {

namespace {

/// Buffers of a connection that said nothing for so long are freed.
constexpr Milliseconds idle_buffer_ms = 1000;
/// A server that ends does not wait longer for peers that keep their side open.
constexpr Milliseconds linger_draining_ms = 300;
/// Output blocks larger than this are not kept for the next answer.
constexpr std::size_t output_bytes_kept = 16 * 1024;

}  // namespace

Session::Session(Worker& worker, int fd, const PeerAddress& peer)
    : worker_(worker), peer_(peer), fd_(fd), in_(worker.shared().budget) {
    request_.remote_address = peer_.text();
}

Session::~Session() {
    if (fd_ >= 0) ::close(fd_);
}

void Session::start() {
    idle_since_ = worker_.loop().now();
    // A new connection has to speak at once; the idle timeout is for those that already did.
    read_deadline_ = idle_since_ + worker_.options().head_timeout.count();
    // Edge-triggered and never changed again: one system call for a connection's whole life.
    if (!worker_.loop().watch(fd_, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this)) close();
}

IoThread& Session::io_thread() { return worker_.loop(); }

// --- what happens to the connection --------------------------------------------------------------

void Session::on_events(std::uint32_t events) {
    if (phase_ == Phase::closed) return;
    if ((events & EPOLLERR) != 0) return close();
    constexpr std::uint32_t ended = EPOLLRDHUP | EPOLLHUP;
    readable_ |= (events & (EPOLLIN | ended)) != 0;
    hung_up_ |= (events & ended) != 0;
    pump();
}

void Session::on_turn() {
    turn_asked_ = false;
    pump();
}

void Session::on_sweep(Milliseconds now) {
    if (phase_ == Phase::closed) return;
    if (now > write_deadline_) {
        worker_.loop().counters().timeouts_write.add();
        return close();
    }
    if (now > read_deadline_) {
        if (phase_ != Phase::lingering) worker_.loop().counters().timeouts_read.add();
        return close();
    }
    const bool idle = phase_ == Phase::head && in_.empty() && !unsent();
    if (idle && in_.allocated() && now - idle_since_ > idle_buffer_ms) {
        in_.release();
        out_ = {};
    }
}

void Session::on_drain() {
    if (phase_ != Phase::head) return;
    readable_ = true;  // one last look: a request may have arrived in this very moment
    pump();
    if (phase_ == Phase::head && in_.empty() && !unsent()) close();
}

void Session::close() {
    if (phase_ == Phase::closed) return;
    const bool awaited = awaits_service();
    phase_ = Phase::closed;
    ::close(fd_);
    fd_ = -1;
    worker_.on_closed(peer_);
    if (!awaited) retire();
}

void Session::retire() {
    if (retired_) return;
    retired_ = true;
    worker_.remove(*this);
}

void Session::linger() {
    phase_ = Phase::lingering;
    ::shutdown(fd_, SHUT_WR);
    in_.release();
    readable_ = true;  // look for the end of the stream at least once
    const Milliseconds timeout = worker_.options().linger_timeout.count();
    read_deadline_ = worker_.loop().now() +
                     (worker_.draining() ? std::min(timeout, linger_draining_ms) : timeout);
}

// --- the answer ----------------------------------------------------------------------------------

std::string& Session::begin(const ResponseHead& head) {
    CREDITD_ASSERT(!answered_);
    last_answer_ = head.close || must_close();
    status_ = head.status;
    place_ = render_head(out_, head, last_answer_);
    return out_;
}

void Session::finish() {
    CREDITD_ASSERT(!answered_ && status_ != 0);
    answered_ = true;
    if (phase_ == Phase::closed) return retire();  // the peer is gone
    complete_head(out_, place_, status_, request_.is_head());
    out_sealed_ = out_.size();
    const std::size_t status_class = std::min<std::size_t>(status_ / 100, 5);
    worker_.loop().counters().responses_by_class[status_class].add();
    status_ = 0;
    pump();
}

bool Session::must_close() const {
    if (failed_ || !request_.keep_alive || worker_.draining()) return true;
    if (phase_ != Phase::deciding) return false;
    // Answered before its body came: keep the connection only if skipping the body is cheap, and
    // sure to happen.
    const std::size_t unread = unread_bytes();
    return unread > worker_.options().skip_bytes_max || (unread > 0 && request_.expects_continue);
}

std::size_t Session::unread_bytes() const {
    return request_bytes_ > in_.size() ? request_bytes_ - in_.size() : 0;
}

bool Session::flush() {
    while (unsent()) {
        const auto sent =
            ::send(fd_, out_.data() + out_sent_, out_sealed_ - out_sent_, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (write_deadline_ == never) {
                write_deadline_ = worker_.loop().now() + worker_.options().write_timeout.count();
            }
            return false;
        }
        if (sent < 0) {
            close();
            return false;
        }
        worker_.loop().counters().bytes_sent.add(static_cast<std::uint64_t>(sent));
        out_sent_ += static_cast<std::size_t>(sent);
    }
    write_deadline_ = never;
    if (out_sealed_ == out_.size()) {
        out_sent_ = out_sealed_ = 0;
        out_.clear();
        if (out_.capacity() > output_bytes_kept) out_ = {};
    }
    return true;
}

}  // namespace creditd::daemon::http
