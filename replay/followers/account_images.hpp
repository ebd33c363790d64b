// What accounts looked like now and then, so that a past moment can be shown without reading all of
// a busy account's history: from the image before the moment on, its events are applied again. An
// image is derived and never needed: where one is missing, an earlier one serves, or none.
// Family `images`:
//
//   key    u32 account number, u64 seq (big-endian): the image shows the account after that event
//   value  u16 format (big-endian), then the account as a chunk of a snapshot (snapshot.fbs)
//
// Not a follower: the images come from the ledger thread's own state, after their events are
// durable. Written by whoever commits, without the WAL; read by any.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>

#include "core/types.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {
class Database;
}  // namespace creditd::replay

namespace creditd::replay::followers {

struct AccountImage {
    AccountNo no = AccountNo::none();
    Seq seq{};          // of the last event of the ledger that it reflects
    std::string chunk;  // from schemas::SnapshotEncoder, the only account, under number 0
};

/// One event in so many leaves an image of its account.
constexpr std::uint64_t image_interval = 128;
/// The image of so many grants and holds is made at every turn, of twice as many at every second
/// one, and so on: images take about the same space for each event, whatever they show.
constexpr std::size_t image_parts = 32;

/// Events of one account may well have numbers that are all odd, or all a multiple of something:
/// whose turn it is depends on a mixed number.
constexpr std::uint64_t mixed(Seq seq) {
    std::uint64_t z = seq.value + 0x9E37'79B9'7F4A'7C15U;  // splitmix64 (Steele, Lea, Flood 2014)
    z = (z ^ (z >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D0'49BB'1331'11EBU;
    return z ^ (z >> 31U);
}
/// Does this event leave an image? Whether it does with so many parts is for whoever makes it.
constexpr bool image_turn(Seq seq) { return mixed(seq) % image_interval == 0; }
constexpr bool image_turn(Seq seq, std::size_t parts) {
    return image_turn(seq) && mixed(seq) / image_interval % (1 + parts / image_parts) == 0;
}

class AccountImages {
public:
    explicit AccountImages(Database& database);

    /// False: nothing could be written. Later questions will take longer; nothing else is lost.
    bool add(std::span<const AccountImage> images);

    /// The youngest image of the account that is not younger than `seq`.
    std::expected<std::optional<AccountImage>, JournalError> find(AccountNo no, Seq seq) const;

private:
    Database& database_;
};

}  // namespace creditd::replay::followers
