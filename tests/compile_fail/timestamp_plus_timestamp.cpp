// error: no match for .operator\+.
#include "core/types.hpp"

auto wrong = creditd::Timestamp{1} + creditd::Timestamp{2};
