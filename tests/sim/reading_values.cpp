#include "tests/sim/reading_values.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>

namespace creditd::sim {

std::int64_t whole(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::int64_t minor_units(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string places(text.substr(std::min(point + 1, text.size())));
    places.resize(6, '0');
    const std::int64_t value = whole(text.substr(0, point)) * 1'000'000 + whole(places);
    return is_negative ? -value : value;
}

std::int64_t microseconds_of(std::string_view text) {
    using namespace std::chrono;
    const auto part = [text](std::size_t first, std::size_t count) {
        return static_cast<int>(whole(text.substr(first, count)));
    };
    const sys_days day = year(part(0, 4)) / part(5, 2) / part(8, 2);
    const auto second = hours(part(11, 2)) + minutes(part(14, 2)) + seconds(part(17, 2));
    std::string fraction(text.size() > 20 ? text.substr(20, text.size() - 21) : "");
    fraction.resize(6, '0');
    const auto time = day.time_since_epoch() + second;
    return duration_cast<microseconds>(time).count() + whole(fraction);
}

std::int64_t seconds_of(std::string_view text) {
    const std::int64_t count = whole(text);
    switch (text.back()) {
        case 'm': return count * 60;
        case 'h': return count * 3'600;
        case 'd': return count * 86'400;
        default: return count;
    }
}

Money money_of(const Json& json) {
    return {whole(json.at("amount").text), json.at("currency").text};
}

}  // namespace creditd::sim
