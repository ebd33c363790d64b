#include "daemon/auth/end_users.hpp"

#include "core/assert.hpp"
#include "daemon/basics/comma_list.hpp"
#include "daemon/basics/log.hpp"

namespace creditd::daemon {
namespace {

constexpr std::chrono::milliseconds first_keys_wait{2'000};

}  // namespace

std::expected<void, std::string> EndUsers::trust(const JwtConfig& config, HttpClient& client) {
    if (config.issuer.empty()) return {};
    JwtRules rules{config.issuer, config.audience, {}, config.account_claim, {}, config.leeway};
    for (const std::string_view name : comma_list(config.algorithms)) {
        const auto algorithm = jwt_algorithm_of(name);
        CREDITD_ASSERT(algorithm.has_value());  // the configuration was checked
        rules.algorithms.push_back(*algorithm);
    }
    for (const std::string_view party : comma_list(config.authorized_parties)) {
        rules.authorized_parties.emplace_back(party);
    }
    verifier_ = std::make_unique<JwtVerifier>(std::move(rules));
    if (config.jwks_url.empty()) {
        file_ = std::make_unique<JwksFile>(config.jwks_file, *verifier_);
        return file_->load();
    }
    url_ = std::make_unique<JwksUrl>(client, config.jwks_url, config.jwks_refresh, *verifier_);
    url_->look();
    return {};
}

void EndUsers::wait_for_keys() {
    if (url_ && !url_->wait_for_first(first_keys_wait)) {
        log_warning("jwt_keys_not_read", {{"reason", "no answer yet"}});
    }
}

std::optional<EndUser> EndUsers::find(std::string_view bearer, Timestamp now) {
    if (auto user = tokens_.check(bearer, now)) return user;
    return verifier_ ? verifier_->check(bearer, now) : std::nullopt;
}

void EndUsers::look() {
    if (file_) file_->look();
    if (url_) url_->look();
}

void EndUsers::reload() {
    if (file_) file_->reload();
    if (url_) url_->reload();
}

}  // namespace creditd::daemon
