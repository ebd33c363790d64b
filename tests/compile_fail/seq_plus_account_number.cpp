// error: no match for .operator\+.
#include "core/types.hpp"

auto wrong = creditd::Seq{1} + creditd::AccountNo{2};
