// error: cannot convert .creditd::Credits. to .*int64_t
#include <cstdint>

#include "core/credits.hpp"

std::int64_t wrong = creditd::Credits{5};
