// The calendar of subscriptions, with the time zones of the machine (tzdata). Core asks it while it
// decides and records the answers. Const and safe from any thread once made.
#pragma once

#include "core/command.hpp"

namespace creditd {

class ZoneCalendar final : public Calendar {
public:
    /// A local time that does not exist (clocks were put forward) is taken as the moment of the
    /// change; one that exists twice, as its first. A zone that is not known counts as UTC: what is
    /// set is checked when it is set. Tables of zones end with 2037: after that, no summer time.
    Timestamp after(Timestamp anchor, Interval interval, std::uint32_t count,
                    const std::string& zone) const override;
};

/// Has this machine a time zone of this (IANA) name?
bool is_known_zone(const std::string& name);

}  // namespace creditd
