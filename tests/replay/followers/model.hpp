// What the followers must answer, found by looking at all events every time: slow, but plain
// enough to be believed.
#pragma once

#include "tests/replay/followers/world.hpp"

namespace creditd::tests {

/// The events that a page must show, newest first.
std::vector<Seq> naive_page(const World& world, AccountNo account,
                            const followers::HistoryFilter& filter, Seq before, Seq end);

/// Compares a page of one account.
void expect_page(const World& world, AccountNo account, const followers::HistoryFilter& filter,
                 Seq before, std::size_t limit, Seq end);

/// Compares every answer of the key index: keys and the like as of `synced`, holds up to `end`.
void expect_keys(const World& world, Seq end);
/// Compares the whole list of accounts, in pages.
void expect_accounts(const World& world, Seq end, std::size_t limit = 7);

/// Compares what every account has used, by hour and name: all of it, and a range of hours.
void expect_usage(const World& world, Seq end);

/// Compares the tree's roots, tiles, entries and proofs, at some sizes up to `end`.
void expect_merkle(const World& world, Seq end);

/// All of the above, with the events up to `end` consumed.
void expect_all_found(const World& world, Seq end);
inline void expect_all_found(const World& world) { expect_all_found(world, world.end()); }

}  // namespace creditd::tests
