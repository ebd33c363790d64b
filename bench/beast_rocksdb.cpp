// Yardstick: the bare Beast server, but each answer waits until 200 bytes for its request are in
// RocksDB, synced. All requests that have arrived go into one write. What the disk costs, and
// nothing else: no parsing of bodies, no state, no checks.
//   bench_beast_rocksdb PORT FOLDER
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/endian/conversion.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

const std::string answer(200, 'x');
const std::string record(200, 'r');

class Session;

/// Collects the sessions whose request has arrived and commits them together. A commit is posted
/// by the first of them, so it runs behind every handler that was ready at that moment.
class GroupCommit {
public:
    GroupCommit(asio::io_context& io, const std::string& folder);
    void add(std::shared_ptr<Session> session);

private:
    void commit();

    asio::io_context& io_;
    std::unique_ptr<rocksdb::DB> database_;
    std::vector<std::shared_ptr<Session>> waiting_;
    std::uint64_t sequence_ = 0;
};

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, GroupCommit& commits)
        : socket_{std::move(socket)}, commits_{commits} {}

    void read() {
        request_ = {};
        http::async_read(socket_, buffer_, request_,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (!error) {
                                 self->commits_.add(self);
                             }
                         });
    }

    void write() {
        response_ = {http::status::created, request_.version()};
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

private:
    tcp::socket socket_;
    GroupCommit& commits_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response<http::string_body> response_;
};

GroupCommit::GroupCommit(asio::io_context& io, const std::string& folder) : io_{io} {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* database = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, folder, &database);
    database_.reset(database);
    if (!status.ok()) {
        throw std::runtime_error{status.ToString()};
    }
}

void GroupCommit::add(std::shared_ptr<Session> session) {
    if (waiting_.empty()) {
        asio::post(io_, [this] { commit(); });
    }
    waiting_.push_back(std::move(session));
}

void GroupCommit::commit() {
    rocksdb::WriteBatch batch;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        const std::uint64_t key = boost::endian::native_to_big(++sequence_);
        batch.Put({reinterpret_cast<const char*>(&key), sizeof key}, record);
    }
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const rocksdb::Status status = database_->Write(synced, &batch);
    if (!status.ok()) {
        throw std::runtime_error{status.ToString()};
    }
    for (const auto& session : waiting_) {
        session->write();
    }
    waiting_.clear();
}

void accept(tcp::acceptor& acceptor, GroupCommit& commits) {
    acceptor.async_accept([&](beast::error_code error, tcp::socket socket) {
        if (!error) {
            beast::error_code gone;  // a client that has already left is no reason to stop
            socket.set_option(tcp::no_delay{true}, gone);
            std::make_shared<Session>(std::move(socket), commits)->read();
        }
        if (error != asio::error::operation_aborted) {
            accept(acceptor, commits);
        }
    });
}

void serve(unsigned short port, const std::string& folder) {
    asio::io_context io{1};
    GroupCommit commits{io, folder};
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), port}};
    asio::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&io](beast::error_code, int) { io.stop(); });
    accept(acceptor, commits);
    io.run();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: bench_beast_rocksdb PORT FOLDER\n", stderr);
        return 2;
    }
    try {
        serve(static_cast<unsigned short>(std::atoi(argv[1])), argv[2]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_beast_rocksdb: %s\n", error.what());
        return 1;
    }
    return 0;
}
