// The nouns of the ledger as types of their own, so that two of them can never be mixed up.
// Plain values: no allocation, no clock. Amounts are in credits.hpp, bounds in limits.hpp.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace creditd {

/// A number with a name: comparable with its own kind only, never implicitly converted.
template <class Tag, class Rep>
struct Strong {
    Rep value{};
    constexpr Strong() = default;
    constexpr explicit Strong(Rep initial) : value(initial) {}
    constexpr auto operator<=>(const Strong&) const = default;
};

/// Position of an event in the log; the first event has 1, 0 means "before the first".
struct Seq : Strong<struct SeqTag, std::uint64_t> {
    using Strong::Strong;
    constexpr Seq next() const { return Seq{value + 1}; }
};

/// Leadership term; raised by every CLAIM, 0 means "never claimed".
struct Epoch : Strong<struct EpochTag, std::uint64_t> {
    using Strong::Strong;
};

/// Length of time in microseconds.
struct Duration : Strong<struct DurationTag, std::int64_t> {
    using Strong::Strong;
    static constexpr Duration seconds(std::int64_t n) { return Duration{n * 1'000'000}; }
    static constexpr Duration days(std::int64_t n) { return seconds(n * 86'400); }
};

/// Moment in microseconds since 1970-01-01T00:00:00Z. `never()` is later than every real moment.
struct Timestamp : Strong<struct TimestampTag, std::int64_t> {
    using Strong::Strong;
    static constexpr Timestamp never() { return Timestamp{INT64_MAX}; }
    constexpr bool is_never() const { return value == INT64_MAX; }
};
constexpr Timestamp operator+(Timestamp t, Duration d) { return Timestamp{t.value + d.value}; }
constexpr Duration operator-(Timestamp a, Timestamp b) { return Duration{a.value - b.value}; }

/// Dense number of an account in order of creation, from 0. Internal, but recorded in events.
struct AccountNo : Strong<struct AccountNoTag, std::uint32_t> {
    using Strong::Strong;
    static constexpr AccountNo none() { return AccountNo{UINT32_MAX}; }
    constexpr bool is_none() const { return value == UINT32_MAX; }
};

/// A grant: the event that made it, and its place among the grants of that event (a transfer
/// makes several). Shown as `grt_<seq>`, or `grt_<seq>_<index>` for an index above 0.
struct GrantId : Strong<struct GrantIdTag, std::uint64_t> {
    using Strong::Strong;
    static constexpr unsigned index_bits = 16;
    static constexpr GrantId of(Seq seq, std::uint16_t index) {
        return GrantId{(seq.value << index_bits) | index};
    }
    constexpr Seq seq() const { return Seq{value >> index_bits}; }
    constexpr std::uint16_t index() const { return static_cast<std::uint16_t>(value & 0xffff); }
};

/// A hold, by the event that placed it. Shown as `hold_<seq>`.
struct HoldId : Strong<struct HoldIdTag, std::uint64_t> {
    using Strong::Strong;
    constexpr Seq seq() const { return Seq{value}; }
};

/// A deduction or a capture, by its event. Shown as `txn_<seq>`.
struct DeductionId : Strong<struct DeductionIdTag, std::uint64_t> {
    using Strong::Strong;
    constexpr Seq seq() const { return Seq{value}; }
};

/// ISO 4217 code in upper case (`USD`); all zero where there is none.
struct Currency {
    std::array<char, 3> code{};
    constexpr auto operator<=>(const Currency&) const = default;
    constexpr bool is_none() const { return code[0] == 0; }
    std::string text() const { return is_none() ? std::string{} : std::string(code.data(), 3); }
    static constexpr Currency of(std::string_view text) {
        Currency result;
        if (text.size() == 3) result.code = {text[0], text[1], text[2]};
        return result;
    }
};

/// Real money in minor units of its currency (cents of USD, whole IDR × 100 per ISO 4217).
struct Money {
    std::int64_t minor = 0;
    Currency currency{};
    constexpr auto operator<=>(const Money&) const = default;
};

/// First 128 bits of a SHA-256, used to find keys and to compare requests. Computed outside core.
struct Digest {
    std::array<std::uint8_t, 16> bytes{};
    constexpr auto operator<=>(const Digest&) const = default;
    /// The leading 64 bits: uniformly distributed already, so they serve as the hash.
    std::uint64_t prefix() const {
        std::uint64_t result = 0;
        std::memcpy(&result, bytes.data(), sizeof result);
        return result;
    }
};

/// A whole SHA-256.
struct Hash256 {
    std::array<std::uint8_t, 32> bytes{};
    constexpr auto operator<=>(const Hash256&) const = default;
};

/// Is `text` an id a client may choose: `[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}`?
bool is_valid_id(std::string_view text);

}  // namespace creditd
