// The moments of all samples, and which they are is a promise: the golden files hold exactly
// these. Values only.
#pragma once

#include "core/types.hpp"

namespace creditd::tests {

inline constexpr Timestamp noon{1'700'000'000'000'000};
inline constexpr Timestamp next_month{1'702'592'000'000'000};
inline constexpr Timestamp next_year{1'731'536'000'000'000};

}  // namespace creditd::tests
