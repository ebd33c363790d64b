#include "tests/daemon/outbound/receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace creditd::daemon::testing {
namespace {

struct Bindable {
    sockaddr_storage storage{};
    socklen_t bytes = 0;
    sockaddr* address() { return reinterpret_cast<sockaddr*>(&storage); }
};

Bindable bindable(const std::string& address, std::uint16_t port) {
    Bindable result;
    auto& four = reinterpret_cast<sockaddr_in&>(result.storage);
    auto& six = reinterpret_cast<sockaddr_in6&>(result.storage);
    if (::inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        result.bytes = sizeof four;
    } else if (::inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        result.bytes = sizeof six;
    }
    return result;
}

}  // namespace

Receiver::Receiver(Script script, const std::string& address, std::uint16_t port)
    : script_(std::move(script)) {
    Bindable target = bindable(address, port);
    listening_ = ::socket(target.address()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    const int off = 0;
    ::setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(listening_, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (::bind(listening_, target.address(), target.bytes) != 0 || ::listen(listening_, 256) != 0) {
        throw std::runtime_error("cannot listen on " + address + ": " + std::strerror(errno));
    }
    ::getsockname(listening_, target.address(), &target.bytes);
    port_ = ntohs(reinterpret_cast<sockaddr_in&>(target.storage).sin_port);
    thread_ = std::thread([this] { run(); });
}

Receiver::~Receiver() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    for (const int fd : open_) ::close(fd);
    ::close(listening_);
}

void Receiver::run() {
    // A script may write with other means than `say`. Only here: a client that raises it is wrong.
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    for (;;) {
        const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        ++accepted_;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
        threads_.emplace_back([this, fd] {
            script_(fd);
            ::shutdown(fd, SHUT_RDWR);  // its number is ours until the end
        });
    }
}

std::string Receiver::url(std::string_view path, std::string_view host) const {
    return "http://" + std::string(host) + ":" + std::to_string(port_) + std::string(path);
}

Receiver::Script Receiver::answering(std::string answer) {
    return [answer = std::move(answer)](int fd) {
        std::string buffer;
        while (!read_request(fd, buffer).empty() && say(fd, answer)) {
        }
    };
}

Receiver::Script Receiver::saying_for_ever(std::string first, std::string text) {
    return [first = std::move(first), text = std::move(text)](int fd) {
        std::string buffer;
        read_request(fd, buffer);
        if (!say(fd, first)) return;
        while (say(fd, text)) {
        }
    };
}

std::string read_request(int fd, std::string& buffer) {
    std::size_t wanted = 0;
    for (;;) {
        const std::size_t end = buffer.find("\r\n\r\n");
        if (wanted == 0 && end != std::string::npos) {
            wanted = end + 4;
            const std::size_t length = buffer.find("Content-Length: ");
            if (length < end) wanted += std::stoul(buffer.substr(length + 16, 12));
        }
        if (wanted != 0 && buffer.size() >= wanted) {
            std::string request = buffer.substr(0, wanted);
            buffer.erase(0, wanted);
            return request;
        }
        std::array<char, 4096> bytes;
        const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
        if (got <= 0) return {};
        buffer.append(bytes.data(), static_cast<std::size_t>(got));
    }
}

bool say(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string ok_answer(std::string_view body, std::string_view headers) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace creditd::daemon::testing
