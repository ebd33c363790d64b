#include "daemon/api/resource_name.hpp"

#include <array>

#include "catalog/resource_template.hpp"
#include "replay/sha256.hpp"
#include "text/time_text.hpp"

namespace creditd::daemon {
namespace {

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

}  // namespace

std::string draw_resource(std::string_view pattern, const ResourcePlaces& places, Random& random) {
    std::string drawn;
    walk_template(
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
