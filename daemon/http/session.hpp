// One connection: reads a head, asks the service, reads the body, hands the request over, writes
// the answer, begins again. One request at a time; pipelined bytes wait in the buffer. Owned by its
// Worker, on that worker's thread. Lives on after its peer until its request is answered.
#pragma once

#include "daemon/http/connection_limits.hpp"
#include "daemon/http/exchange.hpp"
#include "daemon/http/head_parser.hpp"
#include "daemon/http/input_buffer.hpp"
#include "daemon/http/io_loop.hpp"
#include "daemon/http/service.hpp"
#include "daemon/http/tls.hpp"

#include <cstddef>
#include <functional>
#include <limits>
#include <string>

namespace creditd::daemon::http {

class Worker;

class Session final : public Exchange, public Pollable {
public:
    /// `tls`: null where bytes go as they are.
    Session(Worker& worker, int fd, const PeerAddress& peer, std::unique_ptr<TlsConnection> tls);
    ~Session() override;

    void start();
    void on_sweep(Milliseconds now);
    void on_drain();
    /// Closes the socket now, whatever is pending.
    void close();

    std::string& begin(const ResponseHead& head) override;
    void finish() override;
    void begin_stream(const ResponseHead& head, std::move_only_function<void()> on_gone) override;
    bool send(std::string_view bytes) override;
    IoThread& io_thread() override;

    void on_events(std::uint32_t events) override;
    void on_turn() override;

    std::size_t slot = 0;  // the worker's index of this session

private:
    enum class Phase : std::uint8_t {
        head,       // waiting for, or reading, a head; or skipping the rest of a refused body
        deciding,   // inside Service::on_head
        body,       // reading an accepted body
        handling,   // the service has the request
        flushing,   // the last answer is on its way out
        lingering,  // our side is shut; reading on so that the peer gets to read the last answer
        closed,
    };
    static constexpr Milliseconds never = std::numeric_limits<Milliseconds>::max();

    void pump();
    void pump_steps();
    bool step();
    bool step_head();
    bool step_body();
    bool step_discard();
    void tell_gone();
    bool skip_leftovers();
    bool receive();
    void on_received(std::size_t asked, std::size_t got);
    std::size_t bytes_wanted() const;

    void decide();
    void request_complete();
    void fail(WireError error);
    void end_request();
    bool must_close() const;
    std::size_t unread_bytes() const;
    bool flush();
    void linger();
    void retire();
    bool unsent() const { return out_sent_ < out_sealed_; }
    // As recv(2) and send(2).
    ssize_t read_bytes(char* to, std::size_t bytes);
    ssize_t write_bytes(const char* from, std::size_t bytes);
    bool awaits_service() const { return phase_ == Phase::handling && !answered_; }

    Worker& worker_;
    const PeerAddress peer_;
    int fd_;
    std::unique_ptr<TlsConnection> tls_;  // null: none, or closed
    Phase phase_ = Phase::head;
    bool readable_ = false;  // the kernel may have bytes for us
    bool hung_up_ = false;   // the peer's end of stream is among them
    bool pumping_ = false;
    bool turn_asked_ = false;   // on_turn() will come
    bool retired_ = false;      // handed to the worker for burial
    bool answered_ = false;     // finish() was called for the current request
    bool last_answer_ = false;  // close after what is in out_
    bool streaming_ = false;    // the answer has begun, and ends with the connection
    bool failed_ = false;       // a wire error ends this connection
    bool blank_line_seen_ = false;
    HeadScanner scanner_;
    InputBuffer in_;
    std::size_t head_bytes_ = 0;
    std::size_t request_bytes_ = 0;  // head and body
    std::size_t skip_bytes_ = 0;     // of a refused body, not yet here
    std::size_t drained_bytes_ = 0;
    Milliseconds began_at_ = 0;  // first byte of the current request
    Milliseconds idle_since_ = 0;
    Milliseconds read_deadline_ = never;
    Milliseconds write_deadline_ = never;

    std::string out_;  // answers, one after the other
    std::size_t out_sent_ = 0;
    std::size_t out_sealed_ = 0;  // end of the last finished answer
    HeadPlace place_;
    unsigned status_ = 0;
    std::move_only_function<void()> on_gone_;  // of a stream
};

}  // namespace creditd::daemon::http
