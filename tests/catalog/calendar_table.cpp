// Random subscriptions and where their cycles end, a line each, for another implementation to
// check: zone, anchor, interval, count, end; times in microseconds since 1970.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "catalog/zone_calendar.hpp"

int main(int argc, char** argv) {
    using namespace creditd;
    // Zones with and without summer time, in both halves of the world, with half hours, with days
    // that were left out, and with clocks that are put forward at midnight.
    static const std::array<std::string, 12> zones{
        "UTC",          "Asia/Jakarta", "Europe/Berlin",     "America/New_York",
        "Asia/Kolkata", "Pacific/Apia", "America/Havana",    "Australia/Lord_Howe",
        "Africa/Cairo", "Asia/Tehran",  "America/Sao_Paulo", "Atlantic/Azores"};
    const long count = argc > 1 ? std::atol(argv[1]) : 10'000;
    std::mt19937_64 random(1);
    const ZoneCalendar calendar;
    constexpr std::int64_t first = 1'262'304'000'000'000;  // 2010
    // The tables of zones end with 2037: what is renewed later is computed later, by newer ones.
    constexpr std::int64_t last = 1'956'528'000'000'000;  // 2032
    for (long i = 0; i < count; ++i) {
        const std::string& zone = zones[random() % zones.size()];
        const Timestamp anchor{first + static_cast<std::int64_t>(random() % (last - first))};
        const Interval interval = random() % 4 == 0 ? Interval::year : Interval::month;
        const auto cycles =
            static_cast<std::uint32_t>(1 + random() % (interval == Interval::year ? 5 : 60));
        const Timestamp end = calendar.after(anchor, interval, cycles, zone);
        std::printf("%s,%lld,%s,%u,%lld\n", zone.c_str(), static_cast<long long>(anchor.value),
                    interval == Interval::year ? "year" : "month", cycles,
                    static_cast<long long>(end.value));
    }
    return 0;
}
