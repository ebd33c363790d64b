// Yardstick: a plain asynchronous Beast server on one thread that answers every request with the
// same 200 bytes. What an HTTP server costs that does nothing; written as Beast's examples are,
// without their per-request timers, which only slow it down.
//   bench_bare_beast PORT
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

const std::string answer(200, 'x');

class Session : public std::enable_shared_from_this<Session> {
public:
    explicit Session(tcp::socket socket) : socket_{std::move(socket)} {}

    void read() {
        request_ = {};
        http::async_read(socket_, buffer_, request_,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (!error) {
                                 self->write();
                             }
                         });
    }

private:
    void write() {
        response_ = {http::status::ok, request_.version()};
        response_.set(http::field::content_type, "application/json");
        response_.keep_alive(request_.keep_alive());
        response_.body() = answer;
        response_.prepare_payload();
        http::async_write(socket_, response_,
                          [self = shared_from_this()](beast::error_code error, std::size_t) {
                              if (!error && self->response_.keep_alive()) {
                                  self->read();
                              }
                          });
    }

    tcp::socket socket_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response<http::string_body> response_;
};

void accept(tcp::acceptor& acceptor) {
    acceptor.async_accept([&acceptor](beast::error_code error, tcp::socket socket) {
        if (!error) {
            beast::error_code gone;  // a client that has already left is no reason to stop
            socket.set_option(tcp::no_delay{true}, gone);
            std::make_shared<Session>(std::move(socket))->read();
        }
        if (error != asio::error::operation_aborted) {
            accept(acceptor);
        }
    });
}

void serve(unsigned short port) {
    asio::io_context io{1};
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), port}};
    asio::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&io](beast::error_code, int) { io.stop(); });
    accept(acceptor);
    io.run();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: bench_bare_beast PORT\n", stderr);
        return 2;
    }
    try {
        serve(static_cast<unsigned short>(std::atoi(argv[1])));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_bare_beast: %s\n", error.what());
        return 1;
    }
    return 0;
}
