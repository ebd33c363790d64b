#include "replay/tool/period_start.hpp"

#include "replay/event_lookup.hpp"

namespace creditd::replay::tool {

std::expected<ChainTip, JournalError> start_of(const Journal& journal, const Period& period) {
    if (!period.from) return ChainTip{};
    Seq first = period.from->seq.value_or(Seq{1});
    if (period.from->time) {
        const auto found = EventLookup(journal).seq_at(*period.from->time);
        if (!found) return std::unexpected(found.error());
        first = *found;
    }
    return tip_at_or_before(journal, Seq{first.value == 0 ? 0 : first.value - 1});
}

}  // namespace creditd::replay::tool
