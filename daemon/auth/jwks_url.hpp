// The JWK set of an issuer who publishes it at a URL: asked now and then, and sooner when a token
// names a key that is not known. Where that fails it is logged and tried again, and the keys before
// stay in force. Any thread; `look` is called now and then, and waits for nobody.
#pragma once

#include <chrono>
#include <condition_variable>
#include <expected>
#include <mutex>
#include <string>

#include "daemon/auth/jwt.hpp"
#include "daemon/outbound/http_client.hpp"

namespace creditd::daemon {

class JwksUrl {
public:
    using Clock = std::chrono::steady_clock;

    /// Since anybody can make up a token, an unknown key is no reason to ask more often.
    static constexpr std::chrono::seconds missed_key_pause{30};
    /// After a failure; sooner while there are no keys at all.
    static constexpr std::chrono::seconds retry_pause{30};
    static constexpr std::chrono::seconds first_retry_pause{3};

    /// `client` ends before this does, or an answer may find nobody.
    JwksUrl(HttpClient& client, std::string url, Duration refresh, JwtVerifier& verifier);

    /// Asks, if it is time to.
    void look(Clock::time_point now = Clock::now());
    /// Asks now, unless an answer is on its way.
    void reload();
    /// Until the first answer, or its failure, has come; false if none did within `length`.
    bool wait_for_first(std::chrono::milliseconds length);

private:
    bool is_due(Clock::time_point now);
    void ask();
    void take(const HttpResult& result, Clock::time_point now);
    std::expected<void, std::string> use(const HttpResult& result);

    HttpClient& client_;
    const std::string url_;
    const Clock::duration refresh_;
    JwtVerifier& verifier_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable first_;
    bool is_asking_ = false;
    bool has_first_ = false;
    Clock::time_point next_at_{};
    Clock::time_point missed_key_from_{};  // from when on an unknown key counts
    std::string in_force_;                 // the text of the keys
};

}  // namespace creditd::daemon
