#include "daemon/engine/block_stream.hpp"

#include <algorithm>

#include "core/canary.hpp"
#include "replay/followers/account_images.hpp"

namespace creditd::daemon {
namespace {

/// The last event of a command carries its origin; events of time alone stand for themselves.
bool ends_command(std::span<const DecidedEvent> events, std::size_t i) {
    if (i + 1 == events.size() || events[i].event.origin) return true;
    const EventBody& body = events[i].event.body;
    return std::holds_alternative<GrantExpired>(body) ||
           std::holds_alternative<GrantActivated>(body);
}

}  // namespace

void BlockStream::append(const Event& event) {
    const std::string_view bytes = encoder_.encode(event);
    if (!builder_.is_empty() && !builder_.fits(bytes.size())) flush();
    if (builder_.is_empty()) builder_.begin(event.seq);
    CREDITD_ASSERT(builder_.next_seq() == event.seq);
    builder_.append(bytes);
    last_time_ = event.time;
    mark(event);
}

void BlockStream::mark(const Event& event) {
    if (event.account_no.is_none() || !replay::followers::image_turn(event.seq)) return;
    // One of a group shows all of it.
    const auto is_it = [&](const Marked& other) { return other.no == event.account_no; };
    if (std::ranges::none_of(marked, is_it)) marked.push_back({event.account_no, event.seq});
}

void BlockStream::add(std::span<DecidedEvent> events, bool one_block) {
    if (events.empty()) return;
    if (one_block) flush();
    for (std::size_t i = 0; i < events.size(); ++i) {
        append(events[i].event);
        const bool is_lost =
            canary(Canary::personal_part_lost) && events[i].event.seq.value % 16 == 0;
        if (!events[i].personal.empty() && !is_lost) {
            rows.push_back({events[i].event.seq, events[i].personal});
        }
        if (!one_block && builder_.is_full() && ends_command(events, i)) flush();
    }
    if (one_block) flush();
}

void BlockStream::flush() {
    if (builder_.is_empty()) return;
    blocks.push_back(builder_.seal(tip_, last_time_));
    tip_ = blocks.back().tip;
}

}  // namespace creditd::daemon
