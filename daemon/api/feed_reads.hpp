// Feeds: the log's events in order, from a position on, as a page of JSON or as a stream that goes
// on for as long as somebody reads. Only what is durable, only what the caller may see.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/api/call.hpp"
#include "daemon/api/render_event.hpp"

namespace creditd::daemon {

struct FeedFilter {
    std::vector<std::string> types;         // none: all
    AccountNo account = AccountNo::none();  // none: all
    std::string account_prefix;             // what the caller is confined to
};

/// What follows a position, rendered one by one.
struct FeedBatch {
    std::string text;
    std::size_t count = 0;
    Seq position{};         // everything up to here has been looked at
    bool has_more = false;  // beyond it
    bool is_readable = true;
    std::optional<Balances> balances;  // after the last that was looked at
    std::optional<bool> unlimited;     // where one of them has changed it
};

/// Renders one event, which comes after `before` others.
using FeedRenderer = std::function<void(std::string& out, const EventRecord& record,
                                        unsigned decimals, std::size_t before)>;

/// At most `limit` events after `after`. For reader threads.
FeedBatch read_feed(const Api& api, const FeedFilter& filter, Seq after, std::size_t limit,
                    const FeedRenderer& render);

/// GET /v1/events: JSON, or a stream where the caller accepts text/event-stream.
void handle_list_events(Call& call);
/// GET /v1/accounts/{account}/stream.
void handle_account_stream(Call& call);

}  // namespace creditd::daemon
