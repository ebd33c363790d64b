#include "daemon/auth/jwt.hpp"

#include <algorithm>
#include <cstring>

#include "daemon/basics/base64.hpp"
#include "daemon/basics/http_text.hpp"
#include "replay/sha256.hpp"
#include "text/json_tape.hpp"

namespace creditd::daemon {

struct JwtHeader {
    std::optional<JwtAlgorithm> algorithm;
    std::optional<std::string> kid;
};

namespace {

/// Nothing where it is no header, or one that asks for what we do not do.
std::optional<JwtHeader> read_header(std::string_view json) {
    JsonDocument document;
    const auto root = document.parse(json);
    if (!root || !root->is_object()) return std::nullopt;
    JwtHeader header;
    for (const JsonValue member : *root) {
        const std::string_view name = member.key();
        if (name == "crit" || name == "b64") return std::nullopt;
        if (name != "alg" && name != "kid" && name != "typ") continue;
        if (member.kind() != JsonKind::string) return std::nullopt;
        if (name == "alg") header.algorithm = jwt_algorithm_of(member.text());
        if (name == "kid") header.kid = member.text();
        const bool is_ours = equal_ignoring_case(member.text(), "JWT") ||
                             equal_ignoring_case(member.text(), "at+jwt");
        if (name == "typ" && !is_ours) return std::nullopt;
    }
    return header;
}

/// The one that the header names; without a `kid`, the only one of its algorithm.
const Jwk* find_key(const JwkSet& keys, const JwtHeader& header) {
    const Jwk* found = nullptr;
    for (const Jwk& key : keys) {
        if (key.algorithm != header.algorithm || (header.kid && key.kid != header.kid)) continue;
        if (found != nullptr) return nullptr;
        found = &key;
    }
    return found;
}

}  // namespace

std::size_t JwtVerifier::HashOfHash::operator()(const Hash256& hash) const {
    std::size_t first = 0;
    std::memcpy(&first, hash.bytes.data(), sizeof first);
    return first;
}

void JwtVerifier::set_keys(JwkSet keys) {
    auto next = std::make_shared<const JwkSet>(std::move(keys));
    const std::lock_guard lock(mutex_);
    keys_ = std::move(next);
    recent_.clear();
    older_.clear();
}

std::optional<EndUser> JwtVerifier::recall(const Hash256& hash) const {
    for (const Memory* const memory : {&recent_, &older_}) {
        if (const auto found = memory->find(hash); found != memory->end()) return found->second;
    }
    return std::nullopt;
}

void JwtVerifier::remember(const Hash256& hash, const EndUser& user, const Keys& keys) {
    const std::lock_guard lock(mutex_);
    if (keys != keys_) return;  // the key that it was verified with may be gone
    if (recent_.size() >= remembered_max_ / 2) {
        older_ = std::move(recent_);
        recent_ = {};
    }
    recent_.emplace(hash, user);
}

std::size_t JwtVerifier::remembered() const {
    const std::lock_guard lock(mutex_);
    return recent_.size() + older_.size();
}

bool JwtVerifier::takes(const JwtHeader& header) const {
    return header.algorithm &&
           std::ranges::find(rules_.algorithms, *header.algorithm) != rules_.algorithms.end();
}

std::optional<EndUser> JwtVerifier::verify(std::string_view token, const JwkSet& keys,
                                           Timestamp now) {
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (first == last || token.find('.', first + 1) != last) return std::nullopt;
    std::string header;
    std::string claims;
    std::string signature;
    const bool is_spelled = decode_base64url(token.substr(0, first), header) &&
                            decode_base64url(token.substr(first + 1, last - first - 1), claims) &&
                            decode_base64url(token.substr(last + 1), signature);
    if (!is_spelled) return std::nullopt;
    const auto read = read_header(header);
    if (!read || !takes(*read)) return std::nullopt;
    // What would not be believed anyway need not be verified.
    auto user = read_jwt_claims(claims, rules_, now);
    if (!user) return std::nullopt;
    const Jwk* const key = find_key(keys, *read);
    if (key == nullptr && read->kid) missed_key_.store(true, std::memory_order_relaxed);
    if (key == nullptr || !verify_jws(*key, token.substr(0, last), signature)) return std::nullopt;
    return user;
}

std::optional<EndUser> JwtVerifier::check(std::string_view token, Timestamp now) {
    if (token.size() > jwt_bytes_max || token.find('.') == std::string_view::npos) {
        return std::nullopt;
    }
    const Hash256 hash = replay::sha256(token);
    Keys keys;
    {
        const std::lock_guard lock(mutex_);
        if (auto known = recall(hash)) {
            if (known->expires_at <= now) return std::nullopt;
            return known;
        }
        keys = keys_;
    }
    if (!keys) return std::nullopt;
    auto user = verify(token, *keys, now);
    if (user) remember(hash, *user, keys);
    return user;
}

}  // namespace creditd::daemon
