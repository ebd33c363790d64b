#include "daemon/api/payments.hpp"

namespace creditd::daemon {
namespace {

constexpr std::int64_t poll_interval_us = 2'000'000;
constexpr std::size_t polls_remembered_max = 10'000;

}  // namespace

bool PollLimit::admit(const std::string& order, std::int64_t now_us) {
    const std::scoped_lock lock(mutex_);
    if (asked_.size() >= polls_remembered_max) {
        std::erase_if(asked_,
                      [&](const auto& entry) { return now_us - entry.second >= poll_interval_us; });
    }
    const auto [entry, is_new] = asked_.try_emplace(order, now_us);
    if (is_new) return true;
    if (now_us - entry->second < poll_interval_us) return false;
    entry->second = now_us;
    return true;
}

}  // namespace creditd::daemon
