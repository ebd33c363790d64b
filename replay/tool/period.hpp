// A stretch of the log between two moments or sequence numbers, and which events lie in it.
// Values only; any thread.
#pragma once

#include <optional>

#include "core/event.hpp"
#include "replay/tool/text.hpp"

namespace creditd::replay::tool {

struct Period {
    std::optional<Position> from;  // inclusive; none: from the first event
    std::optional<Position> to;    // exclusive; none: up to the end

    /// Is the event before the period, or after it?
    bool is_before(const Event& event) const { return from && !reaches(event, *from); }
    bool is_after(const Event& event) const { return to && reaches(event, *to); }
    /// Does it end before it begins?
    bool is_backwards() const {
        if (!from || !to) return false;
        if (from->seq && to->seq) return *to->seq < *from->seq;
        return from->time && to->time && *to->time < *from->time;
    }

private:
    static bool reaches(const Event& event, const Position& position) {
        return position.seq ? event.seq >= *position.seq : event.time >= *position.time;
    }
};

}  // namespace creditd::replay::tool
