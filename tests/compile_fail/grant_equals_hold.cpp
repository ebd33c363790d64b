// error: no match for .operator==.
#include "core/types.hpp"

bool wrong = creditd::GrantId{1} == creditd::HoldId{1};
