// error: no match for .operator<.
#include "core/types.hpp"

bool wrong = creditd::HoldId{1} < creditd::DeductionId{1};
