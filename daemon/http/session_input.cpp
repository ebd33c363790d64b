// The reading half of Session: from bytes to a request that the service has.
#include "daemon/http/session.hpp"

#include "core/assert.hpp"
#include "daemon/http/worker.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace creditd::daemon::http {

namespace {

/// A connection with more to do than this lets the others go first.
constexpr unsigned steps_per_turn = 128;

}  // namespace

void Session::pump() {
    if (pumping_ || phase_ == Phase::closed) return;
    pumping_ = true;
    if (!worker_.loop().guarded([this] { pump_steps(); })) {
        // The service threw. It may have answered or not: the exchange is abandoned. A stream is
        // ended by the service, when it is told.
        if (!streaming_) answered_ = true;
        close();
        if (!streaming_) retire();
    }
    pumping_ = false;
}

void Session::pump_steps() {
    const std::size_t unsent_max = worker_.options().unsent_bytes_max;
    for (unsigned steps = 0;; ++steps) {
        if (out_sealed_ - out_sent_ > unsent_max && !flush()) break;
        if (!step()) break;
        if (steps >= steps_per_turn) {
            if (!std::exchange(turn_asked_, true)) worker_.loop().run_later(*this);
            break;
        }
    }
    // Answers to pipelined requests leave together, in one write.
    if (phase_ != Phase::closed && unsent()) flush();
}

/// Does what can be done now; false if there is nothing until the next event.
bool Session::step() {
    switch (phase_) {
        case Phase::head: return step_head();
        case Phase::body: return step_body();
        case Phase::handling:
            if (!answered_) return streaming_ && step_discard();
            end_request();
            return true;
        case Phase::flushing:
            if (!flush()) return false;
            linger();
            return true;
        case Phase::lingering: return step_discard();
        case Phase::deciding:
        case Phase::closed: return false;
    }
    return false;
}

bool Session::step_head() {
    if (!skip_leftovers() || in_.empty()) return receive();
    const auto scanned = scanner_.scan(in_.bytes(), worker_.options());
    if (scanned && *scanned == 0) return receive();
    if (!scanned) {
        request_ = {};
        request_.remote_address = peer_.text();
        fail(scanned.error());
        return true;
    }
    head_bytes_ = *scanned;
    const auto head = in_.bytes().substr(0, head_bytes_);
    if (const auto parsed = parse_head(head, worker_.options(), request_); !parsed) {
        fail(parsed.error());
    } else {
        decide();
    }
    return true;
}

/// Drops the rest of a refused body and one blank line (RFC 9112 2.2). False: more must come first.
bool Session::skip_leftovers() {
    const std::size_t skipped = std::min(skip_bytes_, in_.size());
    in_.consume(skipped);
    skip_bytes_ -= skipped;
    if (skip_bytes_ > 0) return false;
    if (blank_line_seen_ || in_.empty() || in_.bytes().front() != '\r') return true;
    if (in_.size() < 2) return false;
    blank_line_seen_ = true;
    if (in_.bytes()[1] == '\n') in_.consume(2);
    return true;
}

void Session::decide() {
    worker_.loop().counters().requests.add();
    constexpr std::uint64_t absurd = std::uint64_t{1} << 40;  // keeps the sums below from wrapping
    request_bytes_ =
        head_bytes_ + static_cast<std::size_t>(std::min(request_.content_length, absurd));
    phase_ = Phase::deciding;
    answered_ = false;
    const HeadVerdict verdict = worker_.service().on_head(*this);
    if (answered_) {
        phase_ = Phase::handling;  // and done
        return;
    }
    if (request_.content_length > verdict.body_bytes_max) return fail(WireError::body_too_large);
    if (in_.size() >= request_bytes_) return request_complete();
    phase_ = Phase::body;
    read_deadline_ = began_at_ + worker_.options().request_timeout.count();
    if (request_.expects_continue && in_.size() == head_bytes_) {
        out_.append("HTTP/1.1 100 Continue\r\n\r\n");
        out_sealed_ = out_.size();
    }
}

bool Session::step_body() {
    if (in_.size() < request_bytes_) return receive();
    request_complete();
    return true;
}

void Session::request_complete() {
    const auto bytes = in_.bytes();
    if (request_.method_name.data() != bytes.data()) {
        // The buffer has moved since the head was parsed.
        const auto parsed = parse_head(bytes.substr(0, head_bytes_), worker_.options(), request_);
        CREDITD_ASSERT(parsed.has_value());
    }
    request_.body = bytes.substr(head_bytes_, request_bytes_ - head_bytes_);
    phase_ = Phase::handling;
    read_deadline_ = never;
    worker_.service().on_request(*this);
}

void Session::fail(WireError error) {
    worker_.loop().counters().wire_errors.add();
    request_.body = {};
    request_bytes_ = in_.size();
    phase_ = Phase::handling;
    answered_ = false;
    failed_ = true;
    worker_.service().on_wire_error(error, *this);
    CREDITD_ASSERT(answered_);
}

void Session::end_request() {
    const Milliseconds now = worker_.loop().now();
    skip_bytes_ = unread_bytes();
    in_.consume(request_bytes_ - skip_bytes_);
    in_.shrink();
    if (last_answer_) {
        // A peer that asked for the close and sent nothing more can be left at once. Unread bytes
        // would turn our close into a reset.
        const bool all_read = in_.empty() && skip_bytes_ == 0 && (!readable_ || hung_up_);
        const bool clean = !failed_ && !request_.keep_alive && all_read;
        if (clean && flush()) return close();
        if (phase_ != Phase::closed) phase_ = Phase::flushing;
        return;
    }
    phase_ = Phase::head;
    scanner_.reset();
    blank_line_seen_ = false;
    idle_since_ = began_at_ = now;
    const auto timeout = in_.empty() && skip_bytes_ == 0 ? worker_.options().idle_timeout
                                                         : worker_.options().head_timeout;
    read_deadline_ = now + timeout.count();
}

// --- bytes ---------------------------------------------------------------------------------------

bool Session::receive() {
    if (!readable_) return false;
    if (!in_.reserve(bytes_wanted())) {
        fail(WireError::overloaded);
        return true;
    }
    const std::size_t asked = in_.free_bytes();
    const auto got = read_bytes(in_.free_space(), asked);
    if (got > 0) {
        on_received(asked, static_cast<std::size_t>(got));
        return true;
    }
    if (got < 0 && errno == EINTR) return true;
    readable_ = false;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    // The end of the stream. Answers still on their way out are given their time.
    if (got == 0 && unsent() && !flush() && phase_ != Phase::closed) {
        phase_ = Phase::flushing;
        return false;
    }
    close();
    return false;
}

void Session::on_received(std::size_t asked, std::size_t got) {
    worker_.loop().counters().bytes_received.add(got);
    if (phase_ == Phase::head && in_.empty() && skip_bytes_ == 0) {
        began_at_ = worker_.loop().now();
        read_deadline_ = began_at_ + worker_.options().head_timeout.count();
    }
    in_.commit(got);
    // epoll(7): a short read has emptied a stream socket, unless its end is still to be read. Of
    // TLS it says nothing: one record is read at a time.
    if (got < asked && !hung_up_ && !tls_) readable_ = false;
}

/// How large the buffer should be for the next read: never much more than what has come already,
/// so that a peer must send bytes to make us hold bytes.
std::size_t Session::bytes_wanted() const {
    const std::size_t held = in_.size();
    if (phase_ == Phase::body) {
        return std::min(request_bytes_, std::max(2 * held, InputBuffer::small_bytes));
    }
    return held <= InputBuffer::small_bytes / 2 ? InputBuffer::small_bytes
                                                : held + InputBuffer::small_bytes;
}

/// What a peer still says when nothing more is asked of it is dropped; that it leaves is not.
bool Session::step_discard() {
    if (!readable_) return false;
    thread_local char discarded[16 * 1024];
    const auto got = read_bytes(discarded, sizeof discarded);
    if (got < 0 && errno == EINTR) return true;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        readable_ = false;
        return false;
    }
    if (got > 0) drained_bytes_ += static_cast<std::size_t>(got);
    if (got <= 0 || drained_bytes_ > worker_.options().drain_bytes_max) {
        close();
        return false;
    }
    return true;
}

}  // namespace creditd::daemon::http
