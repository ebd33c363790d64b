// Two states side by side: what one has that the other has not, account by account and entry of the
// catalog by entry, and the sums of both. Also the first event where two logs part. Values and pure
// functions, but for `first_other_event`, which reads two journals. One thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/state.hpp"
#include "replay/tool/ledger_folder.hpp"
#include "replay/tool/reports/reports.hpp"

namespace creditd::replay::tool {

enum class Sides : std::uint8_t { only_before, only_after, both };

/// A figure that differs; texts as in `balance --json`.
struct FieldDifference {
    std::string name;
    std::string before;
    std::string after;
};
struct AccountDifference {
    std::string id;
    Sides sides{};
    std::vector<FieldDifference> fields;
    bool has_more = false;  // grants, holds or arrangements differ too
};
/// A feature, plan, package, promotion, key, or the settings.
struct CatalogDifference {
    std::string kind;
    std::string id;
    Sides sides{};
};
struct Side {
    std::string name;  // folder and position
    Seq seq{};
    std::uint64_t accounts = 0;
    std::vector<std::pair<std::string, WideCredits>> sums;
};
struct OtherEvent {
    Seq seq{};
    std::string before;  // as JSON; empty where that log has ended
    std::string after;
};
struct Differences {
    unsigned decimals = 0;
    std::array<Side, 2> sides;
    std::vector<AccountDifference> accounts;
    std::vector<CatalogDifference> catalog;
    std::optional<OtherEvent> first_event;
    bool has_other_head = false;  // another ledger, epoch or number of decimals

    bool is_empty() const {
        return accounts.empty() && catalog.empty() && !first_event && !has_other_head;
    }
};

/// Fills in accounts, catalog and sums.
void compare_states(const State& before, const State& after, Differences& out);

/// The first event whose stored bytes differ, up to the shorter of what is wanted of each.
std::expected<std::optional<OtherEvent>, JournalError> first_other_event(const Journal& before,
                                                                         const Journal& after,
                                                                         Seq last_before,
                                                                         Seq last_after,
                                                                         unsigned decimals);

std::string spell_differences(const Differences& differences, bool is_json);

}  // namespace creditd::replay::tool
