// One request in flight and its answer, as the application's handlers see them. No Asio, no socket.
// Owned by its session: valid from Service::on_head until finish(), even if the peer has gone.
// Everything here happens on the exchange's io thread; from elsewhere, come back by
// io_thread().post.
#pragma once

#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"

#include <functional>
#include <memory>
#include <string>

namespace creditd::daemon::http {

/// One thread that serves a share of the connections.
class IoThread {
public:
    virtual ~IoThread() = default;

    /// Runs `task` on this thread, soon, then calls Service::on_idle. Any thread. Group
    /// completions: one post for many answers.
    virtual void post(std::move_only_function<void()> task) = 0;

    /// 0 … io_threads - 1.
    virtual unsigned index() const = 0;
};

/// What the application keeps with a connection and reuses from request to request.
struct UserState {
    virtual ~UserState() = default;
};

class Exchange {
public:
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    virtual ~Exchange() = default;

    const Request& request() const { return request_; }

    /// Renders status line and headers into the connection's output buffer and returns that buffer,
    /// to which the body may only be appended. Call finish() when the body is complete.
    virtual std::string& begin(const ResponseHead& head) = 0;

    /// Sends what begin() started. Afterwards the request's views are gone and this exchange may
    /// already be serving the next request.
    virtual void finish() = 0;

    /// Begins an answer without an end in sight: its head leaves at once, the connection closes
    /// after finish(). The request's views are gone from here on. `on_gone` is called once, on the
    /// io thread, when the peer has gone, has read too slowly, or the server drains: then, or
    /// whenever else, call finish().
    virtual void begin_stream(const ResponseHead& head,
                              std::move_only_function<void()> on_gone) = 0;
    /// Sends more of it. False: nobody will read it.
    virtual bool send(std::string_view bytes) = 0;

    /// begin, append, finish.
    void respond(const Response& response) {
        begin(response.head).append(response.body);
        finish();
    }

    virtual IoThread& io_thread() = 0;

    /// The connection's own T, made at first use. One connection must always ask for the same T.
    template <class T>
    T& user_state() {
        if (!user_state_) user_state_ = std::make_unique<T>();
        return static_cast<T&>(*user_state_);
    }

protected:
    Exchange() = default;

    Request request_;
    std::unique_ptr<UserState> user_state_;
};

}  // namespace creditd::daemon::http
