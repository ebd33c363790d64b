#include "core/event.hpp"

namespace creditd {

static_assert(std::is_nothrow_move_constructible_v<EventBodies>);
template class OneOf<EventBodies>;

}  // namespace creditd
