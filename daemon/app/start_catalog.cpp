#include "daemon/app/start_catalog.hpp"

#include "catalog/catalog_file.hpp"
#include "core/execute.hpp"
#include "daemon/basics/log.hpp"
#include "daemon/engine/block_stream.hpp"

namespace creditd::daemon {

std::expected<void, StartError> apply_catalog_file(OpenedLedger& ledger, const std::string& path,
                                                   const Clock& clock) {
    State& state = *ledger.state;
    auto catalog = read_catalog_file(path, state.head.decimals);
    if (!catalog) return std::unexpected(StartError{std::move(catalog.error()), 1});
    // A file says what holds from now on, whatever the version was that it was exported from.
    catalog->price_book.reset();
    Command command;
    command.meta.actor = "catalog-file";
    command.body = std::move(*catalog);
    command.evidence.as_of = state.head.seq;
    // The CLAIM has just been written: its time is the clock's, or what a suspect clock may do.
    const Timestamp last = state.head.time;
    const bool is_plausible = clock.wall() >= last && clock.wall() - last <= Duration::days(1);
    std::vector<DecidedEvent> events;
    const Outcome outcome =
        execute(state, command, is_plausible ? clock.wall() : last, Policy{}, events);
    CREDITD_ASSERT(outcome.kind == OutcomeKind::done || outcome.kind == OutcomeKind::nothing_done);
    BlockStream stream(ledger.journal->tip());
    stream.add(events, true);
    const bool is_written = events.empty() || ledger.journal->append(stream.blocks, {}) ==
                                                  replay::AppendOutcome::committed;
    if (!is_written) {
        return std::unexpected(
            StartError{"the catalog could not be written: " + ledger.journal->failure(), 1});
    }
    log_info(
        "catalog_applied",
        {{"file", path}, {"changes", events.size()}, {"price_book", state.catalog().price_book}});
    return {};
}

}  // namespace creditd::daemon
