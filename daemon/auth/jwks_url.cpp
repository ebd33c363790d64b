#include "daemon/auth/jwks_url.hpp"

#include <algorithm>

#include "daemon/basics/log.hpp"

namespace creditd::daemon {
namespace {

constexpr Duration answer_timeout = Duration::seconds(10);
constexpr int status_ok = 200;

}  // namespace

JwksUrl::JwksUrl(HttpClient& client, std::string url, Duration refresh, JwtVerifier& verifier)
    : client_(client),
      url_(std::move(url)),
      refresh_(std::chrono::microseconds(refresh.value)),
      verifier_(verifier) {}

bool JwksUrl::is_due(Clock::time_point now) {
    if (is_asking_) return false;
    if (now >= next_at_) {
        static_cast<void>(verifier_.take_missed_key());  // the answer will say
        return true;
    }
    if (now < missed_key_from_ || !verifier_.take_missed_key()) return false;
    missed_key_from_ = now + missed_key_pause;
    return true;
}

void JwksUrl::look(Clock::time_point now) {
    {
        const std::lock_guard lock(mutex_);
        if (!is_due(now)) return;
        is_asking_ = true;
    }
    ask();
}

void JwksUrl::reload() {
    {
        const std::lock_guard lock(mutex_);
        next_at_ = {};
    }
    look();
}

bool JwksUrl::wait_for_first(std::chrono::milliseconds length) {
    std::unique_lock lock(mutex_);
    return first_.wait_for(lock, length, [this] { return has_first_; });
}

void JwksUrl::ask() {
    client_.send({.method = "GET",
                  .url = url_,
                  .headers = {"Accept: application/jwk-set+json, application/json"},
                  .timeout = answer_timeout,
                  .body_bytes_max = jwk_set_bytes_max},
                 [this](const HttpResult& result) { take(result, Clock::now()); });
}

void JwksUrl::take(const HttpResult& result, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    const auto used = use(result);
    Clock::duration pause = refresh_;
    if (!used) {
        log_warning("jwt_keys_not_read", {{"url", url_}, {"reason", used.error()}});
        pause = std::min<Clock::duration>(refresh_,
                                          in_force_.empty() ? first_retry_pause : retry_pause);
    }
    next_at_ = now + pause;
    is_asking_ = false;
    has_first_ = true;
    first_.notify_all();
}

std::expected<void, std::string> JwksUrl::use(const HttpResult& result) {
    if (result.status == 0) return std::unexpected(result.error);
    if (result.status != status_ok) {
        return std::unexpected("the answer has status " + std::to_string(result.status));
    }
    if (result.is_cut) return std::unexpected("the answer is too large");
    if (result.body == in_force_) return {};  // what was verified with them stays remembered
    auto keys = parse_jwk_set(result.body);
    if (!keys) return std::unexpected("the answer " + keys.error());
    log_info("jwt_keys_read", {{"url", url_}, {"keys", keys->size()}});
    verifier_.set_keys(std::move(*keys));
    in_force_ = result.body;
    return {};
}

}  // namespace creditd::daemon
