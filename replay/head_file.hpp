// The head file: what the journal must reach at least. A database alone does not notice that its
// end was cut off; this small file beside it does. Written before the first answer, every second,
// and at a clean stop; never ahead of what is durable. Text, so that a person can read it.
// Written by one thread at a time.
//
//   creditd-head 1
//   ledger <32 hex digits>
//   shard <number>
//   epoch <number>
//   seq <number>             the last event of a block
//   hash <64 hex digits>     the hash of that block
//   time <number>            µs since 1970-01-01T00:00:00Z, of that block
//   clean <0 or 1>           1: written by a stop in good order, after the last event
//   crc32c <8 hex digits>    of all the lines above
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "replay/block.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {

struct Head {
    ChainTip tip{};
    bool is_clean = false;
    bool operator==(const Head&) const = default;
};

std::string encode_head(const Head& head);
/// Nothing unless `text` is exactly what `encode_head` makes of some head.
std::optional<Head> decode_head(std::string_view text);

/// Durable on return: temporary file, fsync, rename, folder fsync.
std::expected<void, JournalError> write_head(const std::filesystem::path& path, const Head& head);

/// The head, or nothing when there is no file. `damaged`: there is one, but it cannot be trusted.
std::expected<std::optional<Head>, JournalError> read_head(const std::filesystem::path& path);

/// The check at start: the journal reaches the head, with the same hash there; and a journal with
/// events has a head. Else the error names what is missing, and creditd refuses to serve.
std::expected<void, JournalError> check_head(const std::optional<Head>& head,
                                             const Journal& journal);

}  // namespace creditd::replay
