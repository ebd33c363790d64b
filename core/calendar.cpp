#include "core/command.hpp"
#include "core/utc.hpp"

namespace creditd {
namespace {

class UtcCalendar final : public Calendar {
public:
    Timestamp after(Timestamp anchor, Interval interval, std::uint32_t count,
                    const std::string&) const override {
        CREDITD_ASSERT(count > 0 && !anchor.is_never());
        const std::int64_t day = day_of(anchor);
        const std::int64_t month = month_of_day(day);
        const std::int64_t later =
            month + std::int64_t{count} * (interval == Interval::year ? 12 : 1);
        const std::int64_t last = first_day_of_month(later + 1) - 1;
        const std::int64_t later_day =
            std::min(first_day_of_month(later) + day - first_day_of_month(month), last);
        CREDITD_ASSERT(later_day < INT64_MAX / Duration::days(1).value - 1);
        return anchor + Duration::days(later_day - day);
    }
};

}  // namespace

const Calendar& utc_calendar() {
    static const UtcCalendar calendar;
    return calendar;
}

}  // namespace creditd
