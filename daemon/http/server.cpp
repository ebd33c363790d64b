#include "daemon/http/server.hpp"

#include "core/assert.hpp"
#include "daemon/http/acceptor.hpp"
#include "daemon/http/worker.hpp"

#include <algorithm>
#include <functional>
#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace creditd::daemon::http {

struct Server::Impl {
    Impl(Options chosen, Service& service)
        : options(std::move(chosen)),
          shared{.options = options,
                 .service = service,
                 .budget = MemoryBudget(options.inflight_bytes_max),
                 .connections =
                     ConnectionLimits(options.connections_max, options.connections_per_ip_max)} {
        for (unsigned i = 0; i < std::max(1U, options.io_threads); ++i) {
            workers.push_back(std::make_unique<Worker>(i, shared));
        }
    }

    /// Runs `task` on a worker's thread and waits for it.
    void run_on(Worker& worker, const std::function<void()>& task) {
        std::promise<void> done;
        worker.loop().post([&] {
            worker.loop().guarded(task);
            done.set_value();
        });
        done.get_future().wait();
    }

    void stop_threads() {
        for (auto& worker : workers) worker->loop().stop();
        threads.clear();  // joins
    }

    const Options options;
    Shared shared;
    std::vector<std::unique_ptr<Worker>> workers;
    Acceptor acceptor{workers};
    std::vector<std::jthread> threads;
};

Server::Server(Options options, Service& service)
    : impl_(std::make_unique<Impl>(std::move(options), service)) {}

Server::~Server() { impl_->stop_threads(); }

std::expected<void, std::string> Server::start() {
    CREDITD_ASSERT(impl_->threads.empty());
    const Options& options = impl_->options;
    if (!options.tls_certificate_file.empty()) {
        auto keys = TlsKeys::load(options.tls_certificate_file, options.tls_key_file);
        if (!keys) return std::unexpected(std::move(keys.error()));
        impl_->shared.tls = std::move(*keys);
    }
    if (const auto listening = impl_->acceptor.listen(impl_->options); !listening) {
        return listening;
    }
    for (auto& worker : impl_->workers) {
        impl_->threads.emplace_back([&loop = worker->loop()] { loop.run(); });
    }
    impl_->run_on(*impl_->workers.front(), [this] { impl_->acceptor.start(); });
    return {};
}

std::expected<void, std::string> Server::reload_tls() {
    if (!impl_->shared.tls) return {};
    return impl_->shared.tls->reload();
}

std::uint16_t Server::port() const { return impl_->acceptor.port(); }

void Server::stop_accepting() {
    if (impl_->threads.empty()) return;
    impl_->run_on(*impl_->workers.front(), [this] { impl_->acceptor.stop(); });
}

std::size_t Server::drain(std::chrono::milliseconds limit) {
    if (impl_->threads.empty()) return 0;
    const auto deadline = std::chrono::steady_clock::now() + limit;
    stop_accepting();
    for (auto& worker : impl_->workers) {
        impl_->run_on(*worker, [&] { worker->begin_drain(); });
    }
    auto& connections = impl_->shared.connections;
    while (connections.total() > 0 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    const std::size_t cut = connections.total();
    for (auto& worker : impl_->workers) {
        impl_->run_on(*worker, [&] { worker->close_all(); });
    }
    impl_->stop_threads();
    return cut;
}

Totals Server::totals() const {
    Totals sum;
    for (const auto& worker : impl_->workers) {
        const Counters& of = worker->loop().counters();
        sum.connections_opened += of.connections_opened.value();
        sum.connections_refused += of.connections_refused.value();
        sum.accept_pauses += of.accept_pauses.value();
        sum.requests += of.requests.value();
        sum.wire_errors += of.wire_errors.value();
        sum.timeouts_read += of.timeouts_read.value();
        sum.timeouts_write += of.timeouts_write.value();
        sum.exceptions += of.exceptions.value();
        sum.bytes_received += of.bytes_received.value();
        sum.bytes_sent += of.bytes_sent.value();
        for (std::size_t i = 0; i < sum.responses_by_class.size(); ++i) {
            sum.responses_by_class[i] += of.responses_by_class[i].value();
        }
    }
    sum.connections_open = impl_->shared.connections.total();
    sum.buffered_bytes = impl_->shared.budget.bytes();
    return sum;
}

IoThread& Server::io_thread(unsigned index) {
    CREDITD_ASSERT(index < impl_->workers.size());
    return impl_->workers[index]->loop();
}

}  // namespace creditd::daemon::http
