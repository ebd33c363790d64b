// What webhooks keep on disk beside the log: where each endpoint stands, and the attempts that were
// made last. In a family of its own. Saved some times a second: after a crash an endpoint stands a
// moment earlier, and hears again of what it had heard of. Every write is synced, because the
// write-ahead log is the journal's too, and must never have a hole before its end.
// One writer; reads from any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace rocksdb {
class ColumnFamilyHandle;
}  // namespace rocksdb

namespace creditd::replay {
class Database;
}

namespace creditd::daemon {

/// One attempt to send one message to one endpoint.
struct WebhookAttempt {
    std::uint64_t number = 0;  // of this endpoint, from 1
    std::string message;       // `msg_<seq>`
    std::string type;
    Timestamp at{};        // by the machine's clock
    unsigned attempt = 1;  // which of this message
    int status = 0;        // 0: there was no answer
    std::int64_t took_us = 0;
    std::string error;  // a sentence; empty where there was an answer
    bool operator==(const WebhookAttempt&) const = default;
};

/// Of one endpoint.
inline constexpr std::uint64_t attempts_kept = 1'000;

class WebhookStore {
public:
    explicit WebhookStore(replay::Database& database);

    /// Has a sender ever worked on this database? False where it was restored from elsewhere.
    bool was_used() const;
    bool mark_used();
    std::optional<std::string> outbox(std::string_view endpoint) const;
    std::uint64_t last_attempt(std::string_view endpoint) const;
    /// Newest first, below `before` (0: all).
    std::vector<WebhookAttempt> attempts(std::string_view endpoint, std::uint64_t before,
                                         std::size_t limit) const;

    struct Change {
        std::string endpoint;
        std::string outbox;                    // replaces what there is; empty: it is gone
        std::vector<WebhookAttempt> attempts;  // added; the oldest are forgotten
    };
    /// False: the disk refuses.
    bool save(std::span<const Change> changes);

private:
    replay::Database& database_;
    rocksdb::ColumnFamilyHandle* family_;
};

}  // namespace creditd::daemon
