// error: no match for .operator==.
#include "core/types.hpp"

bool wrong = creditd::Epoch{1} == creditd::Seq{1};
