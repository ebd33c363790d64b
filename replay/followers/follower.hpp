// The shape of a follower: a projection that reads durable events in order, behind the writer, and
// keeps what it makes of them in one column family, its cursor inside. It never blocks the writer;
// all it keeps is derived and can be deleted and rebuilt from the journal.
// Consumed and worked by the follower thread only; `cursor` and `consumed` by any.
#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "core/types.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::replay {
class BlockView;
}  // namespace creditd::replay

namespace creditd::replay::followers {

/// One bit for each kind of event.
using KindSet = std::uint64_t;
static_assert(schemas::event_kinds_count <= 64);

constexpr KindSet kind_set(std::initializer_list<schemas::EventKind> kinds) {
    KindSet set = 0;
    for (const schemas::EventKind kind : kinds) set |= KindSet{1} << static_cast<unsigned>(kind);
    return set;
}

/// What followers want to know of an event, looked up once for all of them. The views live as long
/// as the span that is being consumed.
struct FollowedEvent : schemas::EventView {
    std::string_view resource;  // from the personal part, if that has not been forgotten
};

/// Why a follower cannot go on, in one sentence. It stops there, with everything up to its cursor
/// as it was; a new start goes on from the cursor.
using FollowerFailure = std::string;

class Follower {
public:
    Follower() = default;
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;
    virtual ~Follower() = default;

    /// Of its family, for metrics and messages.
    virtual std::string_view name() const = 0;
    /// Up to here everything is in the family, and synced: where a new start goes on.
    virtual Seq cursor() const = 0;
    /// Up to here everything has been consumed and can be found, if only in memory.
    virtual Seq consumed() const = 0;

    /// The stored block that the next events are from, before they come: for a follower that
    /// verifies more than the checksum, which has been.
    virtual std::expected<void, FollowerFailure> check_block(const BlockView&) { return {}; }
    /// The next events, without a gap; those up to `consumed` are ignored.
    virtual std::expected<void, FollowerFailure> consume(std::span<const FollowedEvent> events) = 0;
    /// One step (about a millisecond) of whatever is to be done besides: returns whether there is
    /// more. Called after every block, and while there is nothing to consume.
    virtual std::expected<bool, FollowerFailure> work() = 0;
    /// Bring into the family what is only in memory, in the next steps, though it be little.
    virtual void request_seal() = 0;
};

}  // namespace creditd::replay::followers
