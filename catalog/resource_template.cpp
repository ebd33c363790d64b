#include "catalog/resource_template.hpp"

#include <array>

namespace creditd {
namespace {

constexpr std::array<std::string_view, 5> places_known{"account", "user", "feature", "time", "id8"};

}  // namespace

bool is_valid_template(std::string_view text) {
    bool is_known = true;
    const bool is_closed = walk_template(
        text, [](std::string_view) {},
        [&](std::string_view name) {
            is_known = is_known && std::ranges::find(places_known, name) != places_known.end();
        });
    return is_closed && is_known;
}

}  // namespace creditd
