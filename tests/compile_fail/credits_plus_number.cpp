// error: no match for .operator\+.
#include "core/credits.hpp"

auto wrong = creditd::Credits{5} + 1;
