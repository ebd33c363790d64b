#include "daemon/outbound/http_client.hpp"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>

#include "core/assert.hpp"
#include "daemon/basics/background.hpp"
#include "daemon/outbound/transfer.hpp"

namespace creditd::daemon {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t events_per_turn = 64;

/// Once in the process, and for good: libcurl's own rule. A libcurl without a resolver of its own
/// thread would stop all requests for one name.
void start_libcurl() {
    static const bool is_started = [] {
        const curl_version_info_data* const version = ::curl_version_info(CURLVERSION_NOW);
        return ::curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK &&
               (version->features & CURL_VERSION_ASYNCHDNS) != 0;
    }();
    CREDITD_ASSERT(is_started);
}

}  // namespace

/// libcurl says which sockets to watch and when to come back; epoll watches them, so that a turn
/// costs what there is to do and not what is waited for. A few hundred slow receivers cost nothing.
class HttpClient::Loop {
public:
    explicit Loop(Options options);
    ~Loop();

    void send(HttpRequest request, Done done);

private:
    struct Waiting {
        HttpRequest request;
        Done done;
    };

    void run();
    bool take_arrived();
    void start_waiting();
    void start(Waiting waiting);
    void wait_for_events();
    void run_timer();
    void finish_ended();
    void end();
    int wait_ms() const;
    void watch(int socket, int what);
    void set_timer(long timeout_ms);
    void act(int socket);

    const Options options_;
    const int epoll_;
    const int wake_;
    CURLM* const multi_;

    std::mutex mutex_;  // guards the next two
    std::vector<Waiting> arrived_;
    bool is_stopping_ = false;

    // Only the thread's:
    std::deque<Waiting> waiting_;
    std::vector<std::unique_ptr<Transfer>> transfers_;
    std::vector<Transfer*> idle_;  // those that carry no request
    std::optional<Clock::time_point> timer_;

    std::thread thread_;  // the last one: it uses all others
};

HttpClient::HttpClient(Options options) : loop_(std::make_unique<Loop>(std::move(options))) {}
HttpClient::~HttpClient() = default;

void HttpClient::send(HttpRequest request, Done done) {
    loop_->send(std::move(request), std::move(done));
}

HttpClient::Loop::Loop(Options options)
    : options_(std::move(options)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      multi_((start_libcurl(), ::curl_multi_init())) {
    CREDITD_ASSERT(epoll_ >= 0 && wake_ >= 0 && multi_ != nullptr);
    CREDITD_ASSERT(options_.connections_max > 0);
    // Edge-triggered: each write wakes once, and nobody needs to read the counter.
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.fd = wake_}};
    const int added = ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
    CREDITD_ASSERT(added == 0);
    ::curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.connections_max));
    ::curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    ::curl_multi_setopt(
        multi_, CURLMOPT_SOCKETFUNCTION,
        +[](CURL*, curl_socket_t socket, int what, void* self, void*) {
            static_cast<Loop*>(self)->watch(socket, what);
            return 0;
        });
    ::curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    ::curl_multi_setopt(
        multi_, CURLMOPT_TIMERFUNCTION, +[](CURLM*, long timeout_ms, void* self) {
            static_cast<Loop*>(self)->set_timer(timeout_ms);
            return 0;
        });
    thread_ = std::thread([this] { run(); });
}

HttpClient::Loop::~Loop() {
    CREDITD_ASSERT(std::this_thread::get_id() != thread_.get_id());  // a callback may not end it
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    thread_.join();
    ::close(wake_);
    ::close(epoll_);
}

void HttpClient::Loop::send(HttpRequest request, Done done) {
    {
        const std::lock_guard lock(mutex_);
        arrived_.push_back({std::move(request), std::move(done)});
        if (arrived_.size() > 1) return;  // who came first has woken the thread
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void HttpClient::Loop::run() {
    // Signals are for the main thread, and a broken connection's SIGPIPE for nobody.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), "outbound");
    if (options_.in_background) run_in_background(Background::last);
    while (take_arrived()) {
        start_waiting();
        wait_for_events();
        run_timer();
        finish_ended();
    }
    end();
}

/// False when it is time to stop.
bool HttpClient::Loop::take_arrived() {
    std::vector<Waiting> arrived;
    {
        const std::lock_guard lock(mutex_);
        if (is_stopping_) return false;
        arrived.swap(arrived_);
    }
    std::ranges::move(arrived, std::back_inserter(waiting_));
    return true;
}

void HttpClient::Loop::start_waiting() {
    while (!waiting_.empty()) {
        if (idle_.empty()) {
            if (transfers_.size() == options_.connections_max) return;
            transfers_.push_back(std::make_unique<Transfer>(options_));
            idle_.push_back(transfers_.back().get());
        }
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        start(std::move(next));
    }
}

void HttpClient::Loop::start(Waiting waiting) {
    Transfer* const transfer = idle_.back();
    const auto begun = transfer->begin(std::move(waiting.request), std::move(waiting.done));
    if (!begun) {
        const Done done = transfer->take_done();
        HttpResult result;
        result.error = begun.error();
        return done(std::move(result));
    }
    idle_.pop_back();
    const CURLMcode added = ::curl_multi_add_handle(multi_, transfer->handle());
    CREDITD_ASSERT(added == CURLM_OK);
}

void HttpClient::Loop::wait_for_events() {
    std::array<epoll_event, events_per_turn> events;
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), wait_ms());
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == wake_) continue;
        // What epoll saw may be of a socket that was closed since, and its number used again:
        // libcurl looks for itself.
        act(event.data.fd);
    }
}

int HttpClient::Loop::wait_ms() const {
    if (!timer_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*timer_ - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000));
}

void HttpClient::Loop::run_timer() {
    if (!timer_ || *timer_ > Clock::now()) return;
    timer_.reset();
    act(CURL_SOCKET_TIMEOUT);
}

void HttpClient::Loop::act(int socket) {
    int running = 0;
    const CURLMcode done = ::curl_multi_socket_action(multi_, socket, 0, &running);
    CREDITD_ASSERT(done == CURLM_OK);
}

/// Called by libcurl.
void HttpClient::Loop::watch(int socket, int what) {
    epoll_event event{.events = 0, .data = {.fd = socket}};
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    if (what == CURL_POLL_REMOVE) {
        ::epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
    } else if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event) != 0) {
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
    }
}

/// Called by libcurl; it may not be called from here, so even "at once" waits for the next turn.
void HttpClient::Loop::set_timer(long timeout_ms) {
    if (timeout_ms < 0) timer_.reset();
    else timer_ = Clock::now() + std::chrono::milliseconds(timeout_ms);
}

void HttpClient::Loop::finish_ended() {
    int left = 0;
    while (const CURLMsg* const message = ::curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const int code = message->data.result;
        char* pointer = nullptr;
        ::curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &pointer);
        auto* const transfer = reinterpret_cast<Transfer*>(pointer);
        ::curl_multi_remove_handle(multi_, transfer->handle());  // the message ends with it
        const Done done = transfer->take_done();
        HttpResult result = transfer->finish(code);
        idle_.push_back(transfer);
        done(std::move(result));
    }
}

/// In libcurl's order: out of the multi, the transfers, the multi with the kept connections.
void HttpClient::Loop::end() {
    for (const auto& transfer : transfers_) ::curl_multi_remove_handle(multi_, transfer->handle());
    transfers_.clear();
    ::curl_multi_cleanup(multi_);
}

}  // namespace creditd::daemon
