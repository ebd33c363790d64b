// The state mark: which state a program had at some position of the log, by its hash, and which
// program that was. Written with each snapshot and at a clean stop. Another program must come to
// the same state from the same events before it serves: the upgrade gate. Text; one writer at a
// time.
//
//   creditd-state 1
//   version <text>           of the program
//   binary <64 hex digits>   SHA-256 of the program's file
//   seq <number>             the last event of a block
//   hash <64 hex digits>     the hash of that block
//   state <64 hex digits>    the state hash (state_hash.hpp)
//   crc32c <8 hex digits>    of all the lines above
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "replay/files.hpp"
#include "replay/recovery.hpp"

namespace creditd::replay {

struct StateMark {
    std::string version;
    Hash256 binary{};
    Seq seq{};
    Hash256 hash{};
    Hash256 state{};
    bool operator==(const StateMark&) const = default;
};

/// Beside the head.
inline std::filesystem::path state_mark_path(const DataFolder& folder) {
    return folder.root / "state";
}

std::string encode_state_mark(const StateMark& mark);
/// Nothing unless `text` is exactly what `encode_state_mark` makes of some mark.
std::optional<StateMark> decode_state_mark(std::string_view text);

/// Durable on return.
std::expected<void, JournalError> write_state_mark(const std::filesystem::path& path,
                                                   const StateMark& mark);
/// The mark, or nothing when there is no file. `damaged`: there is one, but it cannot be trusted.
std::expected<std::optional<StateMark>, JournalError> read_state_mark(
    const std::filesystem::path& path);

/// What a program that finds a mark makes of it.
enum class MarkVerdict : std::uint8_t {
    own,        // this program made it: nothing to verify
    same,       // the log was replayed from its first event, to the same state
    different,  // to another one: this program must not serve
    foreign,    // the log does not have that block, after a loss that was accepted: says nothing
};

struct MarkCheck {
    MarkVerdict verdict = MarkVerdict::own;
    Hash256 replayed{};  // the state of this program, if it was replayed
    std::uint64_t events = 0;
    double seconds = 0;
};

/// Replays as far as the mark if `binary` is not its own. The journal must be open.
std::expected<MarkCheck, JournalError> check_state_mark(
    const Journal& journal, const StateMark& mark, const Hash256& binary, unsigned threads = 2,
    const std::function<void(const RecoveryProgress&)>& progress = {});

/// Where the chain stands at `seq`, the end of a block; nothing: no block ends there.
std::expected<std::optional<ChainTip>, JournalError> tip_at(const Journal& journal, Seq seq);

}  // namespace creditd::replay
