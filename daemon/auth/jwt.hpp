// JWTs (RFC 7519, 8725) of an application's own users: whoever the configured issuer has signed in
// may read one account, as with an account token. The key and its algorithm come from the issuer's
// JWK set, never from the token. What was verified is remembered until it ends, since a signature
// costs up to a tenth of a millisecond. Any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/types.hpp"
#include "daemon/auth/account_tokens.hpp"
#include "daemon/auth/jwk_set.hpp"

namespace creditd::daemon {

struct JwtHeader;

struct JwtRules {
    std::string issuer;    // `iss`, exactly
    std::string audience;  // must be among `aud`; empty: not looked at
    std::vector<JwtAlgorithm> algorithms;
    std::string account_claim;                    // the claim that names the account
    std::vector<std::string> authorized_parties;  // `azp`; none: not looked at
    Duration leeway{};                            // by which clocks may differ
};

inline constexpr std::size_t jwt_bytes_max = 4'096;

/// What the claims say, a JSON object as it stood in the token. Nothing: not for us, not yet, or
/// over. The signature is not looked at.
std::optional<EndUser> read_jwt_claims(std::string_view json, const JwtRules& rules, Timestamp now);

class JwtVerifier {
public:
    /// `remembered_max`: tokens that it remembers at once.
    explicit JwtVerifier(JwtRules rules, std::size_t remembered_max = 20'000)
        : rules_(std::move(rules)), remembered_max_(remembered_max) {}

    /// From now on these keys count, and no other.
    void set_keys(JwkSet keys);
    /// Nothing: it is not to be believed.
    std::optional<EndUser> check(std::string_view token, Timestamp now);
    std::size_t remembered() const;
    /// Since it was asked last, did a token that is right so far name a key that is not known? Its
    /// issuer may have a new one; or somebody made it up.
    bool take_missed_key() { return missed_key_.exchange(false, std::memory_order_relaxed); }

private:
    using Keys = std::shared_ptr<const JwkSet>;
    struct HashOfHash {
        std::size_t operator()(const Hash256& hash) const;
    };
    using Memory = std::unordered_map<Hash256, EndUser, HashOfHash>;

    std::optional<EndUser> recall(const Hash256& hash) const;
    void remember(const Hash256& hash, const EndUser& user, const Keys& keys);
    bool takes(const JwtHeader& header) const;
    std::optional<EndUser> verify(std::string_view token, const JwkSet& keys, Timestamp now);

    const JwtRules rules_;
    const std::size_t remembered_max_;
    std::atomic<bool> missed_key_{false};
    mutable std::mutex mutex_;
    Keys keys_;
    Memory recent_;  // when it is full it becomes the older one, whose content is dropped
    Memory older_;
};

}  // namespace creditd::daemon
