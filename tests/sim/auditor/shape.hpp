// The shape of wishes and outcomes, without a ledger: what is malformed, when two requests are the
// same, where ids stand in an answer. Pure functions of the auditor, for any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/sim/auditor/story.hpp"

namespace creditd::sim::audit {

/// The 400 of a request that no ledger would take, or nothing.
std::optional<Outcome> malformed(const Wish& wish);

/// The 400 of a single wish whose times lie behind `now`, or nothing. A batch is as good as its
/// operations, one after the other.
std::optional<Outcome> out_of_time(std::int64_t now, const Wish& wish);

/// Two requests are the same request if these are equal: keys aside, defaults filled in.
Wish fingerprint(const Wish& wish);

/// Calls `visit` for each id in `first` with the one at the same place in `second`, where both have
/// one. Either may be the same object, and constant or not.
template <class First, class Second, class Visit>
void each_id(First& first, Second& second, const Visit& visit) {
    const auto pair = [&](auto& left, auto& right) {
        if (left && right) visit(*left, *right);
    };
    const auto list = [&](auto& left, auto& right, auto inner) {
        for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
            inner(left[i], right[i]);
        }
    };
    const auto part = [&](auto& left, auto& right) { visit(left.grant, right.grant); };
    pair(first.id, second.id);
    pair(first.transaction, second.transaction);
    pair(first.grant, second.grant);
    pair(first.deduction, second.deduction);
    if (first.hold && second.hold) visit(first.hold->id, second.hold->id);
    if (first.bonus && second.bonus) visit(first.bonus->grant, second.bonus->grant);
    list(first.burned, second.burned, part);
    list(first.restored, second.restored, part);
    list(first.expired, second.expired, part);
    list(first.moved, second.moved, [&](auto& left, auto& right) {
        visit(left.from_grant, right.from_grant);
        visit(left.grant, right.grant);
    });
    list(first.results, second.results,
         [&](auto& left, auto& right) { each_id(left, right, visit); });
}

}  // namespace creditd::sim::audit
