// THE format of the journal: one block, its writer (BlockBuilder) and its reader (BlockView).
// Events are opaque bytes here; what they mean is the schemas' affair, which blocks count is the
// fold's (fold.hpp), where they are kept the journal's. Pure values: any thread, one at a time.
//
// A stored block, all integers little-endian, no padding:
//
//   offset bytes field
//        0     4 magic         "CRDB"
//        4     2 format        1; another format is refused, never guessed at
//        6     2 flags         bit 0: CLAIM (the block holds one event, which raises the epoch);
//                              every other bit is 0, else the block is refused
//        8    16 ledger        random id of the ledger
//       24     2 shard
//       26     2 reserved      0
//       28     4 count         number of events, >= 1
//       32     8 epoch         >= 1
//       40     8 first_seq     sequence number of the first event, >= 1; the others follow on
//       48     8 time          of the last event, signed µs since 1970-01-01T00:00:00Z
//       56     4 body_bytes    everything after the header
//       60    32 prev_hash     SHA-256 of the previous block as stored; zeros in the first
//       92     4 crc32c        of bytes 0 to 91 followed by the body
//       96     … body          count × (u32 length >= 1, that many bytes)
//
// The hash of a block is SHA-256 of all its bytes as stored. Bounds: block_bytes_max and
// event_bytes_max of core/limits.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "core/limits.hpp"
#include "core/types.hpp"

namespace creditd::replay {

namespace block_format {
inline constexpr std::string_view magic = "CRDB";
inline constexpr std::uint16_t version = 1;
inline constexpr std::uint16_t flag_claim = 1;
inline constexpr std::size_t header_bytes = 96;
inline constexpr std::size_t length_bytes = 4;
/// A grant's id is its seq with 16 bits behind it, so a seq has 48.
inline constexpr std::uint64_t seq_max = (std::uint64_t{1} << 48) - 1;
static_assert(header_bytes + length_bytes + limits::event_bytes_max <= limits::block_bytes_max);
}  // namespace block_format

/// Random name of a ledger, chosen once when its journal is made.
struct LedgerId {
    std::array<std::uint8_t, 16> bytes{};
    constexpr auto operator<=>(const LedgerId&) const = default;
};

/// Which chain a block belongs to.
struct ChainId {
    LedgerId ledger{};
    std::uint16_t shard = 0;
    constexpr auto operator<=>(const ChainId&) const = default;
};

/// Where a chain ends: its last event, the hash of the block that holds it, and that block's time.
/// The tip of an empty chain is all zero.
struct ChainTip {
    ChainId chain{};
    Epoch epoch{};
    Seq seq{};
    Hash256 hash{};
    Timestamp time{};
    constexpr bool is_empty() const { return seq == Seq{}; }
    constexpr auto operator<=>(const ChainTip&) const = default;
};

/// A finished block, ready to be appended. `tip` is where the chain ends with it.
struct SealedBlock {
    Seq first_seq{};
    std::uint32_t count = 0;
    ChainTip tip{};
    std::string bytes;
};

struct BlockHeader {
    ChainId chain{};
    bool is_claim = false;
    Epoch epoch{};
    Seq first_seq{};
    std::uint32_t count = 0;
    Timestamp time{};
    std::uint32_t body_bytes = 0;
    Hash256 prev_hash{};
    std::uint32_t crc = 0;
    Seq last_seq() const { return Seq{first_seq.value + count - 1}; }
};

/// Fills one block after the other; keeps its buffer where the caller gives it back.
class BlockBuilder {
public:
    /// Starts a block whose first event is `first_seq`. The block before must have been sealed.
    void begin(Seq first_seq);
    /// Adds the next event. It must fit (`fits`), have a byte at least and event_bytes_max at most.
    void append(std::string_view event);

    bool is_empty() const { return count_ == 0; }
    std::uint32_t count() const { return count_; }
    Seq next_seq() const { return Seq{first_seq_.value + count_}; }
    /// Size of the stored block, were it sealed now.
    std::size_t bytes() const { return bytes_.size(); }
    /// Time to seal it, unless an atomic batch is being written.
    bool is_full() const { return bytes_.size() >= limits::block_bytes_target; }
    bool fits(std::size_t event_bytes) const;

    /// Finishes the block as the successor of `previous`, in the same epoch. `time` is that of the
    /// last event. Hands out the buffer; the builder must `begin` again.
    SealedBlock seal(const ChainTip& previous, Timestamp time);
    /// The same for a CLAIM: one event, the epoch after `previous`, and `chain` if that is empty.
    SealedBlock seal_claim(const ChainTip& previous, const ChainId& chain, Timestamp time);
    /// Takes a buffer back for the next block, so that steady work allocates nothing.
    void reuse(std::string&& buffer) { spare_ = std::move(buffer); }

private:
    SealedBlock finish(const ChainTip& previous, const ChainId& chain, Epoch epoch,
                       std::uint16_t flags, Timestamp time);

    std::string bytes_;
    std::string spare_;
    Seq first_seq_{};
    std::uint32_t count_ = 0;
};

enum class BlockError : std::uint8_t {
    too_short,
    too_large,
    bad_magic,
    unknown_format,
    wrong_size,
    wrong_checksum,
    unknown_flags,
    bad_header,
    bad_events,
};

/// What is wrong, in half a sentence ("its checksum is wrong").
std::string_view describe(BlockError error);

/// Forward iteration over the events of a block that has been parsed.
class EventIterator {
public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;

    EventIterator() = default;
    explicit EventIterator(const char* at) : at_(at) {}
    std::string_view operator*() const;
    EventIterator& operator++();
    EventIterator operator++(int);
    bool operator==(const EventIterator&) const = default;

private:
    const char* at_ = nullptr;
};

/// A verified look at a stored block. Does not own the bytes.
class BlockView {
public:
    /// Verifies magic, format, sizes, checksum, header and event lengths, in this order; never
    /// reads past `bytes`. Verifies no hash: that takes the block before (fold.hpp).
    static std::expected<BlockView, BlockError> parse(std::string_view bytes);

    const BlockHeader& header() const { return header_; }
    Seq first_seq() const { return header_.first_seq; }
    Seq last_seq() const { return header_.last_seq(); }
    std::string_view bytes() const { return bytes_; }
    /// SHA-256 of the stored bytes, computed at each call.
    Hash256 hash() const;
    /// Where the chain ends with this block; `hash` is `this->hash()`, known to the caller.
    ChainTip tip(const Hash256& hash) const;

    EventIterator begin() const;
    EventIterator end() const;
    /// The event with this number, or nothing when the block does not hold it. Linear in `count`.
    std::optional<std::string_view> event(Seq seq) const;

private:
    BlockView(const BlockHeader& header, std::string_view bytes) : header_(header), bytes_(bytes) {}
    BlockHeader header_;
    std::string_view bytes_;
};

/// The header as it stands, without any verification; nothing when there are too few bytes.
std::optional<BlockHeader> peek_header(std::string_view bytes);

}  // namespace creditd::replay
