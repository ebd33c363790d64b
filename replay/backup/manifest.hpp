// What a backup is: sealed segments that are never written again, and one manifest that names them
// all with their hashes. FORMAT.md has the whole description; here is the manifest, and which file
// has which name. Values only; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "replay/block.hpp"
#include "replay/proof/signed_note.hpp"

namespace creditd::replay::backup {

/// A segment ends with the block that brings its blocks, or its personal parts, to this size.
inline constexpr std::uint64_t segment_bytes_target = 64ull << 20;
/// Whatever says that it is larger is none of ours: what is read is held in memory.
inline constexpr std::uint64_t file_bytes_max = 512ull << 20;
inline constexpr std::size_t manifest_bytes_max = 64u << 20;

/// A file of a segment: what it must be.
struct File {
    std::uint64_t bytes = 0;
    Hash256 hash{};
    bool operator==(const File&) const = default;
};

struct Segment {
    Seq first_seq{};
    Seq last_seq{};
    Timestamp time{};  // of the last event
    File blocks;
    File personal;  // 0 bytes: its events have no personal part, and there is no file
    bool operator==(const Segment&) const = default;
};

struct Manifest {
    /// Where the chain ends, with the last segment.
    ChainTip tip{};
    /// The newest head of the log that was signed and is no larger than `tip`; empty: none.
    std::string checkpoint;
    /// Those of the log, for whoever has none from elsewhere.
    std::vector<proof::VerifierKey> keys;
    std::vector<Segment> segments;
    bool operator==(const Manifest&) const = default;
};

std::string encode_manifest(const Manifest& manifest);
/// Exactly what `encode_manifest` makes of a manifest that can be; else why not, in half a
/// sentence.
std::expected<Manifest, std::string> decode_manifest(std::string_view text);

inline constexpr std::string_view manifest_name = "backup.manifest";
inline constexpr std::string_view segments_name = "segments";
/// Names below the target: first number and the beginning of the hash, so that no two contents can
/// want the same name.
std::string blocks_name(const Segment& segment);
std::string personal_name(const Segment& segment);

}  // namespace creditd::replay::backup
