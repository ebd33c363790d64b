// One client's connection without a socket: the bytes of a request go through the real head parser
// and the real service, the answer's bytes come out of the real renderer. One request at a time;
// what is pipelined waits in the simulation. One thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/assert.hpp"
#include "daemon/http/head_parser.hpp"
#include "daemon/http/service.hpp"

namespace creditd::sim {

struct Answer {
    unsigned status = 0;
    std::string body;
    bool is_replayed = false;  // Idempotent-Replayed: true
};

class Connection final : public daemon::http::Exchange {
public:
    /// `answered` is told of each answer, from inside finish().
    Connection(daemon::http::IoThread& thread, std::function<void(Connection&, Answer)> answered)
        : thread_(thread), answered_(std::move(answered)) {}

    /// Gives a whole request to the service. The connection must be free.
    void send(daemon::http::Service& service, std::string_view bytes);
    bool is_busy() const { return is_busy_; }

    std::string& begin(const daemon::http::ResponseHead& head) override;
    void finish() override;
    /// Nothing here opens streams.
    void begin_stream(const daemon::http::ResponseHead&, std::move_only_function<void()>) override {
        CREDITD_ASSERT(false);
    }
    bool send(std::string_view) override { return false; }
    daemon::http::IoThread& io_thread() override { return thread_; }

private:
    daemon::http::IoThread& thread_;
    std::function<void(Connection&, Answer)> answered_;
    std::string in_;
    std::string out_;
    daemon::http::HeadPlace place_;
    unsigned status_ = 0;
    bool is_busy_ = false;
};

}  // namespace creditd::sim
