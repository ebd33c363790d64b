// Names of what a use makes (`results/{account}/{account}_{time}_{id8}.png`): drawn by creditd, so
// that the deduction and the name are one fact. Pure, but for the randomness it is given.
#pragma once

#include <string>
#include <string_view>

#include "core/types.hpp"
#include "daemon/basics/random.hpp"

namespace creditd::daemon {

struct ResourcePlaces {
    std::string_view account;
    std::string_view user;
    std::string_view feature;
    Timestamp time{};  // as YYYYMMDDHHMMSS in UTC
};
/// `{id8}` becomes 8 random digits in hexadecimal.
std::string draw_resource(std::string_view pattern, const ResourcePlaces& places, Random& random);

}  // namespace creditd::daemon
