// A TCP client that sends exactly the bytes it is given and counts the answers that come back.
// Blocking, with timeouts; one test thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creditd::daemon::http::testing {

struct Answer {
    unsigned status = 0;
    std::string head;  // status line and headers, with CRLFs
    std::string body;

    bool has_header(std::string_view line) const {
        return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
    }
};

class RawClient {
public:
    using Limit = std::chrono::milliseconds;

    explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient& operator=(RawClient&&) = delete;

    bool connected() const { return connected_; }
    /// False if the peer does not take the bytes any more.
    bool send(std::string_view bytes);
    void shut_write();
    void reset();  // closes with RST

    /// The next answer; nothing at the end of the stream or after `limit`.
    std::optional<Answer> read_answer(bool head_request = false, Limit limit = Limit(5000));
    /// Reads until the peer closes; false if it does not within `limit`. Extra bytes: leftovers().
    bool read_to_end(Limit limit = Limit(5000));
    const std::string& leftovers() const { return received_; }
    int fd() const { return fd_; }

private:
    enum class Got { bytes, end, nothing };
    Got receive(std::chrono::steady_clock::time_point until);

    int fd_ = -1;
    bool connected_ = false;
    std::string received_;
};

/// Splits a stream of answers; answers to HEAD are not supported here.
std::optional<Answer> take_answer(std::string& stream, bool head_request = false);

}  // namespace creditd::daemon::http::testing
