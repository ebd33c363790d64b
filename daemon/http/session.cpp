#include "daemon/http/session.hpp"

#include "core/assert.hpp"
#include "daemon/http/worker.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

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

Session::Session(Worker& worker, int fd, const PeerAddress& peer,
                 std::unique_ptr<TlsConnection> tls)
    : worker_(worker), peer_(peer), fd_(fd), tls_(std::move(tls)), in_(worker.shared().budget) {
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
    // Under TLS reading may have waited for room to write.
    readable_ |= (events & (EPOLLIN | ended)) != 0 || tls_;
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
    if (streaming_) return tell_gone();
    if (phase_ != Phase::head) return;
    readable_ = true;  // one last look: a request may have arrived in this very moment
    pump();
    if (phase_ == Phase::head && in_.empty() && !unsent()) close();
}

void Session::close() {
    if (phase_ == Phase::closed) return;
    const bool awaited = awaits_service();
    phase_ = Phase::closed;
    if (tls_) tls_->say_end();
    tls_.reset();  // it must not outlive its descriptor, which may soon be another's
    ::close(fd_);
    fd_ = -1;
    worker_.on_closed(peer_);
    if (!awaited) retire();
    if (streaming_) tell_gone();
}

void Session::retire() {
    if (retired_) return;
    retired_ = true;
    worker_.remove(*this);
}

void Session::linger() {
    phase_ = Phase::lingering;
    if (tls_) tls_->say_end();
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
    if (!streaming_) complete_head(out_, place_, status_, request_.is_head());
    streaming_ = false;
    out_sealed_ = out_.size();
    const std::size_t status_class = std::min<std::size_t>(status_ / 100, 5);
    worker_.loop().counters().responses_by_class[status_class].add();
    status_ = 0;
    pump();
}

void Session::begin_stream(const ResponseHead& head, std::move_only_function<void()> on_gone) {
    CREDITD_ASSERT(!answered_ && phase_ == Phase::handling);
    render_stream_head(out_, head);
    out_sealed_ = out_.size();
    streaming_ = last_answer_ = true;
    status_ = head.status;
    on_gone_ = std::move(on_gone);
    // Thousands of streams wait for long: they keep nothing of their requests.
    request_ = {};
    request_bytes_ = 0;
    in_.release();
    pump();
}

bool Session::send(std::string_view bytes) {
    CREDITD_ASSERT(!answered_);
    if (phase_ == Phase::closed || worker_.draining()) return false;
    if (out_sent_ == out_sealed_) {
        out_.clear();
        out_sent_ = 0;
    } else if (out_sent_ > output_bytes_kept) {
        out_.erase(0, out_sent_);
        out_sent_ = 0;
    }
    out_.append(bytes);
    out_sealed_ = out_.size();
    if (out_sealed_ - out_sent_ > worker_.options().stream_unsent_bytes_max) {
        close();
        return false;
    }
    pump();
    return phase_ != Phase::closed;
}

void Session::tell_gone() {
    if (on_gone_) std::exchange(on_gone_, nullptr)();
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

ssize_t Session::read_bytes(char* to, std::size_t bytes) {
    return tls_ ? tls_->read(to, bytes) : ::recv(fd_, to, bytes, 0);
}

ssize_t Session::write_bytes(const char* from, std::size_t bytes) {
    return tls_ ? tls_->write(from, bytes) : ::send(fd_, from, bytes, MSG_NOSIGNAL);
}

bool Session::flush() {
    while (unsent()) {
        const auto sent = write_bytes(out_.data() + out_sent_, out_sealed_ - out_sent_);
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
        if (streaming_ || out_.capacity() > output_bytes_kept) out_ = {};
    }
    return true;
}

}  // namespace creditd::daemon::http
