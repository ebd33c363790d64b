// How a measure reads in the words and lines of a price: exact, without trailing zeros. A pure
// function.
#pragma once

#include <string>

#include "core/price.hpp"

namespace creditd {

/// E.g. `2.5`.
inline std::string text_of(Measure measure) {
    std::string text;
    append_decimal(text, measure.value, 6);
    return text;
}

}  // namespace creditd
