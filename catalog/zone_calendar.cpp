#include "catalog/zone_calendar.hpp"

#include <date/tz.h>

namespace creditd {
namespace {

using Moment = date::sys_time<std::chrono::microseconds>;
using LocalMoment = date::local_time<std::chrono::microseconds>;

const date::time_zone* find_zone(const std::string& name) {
    try {
        return date::locate_zone(name);
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

const date::time_zone& zone_or_utc(const std::string& name) {
    const date::time_zone* const zone = find_zone(name);
    return zone == nullptr ? *date::locate_zone("UTC") : *zone;
}

/// `count` intervals after `start`, on its day or the last one of a shorter month.
LocalMoment later_by(LocalMoment start, Interval interval, std::uint32_t count) {
    const auto day = date::floor<date::days>(start);
    const date::year_month_day from(day);
    const auto steps = static_cast<int>(count);
    date::year_month month = from.year() / from.month();
    month += date::months(interval == Interval::year ? 12 * steps : steps);
    const date::year_month_day_last last(month.year(), date::month_day_last(month.month()));
    const date::year_month_day same = month / std::min(from.day(), last.day());
    return date::local_days(same) + (start - day);
}

Moment to_moment(const date::time_zone& zone, LocalMoment local) {
    const date::local_info info = zone.get_info(local);
    if (info.result == date::local_info::nonexistent) return info.first.end;
    return Moment(local.time_since_epoch() - info.first.offset);
}

}  // namespace

Timestamp ZoneCalendar::after(Timestamp anchor, Interval interval, std::uint32_t count,
                              const std::string& zone_name) const {
    const date::time_zone& zone = zone_or_utc(zone_name);
    const Moment start(std::chrono::microseconds(anchor.value));
    const LocalMoment local = zone.to_local(start);
    const Moment moment = to_moment(zone, later_by(local, interval, count));
    return Timestamp{moment.time_since_epoch().count()};
}

bool is_known_zone(const std::string& name) { return find_zone(name) != nullptr; }

}  // namespace creditd
