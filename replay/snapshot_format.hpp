// THE format of a snapshot file: the whole state at one position of the log. Its writer is
// snapshot_writer.hpp, its reader snapshot_reader.hpp; what is inside a record is FlatBuffers
// (schemas/snapshot_codec.hpp). Pure values and functions.
//
//   header        128 bytes, once; all integers little-endian
//   record        16 bytes of head and a body, once for the ledger, then for each chunk in order
//   footer         80 bytes, once, at the very end of the file
//
//   header: offset bytes field
//              0     4 magic           "CRDS"
//              4     2 format          1; another format is refused
//              6     2 shard
//              8    16 ledger          id of the ledger
//             24     8 epoch           of the chain's tip
//             32     8 seq             of the last event in this state; the end of a block
//             40     8 time            of that event, µs since 1970-01-01T00:00:00Z
//             48    32 chain_hash      of the block that ends at `seq`
//             80     8 accounts        number of accounts
//             88     4 chunks          number of chunk records
//             92    32 reserved        zeros
//            124     4 crc32c          of bytes 0 to 123
//   record:    0     4 kind            1 the ledger, 2 a chunk
//              4     4 index           0 for the ledger; a chunk's number, from 0
//              8     4 body_bytes
//             12     4 crc32c          of bytes 0 to 11 followed by the body
//   footer:    0     4 magic           "CRDE"
//              4    32 state_hash      of the state (state_hash.hpp)
//             36    32 file_hash       SHA-256 of the header, every record's head and state_hash;
//                                      the bodies are in it through their checksums
//             68     8 reserved        zeros
//             76     4 crc32c          of bytes 0 to 75
//
// The file is snapshots/<seq in 20 digits>.snap; it comes there by rename, complete and synced.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "replay/block.hpp"

namespace creditd::replay {

namespace snapshot_format {
inline constexpr std::string_view header_magic = "CRDS";
inline constexpr std::string_view footer_magic = "CRDE";
inline constexpr std::uint16_t version = 1;
inline constexpr std::size_t header_bytes = 128;
inline constexpr std::size_t record_head_bytes = 16;
inline constexpr std::size_t footer_bytes = 80;
/// A chunk of 64 accounts that all have 4096 grants and holds stays below; more is damage.
inline constexpr std::size_t body_bytes_max = std::size_t{1} << 30;
/// What a chunk is, is part of the format.
static_assert(limits::chunk_accounts == 64);
inline constexpr std::string_view extension = ".snap";
inline constexpr std::string_view unfinished_extension = ".snap.unfinished";
}  // namespace snapshot_format

struct SnapshotHeader {
    ChainTip tip{};
    std::uint64_t accounts = 0;
    std::uint32_t chunks = 0;
    bool operator==(const SnapshotHeader&) const = default;
};

enum class RecordKind : std::uint32_t { ledger = 1, chunk = 2 };

struct RecordHead {
    RecordKind kind = RecordKind::chunk;
    std::uint32_t index = 0;
    std::uint32_t body_bytes = 0;
    std::uint32_t crc = 0;
};

struct SnapshotFooter {
    Hash256 state_hash{};
    Hash256 file_hash{};
};

using HeaderBytes = std::array<char, snapshot_format::header_bytes>;
using RecordHeadBytes = std::array<char, snapshot_format::record_head_bytes>;
using FooterBytes = std::array<char, snapshot_format::footer_bytes>;

HeaderBytes encode_header(const SnapshotHeader& header);
/// Nothing unless every byte is as `encode_header` makes it.
std::optional<SnapshotHeader> decode_header(const HeaderBytes& bytes);

/// The head of a record with this body, checksum included.
RecordHeadBytes encode_record_head(RecordKind kind, std::uint32_t index, std::string_view body);
RecordHead decode_record_head(const RecordHeadBytes& bytes);
/// Is `crc` that of this head and body?
bool is_sound_record(const RecordHeadBytes& head, std::string_view body);

FooterBytes encode_footer(const SnapshotFooter& footer);
std::optional<SnapshotFooter> decode_footer(const FooterBytes& bytes);

/// `folder`/<20 digits>.snap
std::filesystem::path snapshot_path(const std::filesystem::path& folder, Seq seq);
/// The position in a file name; nothing if it is not that of a finished snapshot.
std::optional<Seq> snapshot_seq(const std::filesystem::path& path);

template <std::size_t N>
std::string_view view_of(const std::array<char, N>& bytes) {
    return {bytes.data(), bytes.size()};
}

}  // namespace creditd::replay
