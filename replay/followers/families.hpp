// The column families of the followers, with their options: to be given to Database::open by all
// who write. What is in them is each follower's affair. Pure.
#pragma once

#include <vector>

#include "replay/database.hpp"

namespace creditd::replay::followers {

/// `keys`, `history`, `accounts`, `usage`, `merkle`, `payments` and `erasures`, and beside them the
/// `images` of accounts and what `webhooks` keep.
std::vector<FollowerFamily> follower_families();

}  // namespace creditd::replay::followers
