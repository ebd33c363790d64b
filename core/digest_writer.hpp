// How the canonical bytes of a state are spelled: the writer of numbers and texts, and the
// catalog's part. Inside core only; what they are for is in state_digest.hpp.
#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "core/catalog.hpp"

namespace creditd::digesting {

/// Little-endian integers and length-prefixed strings. Through a small buffer: a state of ten
/// million accounts has half a billion numbers.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    ~Writer() { drain(); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void number(std::uint64_t value) {
        if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
        if (size_ + sizeof value > buffer_.size()) drain();
        std::memcpy(buffer_.data() + size_, &value, sizeof value);
        size_ += sizeof value;
    }
    void number(std::int64_t value) { number(static_cast<std::uint64_t>(value)); }
    void wide(WideCredits value) {
        number(static_cast<std::uint64_t>(value));
        number(static_cast<std::uint64_t>(value >> 64));
    }
    template <class Tag, class Rep>
    void number(Strong<Tag, Rep> value) {
        if constexpr (std::is_signed_v<Rep>) {
            number(static_cast<std::int64_t>(value.value));
        } else {
            number(static_cast<std::uint64_t>(value.value));
        }
    }
    void flag(bool value) { raw({value ? "\1" : "\0", 1}); }
    void text(std::string_view value) {
        number(static_cast<std::uint64_t>(value.size()));
        raw(value);
    }
    template <std::size_t N>
    void bytes(const std::array<std::uint8_t, N>& value) {
        raw({reinterpret_cast<const char*>(value.data()), N});
    }
    void count(std::size_t value) { number(static_cast<std::uint64_t>(value)); }

    template <class Enum>
    void choice(Enum value) {
        count(static_cast<std::size_t>(value));
    }
    /// Before what stands only where there is some: no count, number of a grant or length of a
    /// text is this, so what follows cannot be taken for anything else.
    void mark(std::string_view name) {
        number(UINT64_MAX);
        text(name);
    }

private:
    void raw(std::string_view value) {
        if (size_ + value.size() > buffer_.size()) drain();
        if (value.size() > buffer_.size()) {
            out_.append(value);
            return;
        }
        std::memcpy(buffer_.data() + size_, value.data(), value.size());
        size_ += value.size();
    }
    void drain() {
        out_.append(buffer_.data(), size_);
        size_ = 0;
    }

    std::string& out_;
    std::size_t size_ = 0;
    std::array<char, 1024> buffer_;  // uninitialised: only what was written is read
};

/// One feature, with what its price has beyond a flat one.
void write_feature(Writer& writer, const Feature& feature);
/// Nothing at all where there are no offers and the settings are the default.
void write_offers(Writer& writer, const Catalog& catalog);

}  // namespace creditd::digesting
