#include "daemon/auth/end_users.hpp"

#include "core/assert.hpp"
#include "daemon/basics/comma_list.hpp"

namespace creditd::daemon {

std::expected<void, std::string> EndUsers::trust(const JwtConfig& config) {
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
    keys_ = std::make_unique<JwksFile>(config.jwks_file, *verifier_);
    return keys_->load();
}

std::optional<EndUser> EndUsers::find(std::string_view bearer, Timestamp now) {
    if (auto user = tokens_.check(bearer, now)) return user;
    return verifier_ ? verifier_->check(bearer, now) : std::nullopt;
}

void EndUsers::look() {
    if (keys_) keys_->look();
}

void EndUsers::reload() {
    if (keys_) keys_->reload();
}

}  // namespace creditd::daemon
