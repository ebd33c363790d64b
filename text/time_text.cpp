#include "text/time_text.hpp"

#include <array>
#include <cstring>

#include "core/assert.hpp"

namespace creditd {
namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t duration_days_max = 36'500;

struct Date {
    std::int64_t year = 0;
    std::int64_t month = 0;
    std::int64_t day = 0;
};

/// Days since 1970-01-01 in the Gregorian calendar. Years begin in March here, so that the leap
/// day is the last of its year; 400 years have 146 097 days, 719 468 lie before 1970.
constexpr std::int64_t days_of(Date date) {
    const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    const std::int64_t month = date.month <= 2 ? date.month + 9 : date.month - 3;
    const std::int64_t in_year = (153 * month + 2) / 5 + date.day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + in_year - 719'468;
}

/// The inverse of `days_of`, for days from 1970 on.
constexpr Date date_of(std::uint32_t days) {
    const std::uint32_t shifted = days + 719'468;
    const std::uint32_t era = shifted / 146'097;
    const std::uint32_t in_era = shifted % 146'097;
    const std::uint32_t year_in_era =
        (in_era - in_era / 1'460 + in_era / 36'524 - in_era / 146'096) / 365;
    const std::uint32_t in_year =
        in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
    const std::uint32_t month = (5 * in_year + 2) / 153;
    const std::uint32_t day = in_year - (153 * month + 2) / 5 + 1;
    const std::uint32_t civil_month = month < 10 ? month + 3 : month - 9;
    return {era * 400 + year_in_era + (civil_month <= 2 ? 1 : 0), civil_month, day};
}

static_assert(days_of({1970, 1, 1}) == 0 && days_of({2000, 2, 29}) == 11'016);
static_assert(date_of(11'016).month == 2 && date_of(11'016).day == 29);

constexpr bool is_leap(std::int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
    constexpr std::array<std::int64_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12) return 0;
    return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Reads a text from left to right; the first mismatch makes everything after it fail too.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool ok() const { return ok_; }
    bool at_end() const { return rest_.empty(); }

    std::int64_t digits(std::size_t count) {
        if (!ok_ || rest_.size() < count) return fail();
        std::int64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return fail();
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    bool take(char expected) {
        if (!ok_ || rest_.empty() || rest_[0] != expected) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void require(bool condition) { ok_ = ok_ && condition; }

    std::size_t leading_digits() const {
        std::size_t count = 0;
        while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
        return count;
    }

private:
    std::int64_t fail() {
        ok_ = false;
        return 0;
    }

    std::string_view rest_;
    bool ok_ = true;
};

std::int64_t scan_day_seconds(Scanner& scan) {
    const std::int64_t hour = scan.digits(2);
    scan.require(scan.take(':'));
    const std::int64_t minute = scan.digits(2);
    scan.require(scan.take(':'));
    const std::int64_t second = scan.digits(2);
    scan.require(hour <= 23 && minute <= 59 && second <= 59);
    return hour * 3600 + minute * 60 + second;
}

std::int64_t scan_fraction_us(Scanner& scan) {
    if (!scan.take('.')) return 0;
    const std::size_t count = scan.leading_digits();
    scan.require(count >= 1 && count <= 6);
    if (!scan.ok()) return 0;
    std::int64_t us = scan.digits(count);
    for (std::size_t i = count; i < 6; ++i) us *= 10;
    return us;
}

std::int64_t scan_offset_seconds(Scanner& scan) {
    if (scan.take('Z') || scan.take('z')) return 0;
    const bool west = scan.take('-');
    scan.require(west || scan.take('+'));
    const std::int64_t hour = scan.digits(2);
    scan.require(scan.take(':'));
    const std::int64_t minute = scan.digits(2);
    scan.require(hour <= 23 && minute <= 59);
    const std::int64_t seconds = hour * 3600 + minute * 60;
    return west ? -seconds : seconds;
}

void write_two(char* out, std::uint32_t value) {
    static constexpr auto pairs = [] {
        std::array<char, 200> table{};
        for (std::size_t i = 0; i < 100; ++i) {
            table[2 * i] = static_cast<char>('0' + i / 10);
            table[2 * i + 1] = static_cast<char>('0' + i % 10);
        }
        return table;
    }();
    std::memcpy(out, pairs.data() + std::size_t{value} * 2, 2);
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    Scanner scan(text);
    Date date;
    date.year = scan.digits(4);
    scan.require(scan.take('-'));
    date.month = scan.digits(2);
    scan.require(scan.take('-'));
    date.day = scan.digits(2);
    scan.require(date.day >= 1 && date.day <= days_in_month(date.year, date.month));
    scan.require(scan.take('T') || scan.take('t'));
    const std::int64_t day_seconds_part = scan_day_seconds(scan);
    const std::int64_t us = scan_fraction_us(scan);
    const std::int64_t offset = scan_offset_seconds(scan);
    if (!scan.ok() || !scan.at_end()) return std::nullopt;
    const std::int64_t seconds = days_of(date) * day_seconds + day_seconds_part - offset;
    const Timestamp result{seconds * second_us + us};
    if (result < Timestamp{0} || result > timestamp_text_max) return std::nullopt;
    return result;
}

void write_timestamp(char* out, Timestamp t) {
    CREDITD_ASSERT(t >= Timestamp{0} && t <= timestamp_text_max);
    const auto total_us = static_cast<std::uint64_t>(t.value);
    const std::uint64_t total_seconds = total_us / second_us;
    const auto us = static_cast<std::uint32_t>(total_us % second_us);
    const Date date = date_of(static_cast<std::uint32_t>(total_seconds / day_seconds));
    const auto second = static_cast<std::uint32_t>(total_seconds % day_seconds);
    const auto year = static_cast<std::uint32_t>(date.year);
    std::memcpy(out, "0000-00-00T00:00:00.000000Z", timestamp_text_bytes);
    write_two(out, year / 100);
    write_two(out + 2, year % 100);
    write_two(out + 5, static_cast<std::uint32_t>(date.month));
    write_two(out + 8, static_cast<std::uint32_t>(date.day));
    write_two(out + 11, second / 3600);
    write_two(out + 14, second / 60 % 60);
    write_two(out + 17, second % 60);
    write_two(out + 20, us / 10'000);
    write_two(out + 22, us / 100 % 100);
    write_two(out + 24, us % 100);
}

void append_timestamp(std::string& out, Timestamp t) {
    std::array<char, timestamp_text_bytes> text;
    write_timestamp(text.data(), t);
    out.append(text.data(), text.size());
}

std::optional<Duration> parse_duration(std::string_view text) {
    Scanner scan(text);
    const std::size_t count = scan.leading_digits();
    if (count < 1 || count > 10 || text[0] == '0') return std::nullopt;
    const std::int64_t number = scan.digits(count);
    std::int64_t unit = 0;
    if (scan.take('s')) unit = 1;
    else if (scan.take('m')) unit = 60;
    else if (scan.take('h')) unit = 3600;
    else if (scan.take('d')) unit = day_seconds;
    const bool fits = number * unit <= duration_days_max * day_seconds;
    if (unit == 0 || !scan.at_end() || !fits) return std::nullopt;
    return Duration::seconds(number * unit);
}

void append_duration(std::string& out, Duration length) {
    CREDITD_ASSERT(length.value >= 0 && length.value % second_us == 0);
    const std::int64_t seconds = length.value / second_us;
    const auto put = [&out](std::int64_t n, char unit) { out.append(std::to_string(n)) += unit; };
    if (seconds != 0 && seconds % day_seconds == 0) return put(seconds / day_seconds, 'd');
    if (seconds != 0 && seconds % 3600 == 0) return put(seconds / 3600, 'h');
    if (seconds != 0 && seconds % 60 == 0) return put(seconds / 60, 'm');
    put(seconds, 's');
}

}  // namespace creditd
