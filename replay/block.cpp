#include "replay/block.hpp"

#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "core/assert.hpp"
#include "replay/crc32c.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay {
namespace {

static_assert(std::endian::native == std::endian::little, "integers are stored as they lie");

// Offsets of the table in block.hpp.
constexpr std::size_t at_magic = 0;
constexpr std::size_t at_format = 4;
constexpr std::size_t at_flags = 6;
constexpr std::size_t at_ledger = 8;
constexpr std::size_t at_shard = 24;
constexpr std::size_t at_reserved = 26;
constexpr std::size_t at_count = 28;
constexpr std::size_t at_epoch = 32;
constexpr std::size_t at_first_seq = 40;
constexpr std::size_t at_time = 48;
constexpr std::size_t at_body_bytes = 56;
constexpr std::size_t at_prev_hash = 60;
constexpr std::size_t at_crc = 92;
static_assert(at_crc + sizeof(std::uint32_t) == block_format::header_bytes);

template <class T>
void store(char* header, std::size_t offset, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(header + offset, &value, sizeof value);
}

template <class T>
T load(const char* bytes, std::size_t offset = 0) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, bytes + offset, sizeof value);
    return value;
}

std::uint32_t checksum(std::string_view block) {
    return crc32c(block.substr(block_format::header_bytes), crc32c(block.substr(0, at_crc)));
}

/// What must hold in any block beyond its sizes and checksum.
bool is_sound(const BlockHeader& header, std::uint16_t reserved) {
    using block_format::seq_max;
    return reserved == 0 && header.count >= 1 && (!header.is_claim || header.count == 1) &&
           header.epoch.value >= 1 && header.first_seq.value >= 1 &&
           header.first_seq.value <= seq_max && header.count <= seq_max &&
           header.last_seq().value <= seq_max;
}

/// Do exactly `count` events of allowed lengths fill `body`?
bool holds_events(std::string_view body, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        if (body.size() < block_format::length_bytes) return false;
        const auto length = load<std::uint32_t>(body.data());
        body.remove_prefix(block_format::length_bytes);
        if (length == 0 || length > limits::event_bytes_max || length > body.size()) return false;
        body.remove_prefix(length);
    }
    return body.empty();
}

}  // namespace

// --- writing -------------------------------------------------------------------------------------

void BlockBuilder::begin(Seq first_seq) {
    CREDITD_ASSERT(is_empty());
    CREDITD_ASSERT(first_seq.value >= 1);
    if (bytes_.capacity() < spare_.capacity()) bytes_.swap(spare_);
    bytes_.reserve(limits::block_bytes_target + limits::block_bytes_target / 8);
    bytes_.assign(block_format::header_bytes, '\0');
    first_seq_ = first_seq;
}

bool BlockBuilder::fits(std::size_t event_bytes) const {
    return event_bytes <= limits::event_bytes_max &&
           bytes_.size() + block_format::length_bytes + event_bytes <= limits::block_bytes_max;
}

void BlockBuilder::append(std::string_view event) {
    CREDITD_ASSERT(first_seq_.value >= 1);
    CREDITD_ASSERT(!event.empty() && fits(event.size()));
    const auto length = static_cast<std::uint32_t>(event.size());
    char prefix[block_format::length_bytes];
    store(prefix, 0, length);
    bytes_.append(prefix, sizeof prefix);
    bytes_.append(event);
    ++count_;
}

SealedBlock BlockBuilder::seal(const ChainTip& previous, Timestamp time) {
    CREDITD_ASSERT(!previous.is_empty());
    return finish(previous, previous.chain, previous.epoch, 0, time);
}

SealedBlock BlockBuilder::seal_claim(const ChainTip& previous, const ChainId& chain,
                                     Timestamp time) {
    CREDITD_ASSERT(count_ == 1);
    CREDITD_ASSERT(previous.is_empty() || previous.chain == chain);
    const Epoch raised{previous.epoch.value + 1};
    return finish(previous, chain, raised, block_format::flag_claim, time);
}

SealedBlock BlockBuilder::finish(const ChainTip& previous, const ChainId& chain, Epoch epoch,
                                 std::uint16_t flags, Timestamp time) {
    CREDITD_ASSERT(!is_empty());
    CREDITD_ASSERT(first_seq_ == previous.seq.next());
    char* header = bytes_.data();
    std::memcpy(header + at_magic, block_format::magic.data(), block_format::magic.size());
    store(header, at_format, block_format::version);
    store(header, at_flags, flags);
    store(header, at_ledger, chain.ledger.bytes);
    store(header, at_shard, chain.shard);
    store(header, at_count, count_);
    store(header, at_epoch, epoch.value);
    store(header, at_first_seq, first_seq_.value);
    store(header, at_time, time.value);
    store(header, at_body_bytes,
          static_cast<std::uint32_t>(bytes_.size() - block_format::header_bytes));
    store(header, at_prev_hash, previous.hash.bytes);
    store(header, at_crc, checksum(bytes_));

    const Seq last_seq{first_seq_.value + count_ - 1};
    SealedBlock block{
        first_seq_, count_, {chain, epoch, last_seq, sha256(bytes_), time}, std::move(bytes_)};
    bytes_.clear();
    first_seq_ = Seq{};
    count_ = 0;
    return block;
}

// --- reading -------------------------------------------------------------------------------------

std::string_view describe(BlockError error) {
    switch (error) {
        case BlockError::too_short: return "it is too short for a block";
        case BlockError::too_large: return "it is larger than a block may be";
        case BlockError::bad_magic: return "it does not begin as a block does";
        case BlockError::unknown_format: return "its format is unknown to this version";
        case BlockError::wrong_size: return "its size is not the one that it states";
        case BlockError::wrong_checksum: return "its checksum is wrong";
        case BlockError::unknown_flags: return "it has flags unknown to this version";
        case BlockError::bad_header: return "its header contradicts itself";
        case BlockError::bad_events: return "its event lengths do not add up";
    }
    CREDITD_ASSERT(!"a block error outside the enum");
}

std::string_view EventIterator::operator*() const {
    return {at_ + block_format::length_bytes, load<std::uint32_t>(at_)};
}

EventIterator& EventIterator::operator++() {
    at_ += block_format::length_bytes + load<std::uint32_t>(at_);
    return *this;
}

EventIterator EventIterator::operator++(int) {
    EventIterator before = *this;
    ++*this;
    return before;
}

std::optional<BlockHeader> peek_header(std::string_view bytes) {
    if (bytes.size() < block_format::header_bytes) return std::nullopt;
    const char* at = bytes.data();
    BlockHeader header;
    header.chain.ledger.bytes = load<decltype(LedgerId::bytes)>(at, at_ledger);
    header.chain.shard = load<std::uint16_t>(at, at_shard);
    header.is_claim = (load<std::uint16_t>(at, at_flags) & block_format::flag_claim) != 0;
    header.epoch = Epoch{load<std::uint64_t>(at, at_epoch)};
    header.first_seq = Seq{load<std::uint64_t>(at, at_first_seq)};
    header.count = load<std::uint32_t>(at, at_count);
    header.time = Timestamp{load<std::int64_t>(at, at_time)};
    header.body_bytes = load<std::uint32_t>(at, at_body_bytes);
    header.prev_hash.bytes = load<decltype(Hash256::bytes)>(at, at_prev_hash);
    header.crc = load<std::uint32_t>(at, at_crc);
    return header;
}

std::expected<BlockView, BlockError> BlockView::parse(std::string_view bytes) {
    using enum BlockError;
    const auto header = peek_header(bytes);
    if (!header) return std::unexpected(too_short);
    if (!bytes.starts_with(block_format::magic)) return std::unexpected(bad_magic);
    // Another format may mean everything below otherwise, its checksum included.
    if (load<std::uint16_t>(bytes.data(), at_format) != block_format::version) {
        return std::unexpected(unknown_format);
    }
    if (bytes.size() > limits::block_bytes_max) return std::unexpected(too_large);
    const std::string_view body = bytes.substr(block_format::header_bytes);
    if (body.size() != header->body_bytes) return std::unexpected(wrong_size);
    if (checksum(bytes) != header->crc) return std::unexpected(wrong_checksum);
    const auto flags = load<std::uint16_t>(bytes.data(), at_flags);
    if ((flags & ~block_format::flag_claim) != 0) return std::unexpected(unknown_flags);
    const auto reserved = load<std::uint16_t>(bytes.data(), at_reserved);
    if (!is_sound(*header, reserved)) return std::unexpected(bad_header);
    if (!holds_events(body, header->count)) return std::unexpected(bad_events);
    return BlockView(*header, bytes);
}

Hash256 BlockView::hash() const { return sha256(bytes_); }

ChainTip BlockView::tip(const Hash256& hash) const {
    return {header_.chain, header_.epoch, last_seq(), hash, header_.time};
}

EventIterator BlockView::begin() const {
    return EventIterator(bytes_.data() + block_format::header_bytes);
}

EventIterator BlockView::end() const { return EventIterator(bytes_.data() + bytes_.size()); }

std::optional<std::string_view> BlockView::event(Seq seq) const {
    if (seq < first_seq() || seq > last_seq()) return std::nullopt;
    auto at = begin();
    for (Seq current = first_seq(); current < seq; current = current.next()) ++at;
    return *at;
}

}  // namespace creditd::replay
