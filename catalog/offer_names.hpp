// The words for the choices that offers have, for reading and for writing them as JSON:
// offer_json.cpp reads, render_offer.cpp writes.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "core/offers.hpp"

namespace creditd::offer_names {

template <class Enum, std::size_t count>
using Names = std::array<std::pair<std::string_view, Enum>, count>;

inline constexpr Names<Interval, 2> intervals{
    {{"month", Interval::month}, {"year", Interval::year}}};
inline constexpr Names<Rollover, 3> rollovers{
    {{"none", Rollover::none}, {"capped", Rollover::capped}, {"unlimited", Rollover::unlimited}}};
inline constexpr Names<Leftover, 2> leftovers{
    {{"keep", Leftover::keep}, {"expire", Leftover::expire}}};
inline constexpr Names<ClawBack, 2> claw_backs{
    {{"debt", ClawBack::debt}, {"write_off", ClawBack::write_off}}};
inline constexpr Names<bool, 2> visibilities{{{"public", true}, {"private", false}}};

}  // namespace creditd::offer_names
