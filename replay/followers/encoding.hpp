// The few number encodings that the followers' families share: big-endian where RocksDB's order of
// bytes must be the order of numbers, varints where values should be small. Pure; any thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace creditd::replay::followers {

/// The last `bytes` bytes of `value`, big-endian.
inline void append_be(std::string& out, std::uint64_t value, unsigned bytes) {
    static_assert(std::endian::native == std::endian::little);
    const std::uint64_t swapped = __builtin_bswap64(value);
    out.append(reinterpret_cast<const char*>(&swapped) + (8 - bytes), bytes);
}

/// All of `bytes`, at most 8, as a big-endian number.
inline std::uint64_t read_be(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
    return value;
}

/// LEB128: seven bits a byte, the lowest first.
inline void append_varint(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>((value & 0x7f) | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

/// Reads from the front of a value that has been stored by this program. Running over the end, or
/// a number too long, makes it `bad` for good; everything read from then on is 0 or empty.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    bool is_empty() const { return rest_.empty(); }
    bool is_bad() const { return bad_; }

    std::string_view take(std::size_t bytes) {
        if (bytes > rest_.size()) return fail();
        const std::string_view taken = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return taken;
    }
    std::uint64_t be(unsigned bytes) { return read_be(take(bytes)); }
    std::uint8_t byte() { return static_cast<std::uint8_t>(be(1)); }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t next = byte();
            value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
            if ((next & 0x80) == 0) return value;
        }
        fail();
        return 0;
    }

private:
    std::string_view fail() {
        bad_ = true;
        rest_ = {};
        return {};
    }

    std::string_view rest_;
    bool bad_ = false;
};

/// A bijection of 64 bits that spreads neighbours over the whole range (the finalizer of
/// SplitMix64, Steele, Lea and Flood 2014). Part of a stored format: never to be changed.
inline std::uint64_t spread(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

}  // namespace creditd::replay::followers
