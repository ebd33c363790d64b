#include "tests/daemon/http/raw_client.hpp"

#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace creditd::daemon::http::testing {

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer_bytes > 0) {
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
    }
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

RawClient::~RawClient() {
    if (fd_ >= 0) ::close(fd_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      connected_(other.connected_),
      received_(std::move(other.received_)) {}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void RawClient::shut_write() { ::shutdown(fd_, SHUT_WR); }

void RawClient::reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(fd_, -1));
}

RawClient::Got RawClient::receive(std::chrono::steady_clock::time_point until) {
    const auto left = std::chrono::ceil<Limit>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Got::nothing;
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return Got::nothing;
    char chunk[65536];
    const auto got = ::recv(fd_, chunk, sizeof chunk, 0);
    if (got <= 0) return Got::end;
    received_.append(chunk, static_cast<std::size_t>(got));
    return Got::bytes;
}

std::optional<Answer> RawClient::read_answer(bool head_request, Limit limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    for (;;) {
        if (auto answer = take_answer(received_, head_request)) return answer;
        if (receive(until) != Got::bytes) return std::nullopt;
    }
}

bool RawClient::read_to_end(Limit limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    for (;;) {
        const Got got = receive(until);
        if (got != Got::bytes) return got == Got::end;
    }
}

std::optional<Answer> take_answer(std::string& stream, bool head_request) {
    const std::size_t head_end = stream.find("\r\n\r\n");
    if (head_end == std::string::npos) return std::nullopt;
    Answer answer;
    answer.head = stream.substr(0, head_end + 2);
    answer.status = static_cast<unsigned>(std::atoi(answer.head.c_str() + 9));
    std::size_t body_bytes = 0;
    const std::size_t length = answer.head.find("\r\nContent-Length:");
    if (length != std::string::npos && !head_request) {
        body_bytes = std::strtoul(answer.head.c_str() + length + 17, nullptr, 10);
    }
    const std::size_t total = head_end + 4 + body_bytes;
    if (stream.size() < total) return std::nullopt;
    answer.body = stream.substr(head_end + 4, body_bytes);
    stream.erase(0, total);
    return answer;
}

}  // namespace creditd::daemon::http::testing
