// What an archive is: a folder that can be verified without a database. FORMAT.md has the whole
// description; here is its manifest, and what stands where in it. Values only; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/block.hpp"

namespace creditd::replay::archive {

/// A segment ends with the block that brings it to this size.
inline constexpr std::uint64_t segment_bytes_target = 64ull << 20;
/// Before each block of a segment: its length.
inline constexpr std::size_t length_bytes = 4;
inline constexpr std::uint64_t segment_bytes_max =
    segment_bytes_target + limits::block_bytes_max + length_bytes;
inline constexpr std::size_t manifest_bytes_max = 64u << 20;

struct Segment {
    Seq first_seq{};
    std::uint64_t bytes = 0;
};

struct Manifest {
    /// Where the chain ends.
    ChainTip tip{};
    /// Leaves under the checkpoint; 0: nothing was signed.
    std::uint64_t signed_size = 0;
    std::vector<Segment> segments;
};

std::string encode_manifest(const Manifest& manifest);
/// Nothing unless `text` is exactly what `encode_manifest` makes of a manifest that can be.
std::optional<Manifest> decode_manifest(std::string_view text);

struct Layout {
    std::filesystem::path root;
    std::filesystem::path manifest() const { return root / "manifest"; }
    std::filesystem::path blocks() const { return root / "blocks"; }
    std::filesystem::path segment(Seq first_seq) const;
    std::filesystem::path tiles() const { return root / "tile"; }
    std::filesystem::path checkpoint() const { return root / "checkpoint"; }
    /// The newest checkpoint that witnesses have cosigned, if any.
    std::filesystem::path cosigned() const { return root / "cosigned"; }
    std::filesystem::path keys() const { return root / "keys"; }
};

}  // namespace creditd::replay::archive
