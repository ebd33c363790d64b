// Bytes of a connection against a real session and a service that answers at once: the answers are
// the same however the bytes arrive, each is whole, and the connection always comes to its end.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string>

#include "daemon/http/session.hpp"
#include "daemon/http/worker.hpp"
#include "tests/fuzz/support.hpp"

using namespace creditd::daemon::http;
using creditd::tests::require;

namespace {

/// Answers what it was asked, some of it before the body has come.
class EchoingService final : public Service {
public:
    HeadVerdict on_head(Exchange& exchange) override {
        if (exchange.request().path.starts_with("/refuse")) {
            exchange.respond({{.status = 401, .content_type = "text/plain"}, "no"});
            return HeadVerdict::answered();
        }
        return HeadVerdict::accept(exchange.request().path == "/small" ? 10 : 1000);
    }
    void on_request(Exchange& exchange) override {
        const Request& request = exchange.request();
        std::string answer(request.method_name);
        answer.append(" ").append(request.target).append("\n").append(request.body);
        exchange.respond({{.content_type = "text/plain"}, answer});
    }
};

/// One connection over a socket pair; the input goes in piece by piece, a turn of the loop apart.
class Conversation {
public:
    Conversation(std::string_view input, std::size_t piece, std::size_t skip_bytes_max)
        : left_(input), piece_(piece) {
        options_.skip_bytes_max = skip_bytes_max;
        std::array<int, 2> ends{};
        const int made =
            ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data());
        require(made == 0, "there are descriptors for a pair of sockets");
        client_ = ends[0];
        require(shared_.connections.open(PeerAddress()), "there is room for a connection");
        worker_.adopt(ends[1], PeerAddress());
    }
    ~Conversation() { ::close(client_); }
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    std::string run() {
        worker_.loop().post([this] { turn(); });
        worker_.loop().run();
        require(worker_.loop().counters().exceptions.value() == 0, "a session throws nothing");
        return std::move(answers_);
    }

private:
    void turn() {
        send_piece();
        receive();
        if (shared_.connections.total() == 0) {
            receive();
            worker_.loop().stop();
        } else {
            worker_.loop().post([this] { turn(); });
        }
    }

    void send_piece() {
        if (is_shut_) return;
        const std::string_view piece = left_.substr(0, piece_);
        const auto sent = ::send(client_, piece.data(), piece.size(), MSG_NOSIGNAL);
        if (sent > 0) left_.remove_prefix(static_cast<std::size_t>(sent));
        const bool is_refused = sent < 0 && errno != EAGAIN;
        if (!left_.empty() && !is_refused) return;
        is_shut_ = true;
        ::shutdown(client_, SHUT_WR);
    }

    void receive() {
        std::array<char, 4096> bytes{};
        while (true) {
            const auto got = ::recv(client_, bytes.data(), bytes.size(), 0);
            if (got <= 0) return;
            answers_.append(bytes.data(), static_cast<std::size_t>(got));
        }
    }

    std::string_view left_;
    std::size_t piece_;
    Options options_;
    EchoingService service_;
    Shared shared_{options_, service_, MemoryBudget(1u << 20), ConnectionLimits(10, 0)};
    Worker worker_{0, shared_};
    std::string answers_;
    int client_ = -1;
    bool is_shut_ = false;
};

/// Each answer begins with a status line and has as many bytes as it says; returns how many.
std::size_t count_answers(std::string_view answers) {
    std::size_t count = 0;
    while (!answers.empty()) {
        require(answers.starts_with("HTTP/1.1 "), "an answer begins with a status line");
        const std::size_t head = answers.find("\r\n\r\n");
        require(head != std::string_view::npos, "an answer has a whole head");
        const std::string_view lines = answers.substr(0, head + 2);
        const std::size_t length = lines.find("Content-Length: ");
        std::size_t body = 0;
        if (length != std::string_view::npos) {
            body = std::stoul(std::string(lines.substr(length + 16, 10)));
        }
        const std::size_t bytes = head + 4 + body;
        answers.remove_prefix(std::min(bytes, answers.size()));
        ++count;
    }
    return count;
}

/// Names of headers have no case.
bool expects_something(std::string_view bytes) {
    const auto is_same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == b;
    };
    return !std::ranges::search(bytes, std::string_view("expect"), is_same).empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    creditd::tests::FuzzInput input(data, size);
    const std::uint8_t choice = input.byte();
    const std::size_t piece = choice % 128u + 1u;
    const bool skips_all = choice < 128;
    const std::size_t skip_bytes_max = skips_all ? SIZE_MAX : 100;
    const std::string_view bytes = input.rest();
    if (bytes.size() > 16'384 || bytes.size() / piece > 2'000) return 0;
    const std::string at_once = Conversation(bytes, bytes.size() + 1, skip_bytes_max).run();
    const std::string in_pieces = Conversation(bytes, piece, skip_bytes_max).run();
    // HEAD has a length and no body, so only other conversations can be taken apart.
    if (bytes.find("HEAD") == std::string_view::npos) {
        require(count_answers(at_once) <= bytes.size() / 14 + 1, "every answer has its request");
        count_answers(in_pieces);
    }
    // Whether a body is asked for, or skipped, may depend on how much of it is there already.
    if (skips_all && !expects_something(bytes)) {
        require(at_once == in_pieces, "answers are the same however the bytes arrive");
    }
    return 0;
}
