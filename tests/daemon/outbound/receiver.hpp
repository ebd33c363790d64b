// Whom the client calls: a listening socket that counts every connection, and does with each, on a
// thread of its own, what the test says. Stops with the test.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace creditd::daemon::testing {

class Receiver {
public:
    /// One connection: `fd` is closed when it returns.
    using Script = std::function<void(int fd)>;

    /// `address`: IPv4 or IPv6; "::" takes both. `port` 0: any free one.
    explicit Receiver(Script script, const std::string& address = "127.0.0.1",
                      std::uint16_t port = 0);
    ~Receiver();
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    std::uint16_t port() const { return port_; }
    /// `http://127.0.0.1:PORT` and `path`.
    std::string url(std::string_view path = "/", std::string_view host = "127.0.0.1") const;
    unsigned accepted() const { return accepted_; }

    /// Answers every request of a connection with `answer`, as long as it is kept.
    static Script answering(std::string answer);
    /// Says `text` after the first request, then goes on until nobody listens any more.
    static Script saying_for_ever(std::string first, std::string text);

private:
    void run();

    Script script_;
    int listening_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<unsigned> accepted_{0};
    std::mutex mutex_;
    std::vector<int> open_;  // shut down when the test ends
    std::vector<std::thread> threads_;
    std::thread thread_;
};

/// The next whole request with its body; empty at the end of the stream.
std::string read_request(int fd, std::string& buffer);
/// False if the peer does not take it any more.
bool say(int fd, std::string_view text);

std::string ok_answer(std::string_view body = "fine", std::string_view headers = "");

}  // namespace creditd::daemon::testing
