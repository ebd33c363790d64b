// The words of the API that stand for values of core, where replay says them too: types of
// transactions, kinds of grants. Pure functions, any thread.
#pragma once

#include <string_view>

#include "core/event.hpp"

namespace creditd::replay {

/// The type of a transaction as clients see it (`deduction`), or nothing where the event is not
/// one.
std::string_view transaction_type(const Event& event);
/// The same for the n-th alternative of EventBody.
std::string_view transaction_type_of_kind(std::size_t kind);

std::string_view name_of(GrantKind kind);

}  // namespace creditd::replay
