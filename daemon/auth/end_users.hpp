// Whoever is let in without an API key: the bearer of an account token, or of a JWT where an issuer
// is configured. Both may read one account and nothing else.
// Owned by the daemon; any thread.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/auth/account_tokens.hpp"
#include "daemon/auth/jwks_file.hpp"
#include "daemon/auth/jwks_url.hpp"
#include "daemon/basics/config.hpp"

namespace creditd::daemon {

class EndUsers {
public:
    explicit EndUsers(AccountTokens tokens) : tokens_(std::move(tokens)) {}

    /// Also takes the JWTs of the configured issuer, if there is one. Keys at a URL are asked for
    /// through `client`, which ends before this does. The error is a sentence for the operator: the
    /// keys of a file cannot be read.
    std::expected<void, std::string> trust(const JwtConfig& config, HttpClient& client);
    /// Until keys at a URL have come, or could not be had, but not for long: who comes before them
    /// is turned away.
    void wait_for_keys();

    std::optional<EndUser> find(std::string_view bearer, Timestamp now);
    const AccountTokens& tokens() const { return tokens_; }

    /// Called now and then: the issuer's keys may have changed.
    void look();
    /// Reads them again in any case.
    void reload();

private:
    AccountTokens tokens_;
    std::unique_ptr<JwtVerifier> verifier_;
    std::unique_ptr<JwksFile> file_;  // or
    std::unique_ptr<JwksUrl> url_;
};

}  // namespace creditd::daemon
