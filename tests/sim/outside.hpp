// What the daemon sees of the world, simulated: the clocks, randomness, one io thread. Owned by
// the simulation; one thread.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>

#include "daemon/basics/random.hpp"
#include "daemon/engine/clock.hpp"
#include "daemon/http/exchange.hpp"
#include "tests/sim/rng.hpp"

namespace creditd::sim {

class SimClock final : public daemon::Clock {
public:
    Timestamp wall() const override { return wall_; }
    Duration monotonic() const override { return monotonic_; }

    /// Time passes; a frozen wall clock does not notice.
    void pass(Duration length) {
        monotonic_.value += length.value;
        if (!is_frozen_) wall_ = wall_ + length;
    }
    /// Somebody sets the wall clock.
    void jump(Duration length) {
        latest_ = std::max(latest_, wall_);
        wall_ = wall_ + length;
    }
    /// How far it is behind the latest time that it has shown.
    Duration behind() const { return std::max(latest_, wall_) - wall_; }
    void freeze(bool is_frozen) { is_frozen_ = is_frozen; }

private:
    Timestamp wall_{1'900'000'000'000'000};  // in the year 2030
    Timestamp latest_{};                     // before it was last set
    Duration monotonic_{1'000'000};
    bool is_frozen_ = false;
};

class SimRandom final : public daemon::Random {
public:
    explicit SimRandom(std::uint64_t seed) : rng_(Rng::of(seed, "random")) {}
    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng_.next() >> 56);
    }

private:
    Rng rng_;
};

class SimIoThread final : public daemon::http::IoThread {
public:
    void post(std::move_only_function<void()> task) override { tasks_.push_back(std::move(task)); }
    unsigned index() const override { return 0; }

    bool has_tasks() const { return !tasks_.empty(); }
    void run_one() {
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        task();
    }

private:
    std::deque<std::move_only_function<void()>> tasks_;
};

}  // namespace creditd::sim
