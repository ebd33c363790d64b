#include "replay/tool/reports/moments.hpp"

namespace creditd::replay::tool {

std::optional<Timestamp> moment_before(const std::optional<Position>& position) {
    if (!position || !position->time) return std::nullopt;
    return *position->time + Duration{-1};
}

std::expected<Recovered, JournalError> recorded_before(LedgerFolder& ledger,
                                                       const std::optional<Position>& position) {
    RecoveryOptions how;
    if (position && position->seq) {
        how.last = Seq{position->seq->value == 0 ? 0 : position->seq->value - 1};
    }
    if (const auto moment = moment_before(position)) how.until = *moment;
    return ledger.recover_with(std::move(how));
}

}  // namespace creditd::replay::tool
