#include "core/execute.hpp"
#include "replay/tool/reports/differences.hpp"
#include "replay/tool/reports/moments.hpp"

namespace creditd::replay::tool {
namespace {

std::string position_text(const std::optional<Position>& position) {
    if (!position) return "the end";
    return position->time ? time_text(*position->time)
                          : "before event " + std::to_string(position->seq->value);
}

/// One side: its ledger, and its state with what was due by then.
struct Standing {
    std::unique_ptr<LedgerFolder> ledger;
    std::unique_ptr<State> state;
    Seq recorded{};
};

std::expected<Standing, JournalError> standing_of(CommonOptions options,
                                                  const std::filesystem::path& folder,
                                                  const std::optional<Position>& position) {
    options.folder = folder;
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return std::unexpected(ledger.error());
    auto recovered = recorded_before(**ledger, position);
    if (!recovered) return std::unexpected(recovered.error());
    Standing standing{std::move(*ledger), std::move(recovered->state), {}};
    State& state = *standing.state;
    standing.recorded = state.head.seq;
    const auto moment = moment_before(position);
    if (!moment || *moment < state.head.time) return standing;
    std::vector<DecidedEvent> due;
    while (sweep(state, *moment, Policy{}, limits::sweep_events_max, due)) due.clear();
    return standing;
}

}  // namespace

Exit diff(const CommonOptions& options, const DiffOptions& wanted) {
    const bool is_two = !wanted.other.empty();
    if (is_two == wanted.moments.from.has_value()) {
        return fail(options, Exit::usage, "a second ledger, or the moment --from of the one");
    }
    if (is_two && !is_ledger_folder(wanted.other)) {
        return fail(options, Exit::usage, "there is no ledger in " + wanted.other.string());
    }
    const auto& to = wanted.moments.to;
    auto before = standing_of(options, options.folder, is_two ? to : wanted.moments.from);
    if (!before) return fail(options, before.error());
    Differences found;
    found.sides[0].name =
        options.folder.string() + " at " + position_text(is_two ? to : wanted.moments.from);
    if (!is_two) before->ledger.reset();  // a folder is open once at a time
    auto after = standing_of(options, is_two ? wanted.other : options.folder, to);
    if (!after) return fail(options, after.error());
    found.sides[1].name =
        (is_two ? wanted.other : options.folder).string() + " at " + position_text(to);
    compare_states(*before->state, *after->state, found);
    if (is_two) {
        auto event = first_other_event(before->ledger->journal(), after->ledger->journal(),
                                       before->recorded, after->recorded, found.decimals);
        if (!event) return fail(options, event.error());
        found.first_event = std::move(*event);
    }
    const Exit written = write_report(options, {}, spell_differences(found, options.json));
    if (written != Exit::fine) return written;
    return found.is_empty() ? Exit::fine : Exit::failed_check;
}

}  // namespace creditd::replay::tool
