#include "replay/tool/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace creditd::replay::tool {
namespace {

/// Takes `digits` decimal digits off the front.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    unsigned value = 0;
    for (const char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take_char(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
    const auto year = take_digits(text, 4);
    if (!year || !take_char(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take_char(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day || *year < 1970) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(*month), std::chrono::day(*day)};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

/// Digits of a second behind the point, up to six, as microseconds.
std::optional<unsigned> take_fraction(std::string_view& text) {
    if (!take_char(text, '.')) return 0;
    unsigned micros = 0;
    unsigned digits = 0;
    while (auto digit = take_digits(text, 1)) {
        if (++digits > 6) return std::nullopt;
        micros = micros * 10 + *digit;
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 6; ++digits) micros *= 10;
    return micros;
}

}  // namespace

std::string time_text(Timestamp time) {
    if (time.is_never()) return "never";
    const std::chrono::sys_time<std::chrono::microseconds> moment{
        std::chrono::microseconds(time.value)};
    const auto days = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss clock(moment - days);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", int(date.year()),
                       unsigned(date.month()), unsigned(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

std::string date_text(Timestamp time) { return time_text(time).substr(0, 10); }

std::optional<Timestamp> parse_time(std::string_view text) {
    const auto days = take_date(text);
    if (!days) return std::nullopt;
    const auto midnight =
        std::chrono::duration_cast<std::chrono::microseconds>(days->time_since_epoch());
    if (text.empty()) return Timestamp{midnight.count()};
    if (!take_char(text, 'T') && !take_char(text, 't') && !take_char(text, ' ')) {
        return std::nullopt;
    }
    const auto hours = take_digits(text, 2);
    if (!hours || *hours > 23 || !take_char(text, ':')) return std::nullopt;
    const auto minutes = take_digits(text, 2);
    if (!minutes || *minutes > 59 || !take_char(text, ':')) return std::nullopt;
    const auto seconds = take_digits(text, 2);
    if (!seconds || *seconds > 59) return std::nullopt;
    const auto micros = take_fraction(text);
    if (!micros || (text != "Z" && text != "z" && text != "+00:00")) return std::nullopt;
    const std::int64_t of_day = (std::int64_t{*hours} * 60 + *minutes) * 60 + *seconds;
    return Timestamp{midnight.count() + of_day * 1'000'000 + *micros};
}

std::optional<Position> parse_position(std::string_view text) {
    Position position;
    std::uint64_t seq = 0;
    const char* const end = text.data() + text.size();
    if (const auto parsed = std::from_chars(text.data(), end, seq);
        parsed.ec == std::errc{} && parsed.ptr == end) {
        position.seq = Seq{seq};
        return position;
    }
    position.time = parse_time(text);
    if (!position.time) return std::nullopt;
    return position;
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

void append_csv_text(std::string& out, std::string_view text) {
    constexpr std::string_view formula_starts = "=+-@\t\r";
    const bool is_formula = !text.empty() && formula_starts.find(text.front()) != text.npos;
    const bool is_quoted = text.find_first_of(",\"\r\n") != text.npos;
    if (is_quoted) out += '"';
    if (is_formula) out += '\'';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    if (is_quoted) out += '"';
}

void append_fixed(std::string& out, WideCredits minor, unsigned decimals) {
    const std::size_t start = out.size();
    append_decimal_wide(out, minor, 0);
    if (decimals == 0) return;
    const std::size_t first = start + (minor < 0 ? 1 : 0);
    const std::size_t digits = out.size() - first;
    if (digits <= decimals) out.insert(first, decimals + 1 - digits, '0');
    out.insert(out.size() - decimals, 1, '.');
}

std::string fixed_text(WideCredits minor, unsigned decimals) {
    std::string text;
    append_fixed(text, minor, decimals);
    return text;
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ' ');
    return digits;
}

std::string size_text(std::uint64_t bytes) {
    if (bytes < 1'000) return fmt::format("{} bytes", bytes);
    const auto thousands = static_cast<double>(bytes) / 1'000;
    if (bytes < 1'000'000) return fmt::format("{:.1f} kB", thousands);
    if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", thousands / 1'000);
    return fmt::format("{:.2f} GB", thousands / 1'000'000);
}

std::string decimal_of(double value) { return fmt::format("{:.2f}", value); }

}  // namespace creditd::replay::tool
