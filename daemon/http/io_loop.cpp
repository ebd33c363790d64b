#include "daemon/http/io_loop.hpp"

#include "core/assert.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace creditd::daemon::http {

namespace {

constexpr std::size_t events_per_turn = 256;

Milliseconds monotonic_now() {
    const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_boot).count();
}

}  // namespace

IoLoop::IoLoop(unsigned index, LoopHooks hooks)
    : index_(index),
      hooks_(std::move(hooks)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      now_(monotonic_now()) {
    CREDITD_ASSERT(epoll_ >= 0 && wake_ >= 0);
    // Edge-triggered: each write wakes once, and nobody needs to read the counter.
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
    const int added = ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
    CREDITD_ASSERT(added == 0);
    next_sweep_ = now_ + hooks_.sweep_interval;
}

IoLoop::~IoLoop() {
    ::close(wake_);
    ::close(epoll_);
}

void IoLoop::post(std::move_only_function<void()> task) {
    {
        const std::lock_guard lock(mailbox_mutex_);
        mailbox_.push_back(std::move(task));
    }
    // Store mail, then read sleeping; the loop stores sleeping, then reads mail. One sees the
    // other.
    mail_.store(true);
    if (sleeping_.exchange(false)) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    }
}

void IoLoop::stop() {
    post([this] { stopping_ = true; });
}

bool IoLoop::watch(int fd, std::uint32_t events, Pollable& target) {
    epoll_event event{.events = events, .data = {.ptr = &target}};
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void IoLoop::change(int fd, std::uint32_t events, Pollable& target) {
    epoll_event event{.events = events, .data = {.ptr = &target}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
}

void IoLoop::bury(std::unique_ptr<Pollable> target) {
    std::erase(later_, target.get());
    std::ranges::replace(later_now_, target.get(), nullptr);
    buried_.push_back(std::move(target));
}

void IoLoop::call_at(Milliseconds when, std::function<void()> task) {
    alarm_at_ = when;
    alarm_ = std::move(task);
}

void IoLoop::run() {
    while (!stopping_.load(std::memory_order_relaxed)) guarded([this] { turn(); });
}

void IoLoop::report_exception() noexcept {
    counters_.exceptions.add();
    try {
        throw;
    } catch (const std::exception& error) {
        hooks_.exception(error.what());
    } catch (...) {
        hooks_.exception("not a std::exception");
    }
}

void IoLoop::turn() {
    int timeout_ms = later_.empty() ? wait_ms() : 0;
    sleeping_.store(true);
    if (mail_.load()) timeout_ms = 0;
    bool worked = handle_events(timeout_ms);
    worked |= run_later_targets();
    worked |= run_tasks();
    if (worked) guarded([this] { hooks_.idle(*this); });
    run_clock();
    buried_.clear();
}

bool IoLoop::handle_events(int timeout_ms) {
    std::array<epoll_event, events_per_turn> events;
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), timeout_ms);
    sleeping_.store(false, std::memory_order_relaxed);
    now_ = monotonic_now();
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) continue;  // woken for the mailbox
        auto& target = *static_cast<Pollable*>(event.data.ptr);
        guarded([&] { target.on_events(event.events); });
    }
    return count > 0;
}

bool IoLoop::run_later_targets() {
    if (later_.empty()) return false;
    later_now_.swap(later_);
    for (std::size_t i = 0; i < later_now_.size(); ++i) {
        Pollable* target = later_now_[i];
        if (target != nullptr) guarded([&] { target->on_turn(); });  // null: buried meanwhile
    }
    later_now_.clear();
    return true;
}

bool IoLoop::run_tasks() {
    if (!mail_.load(std::memory_order_relaxed)) return false;
    {
        const std::lock_guard lock(mailbox_mutex_);
        mail_.store(false);
        tasks_.swap(mailbox_);
    }
    for (auto& task : tasks_) guarded([&] { task(); });
    tasks_.clear();
    return true;
}

void IoLoop::run_clock() {
    if (alarm_ && now_ >= alarm_at_) guarded(std::exchange(alarm_, nullptr));
    if (now_ < next_sweep_) return;
    next_sweep_ = now_ + hooks_.sweep_interval;
    guarded([this] { hooks_.sweep(now_); });
}

int IoLoop::wait_ms() const {
    const Milliseconds until = alarm_ ? std::min(alarm_at_, next_sweep_) : next_sweep_;
    return static_cast<int>(std::clamp<Milliseconds>(until - now_, 0, 1000));
}

}  // namespace creditd::daemon::http
