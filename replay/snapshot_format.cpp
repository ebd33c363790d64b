#include "replay/snapshot_format.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "replay/crc32c.hpp"

namespace creditd::replay {
namespace {

template <class Number, std::size_t N>
void put(std::array<char, N>& bytes, std::size_t offset, Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        bytes[offset + i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
    }
}

template <class Number, std::size_t N>
Number get(const std::array<char, N>& bytes, std::size_t offset) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        value |= std::uint64_t{static_cast<unsigned char>(bytes[offset + i])} << (8 * i);
    }
    return static_cast<Number>(value);
}

template <std::size_t N, std::size_t M>
void put_bytes(std::array<char, N>& bytes, std::size_t offset,
               const std::array<std::uint8_t, M>& value) {
    std::memcpy(bytes.data() + offset, value.data(), M);
}

template <std::size_t N, std::size_t M>
void get_bytes(const std::array<char, N>& bytes, std::size_t offset,
               std::array<std::uint8_t, M>& value) {
    std::memcpy(value.data(), bytes.data() + offset, M);
}

}  // namespace

HeaderBytes encode_header(const SnapshotHeader& header) {
    HeaderBytes bytes{};
    std::memcpy(bytes.data(), snapshot_format::header_magic.data(), 4);
    put(bytes, 4, snapshot_format::version);
    put(bytes, 6, header.tip.chain.shard);
    put_bytes(bytes, 8, header.tip.chain.ledger.bytes);
    put(bytes, 24, header.tip.epoch.value);
    put(bytes, 32, header.tip.seq.value);
    put(bytes, 40, header.tip.time.value);
    put_bytes(bytes, 48, header.tip.hash.bytes);
    put(bytes, 80, header.accounts);
    put(bytes, 88, header.chunks);
    put(bytes, 124, crc32c(view_of(bytes).substr(0, 124)));
    return bytes;
}

std::optional<SnapshotHeader> decode_header(const HeaderBytes& bytes) {
    SnapshotHeader header;
    header.tip.chain.shard = get<std::uint16_t>(bytes, 6);
    get_bytes(bytes, 8, header.tip.chain.ledger.bytes);
    header.tip.epoch = Epoch{get<std::uint64_t>(bytes, 24)};
    header.tip.seq = Seq{get<std::uint64_t>(bytes, 32)};
    header.tip.time = Timestamp{get<std::int64_t>(bytes, 40)};
    get_bytes(bytes, 48, header.tip.hash.bytes);
    header.accounts = get<std::uint64_t>(bytes, 80);
    header.chunks = get<std::uint32_t>(bytes, 88);
    // One header has one spelling: that settles magic, format, reserved bytes and checksum.
    if (encode_header(header) != bytes) return std::nullopt;
    return header;
}

RecordHeadBytes encode_record_head(RecordKind kind, std::uint32_t index, std::string_view body) {
    RecordHeadBytes bytes{};
    put(bytes, 0, static_cast<std::uint32_t>(kind));
    put(bytes, 4, index);
    put(bytes, 8, static_cast<std::uint32_t>(body.size()));
    put(bytes, 12, crc32c(body, crc32c(view_of(bytes).substr(0, 12))));
    return bytes;
}

RecordHead decode_record_head(const RecordHeadBytes& bytes) {
    return {static_cast<RecordKind>(get<std::uint32_t>(bytes, 0)), get<std::uint32_t>(bytes, 4),
            get<std::uint32_t>(bytes, 8), get<std::uint32_t>(bytes, 12)};
}

bool is_sound_record(const RecordHeadBytes& head, std::string_view body) {
    const RecordHead parsed = decode_record_head(head);
    return parsed.body_bytes == body.size() &&
           parsed.crc == crc32c(body, crc32c(view_of(head).substr(0, 12)));
}

FooterBytes encode_footer(const SnapshotFooter& footer) {
    FooterBytes bytes{};
    std::memcpy(bytes.data(), snapshot_format::footer_magic.data(), 4);
    put_bytes(bytes, 4, footer.state_hash.bytes);
    put_bytes(bytes, 36, footer.file_hash.bytes);
    put(bytes, 76, crc32c(view_of(bytes).substr(0, 76)));
    return bytes;
}

std::optional<SnapshotFooter> decode_footer(const FooterBytes& bytes) {
    SnapshotFooter footer;
    get_bytes(bytes, 4, footer.state_hash.bytes);
    get_bytes(bytes, 36, footer.file_hash.bytes);
    if (encode_footer(footer) != bytes) return std::nullopt;
    return footer;
}

std::filesystem::path snapshot_path(const std::filesystem::path& folder, Seq seq) {
    return folder / fmt::format("{:020}{}", seq.value, snapshot_format::extension);
}

std::optional<Seq> snapshot_seq(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    constexpr std::size_t digits = 20;
    if (name.size() != digits + snapshot_format::extension.size()) return std::nullopt;
    if (!name.ends_with(snapshot_format::extension)) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + digits, value);
    if (error != std::errc{} || end != name.data() + digits) return std::nullopt;
    return Seq{value};
}

}  // namespace creditd::replay
