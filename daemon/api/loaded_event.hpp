// Events out of the log with their personal parts, decoded. For reader threads only: all of these
// may read the disk.
#pragma once

#include <optional>
#include <vector>

#include "daemon/api/call.hpp"
#include "daemon/api/render_event.hpp"

namespace creditd::daemon {

struct LoadedEvent {
    Event event;
    PersonalFields personal;
    EventRecord record() const { return {event, personal}; }
};

/// This thread's way into the log: it remembers the block that it read last.
replay::EventLookup& reader_lookup(const Api& api);

/// Of an event that is durable. Nothing: the log cannot be read there, which is no 404.
std::optional<LoadedEvent> load_event(const Api& api, Seq seq);

/// `stored` decoded; nothing where it is damaged, which is logged.
std::optional<PersonalFields> personal_of(Seq seq, const std::optional<std::string>& stored);

/// The personal part stored under an event; empty where there is none. Nothing: it cannot be read,
/// and must not be shown as none.
std::optional<PersonalFields> load_personal(const Api& api, Seq seq);

/// Waits until the followers have passed everything that was acknowledged before. False: they are
/// too far behind, and the reader would not see its own writes.
bool catch_up(const Api& api, Seq acknowledged);

}  // namespace creditd::daemon
