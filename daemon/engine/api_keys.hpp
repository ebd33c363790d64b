// Who may call: an immutable table of API keys, republished when a change is durable. Keys are
// found by SHA-256 of the secret and compared in constant time; secrets themselves are never kept.
// `table` may be called from any thread; `publish` from the thread that makes changes durable.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/catalog.hpp"

namespace creditd::daemon {

/// What a request's key allows.
struct Caller {
    std::string actor;  // id of the key; "admin" for the administrator key of the configuration
    std::uint32_t scopes = 0;
    std::string account_prefix;
    Timestamp expires_at = Timestamp::never();
};

Hash256 hash_secret(std::string_view secret);

class ApiKeyTable {
public:
    /// `admin_secret`: the administrator key of this process; never stored.
    ApiKeyTable(const Catalog& catalog, std::string_view admin_secret);

    /// The caller of a secret, if it is known and its time is not over at `now`. Looks for a few
    /// hundred nanoseconds; the answer lives until the thread asks for another.
    const Caller* find(std::string_view secret, Timestamp now) const;

    /// A durable event that may be about keys. Visible to every request that arrives later.
    void publish(const Event& event);

private:
    using Table = std::map<Hash256, Caller>;

    std::shared_ptr<const Table> current() const;

    mutable std::mutex mutex_;
    std::shared_ptr<const Table> table_;
    std::atomic<std::uint64_t> version_{1};
};

}  // namespace creditd::daemon
