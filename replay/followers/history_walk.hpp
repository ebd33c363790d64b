// Ways through an account's history that are not a page of the newest: all between two positions,
// and what comes next after one. Oldest first. For reader threads.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "replay/followers/history_index.hpp"

namespace creditd::replay::followers {

/// The youngest event of the account that the history knows; nothing: it has none.
std::expected<std::optional<Seq>, JournalError> newest_of(const HistoryIndex& history,
                                                          AccountNo no);

/// All of the account's events from `from` (inclusive) to `before` (exclusive).
std::expected<std::vector<Seq>, JournalError> seqs_between(const HistoryIndex& history,
                                                           AccountNo no, Seq from, Seq before);

/// Its events after `after`, as far as they are near the first of them; none: there are none up to
/// `newest`.
std::expected<std::vector<Seq>, JournalError> next_seqs(const HistoryIndex& history, AccountNo no,
                                                        Seq after, Seq newest);

}  // namespace creditd::replay::followers
