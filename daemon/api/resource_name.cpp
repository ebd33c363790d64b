#include "daemon/api/resource_name.hpp"

#include <algorithm>
#include <array>

#include "daemon/basics/time_text.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

constexpr std::array<std::string_view, 5> places_known{"account", "user", "feature", "time", "id8"};

/// `2026-11-21T17:05:09.123456Z` as `20261121170509`.
std::string compact_time(Timestamp time) {
    constexpr std::size_t digits = 14;
    std::string text;
    append_timestamp(text, time);
    std::erase_if(text, [](char letter) { return letter < '0' || letter > '9'; });
    return text.substr(0, digits);
}

std::string random_digits(Random& random) {
    std::array<std::uint8_t, 4> drawn;
    random.fill(drawn);
    return replay::to_hex(drawn);
}

/// Calls `literal` with the texts between places and `place` with their names; false: a brace
/// stands alone.
template <class Literal, class Place>
bool walk(std::string_view pattern, Literal literal, Place place) {
    while (true) {
        const std::size_t begin = std::min(pattern.find_first_of("{}"), pattern.size());
        literal(pattern.substr(0, begin));
        if (begin == pattern.size()) return true;
        const std::size_t end = pattern.find('}', begin);
        if (pattern[begin] == '}' || end == std::string_view::npos) return false;
        place(pattern.substr(begin + 1, end - begin - 1));
        pattern.remove_prefix(end + 1);
    }
}

}  // namespace

bool is_valid_template(std::string_view text) {
    bool is_known = true;
    const bool is_closed = walk(
        text, [](std::string_view) {},
        [&](std::string_view name) {
            is_known = is_known && std::ranges::find(places_known, name) != places_known.end();
        });
    return is_closed && is_known;
}

std::string draw_resource(std::string_view pattern, const ResourcePlaces& places, Random& random) {
    std::string drawn;
    walk(
        pattern, [&](std::string_view text) { drawn += text; },
        [&](std::string_view name) {
            if (name == "account") drawn += places.account;
            else if (name == "user") drawn += places.user;
            else if (name == "feature") drawn += places.feature;
            else if (name == "time") drawn += compact_time(places.time);
            else drawn += random_digits(random);
        });
    return drawn;
}

}  // namespace creditd::daemon
