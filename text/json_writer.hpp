// Writes JSON onto the end of a string, in one pass and without looking back: commas, escapes,
// exact amounts, timestamps. It trusts its caller for balance of brackets and for valid UTF-8,
// except in `lossy_text`. Owned by whoever renders; one thread.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.hpp"
#include "core/credits.hpp"
#include "core/types.hpp"
#include "text/time_text.hpp"

namespace creditd {

/// Appends `text`, which must be valid UTF-8, as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

/// The same for bytes of unknown origin: each invalid byte becomes U+FFFD. DEL, U+2028 and U+2029
/// are escaped too, so that the text stays one line whoever reads it.
void append_json_string_lossy(std::string& out, std::string_view text);

class JsonWriter {
public:
    /// Begins with no comma: `out` may hold anything already.
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void begin_object(std::string_view name) { key(name), open('{'); }
    void begin_array(std::string_view name) { key(name), open('['); }

    /// A key of our own: short, and without need of escapes.
    void key(std::string_view name) {
        // Joined on the stack: one append costs less than four.
        std::array<char, key_bytes_max + 4> joined;
        CREDITD_ASSERT(name.size() <= key_bytes_max);
        char* at = joined.data();
        if (comma_) *at++ = ',';
        *at++ = '"';
        at = std::copy(name.begin(), name.end(), at);
        *at++ = '"';
        *at++ = ':';
        out_.append(joined.data(), static_cast<std::size_t>(at - joined.data()));
        comma_ = false;
    }
    /// A key that came from outside.
    void foreign_key(std::string_view name) {
        separate();
        append_json_string(out_, name);
        out_ += ':';
        comma_ = false;
    }

    void text(std::string_view value) { separate(), append_json_string(out_, value); }
    void lossy_text(std::string_view value) { separate(), append_json_string_lossy(out_, value); }
    void boolean(bool value) { separate(), out_ += value ? "true" : "false"; }
    void null() { separate(), out_ += "null"; }
    /// Valid JSON of one value, as it is.
    void raw(std::string_view json) { separate(), out_ += json; }
    void credits(Credits value, unsigned decimals) {
        separate(), append_decimal(out_, value.value, decimals);
    }
    /// `never()` is written as null.
    void timestamp(Timestamp value) {
        if (value.is_never()) return null();
        separate();
        out_ += '"';
        append_timestamp(out_, value);
        out_ += '"';
    }
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    void integer(Integer value) {
        separate();
        char digits[24];
        const auto result = std::to_chars(digits, digits + sizeof digits, value);
        out_.append(digits, static_cast<std::size_t>(result.ptr - digits));
    }
    /// `txn_42`: a prefix of our own and a number.
    void numbered(std::string_view prefix, std::uint64_t number) {
        separate();
        std::array<char, 48> joined;
        CREDITD_ASSERT(prefix.size() <= 24);
        char* at = joined.data();
        *at++ = '"';
        at = std::copy(prefix.begin(), prefix.end(), at);
        at = std::to_chars(at, joined.data() + joined.size() - 1, number).ptr;
        *at++ = '"';
        out_.append(joined.data(), static_cast<std::size_t>(at - joined.data()));
    }

    // The same as members of an object.
    void text(std::string_view name, std::string_view value) { key(name), text(value); }
    void lossy_text(std::string_view name, std::string_view value) { key(name), lossy_text(value); }
    void boolean(std::string_view name, bool value) { key(name), boolean(value); }
    void null(std::string_view name) { key(name), null(); }
    void raw(std::string_view name, std::string_view json) { key(name), raw(json); }
    void credits(std::string_view name, Credits value, unsigned decimals) {
        key(name), credits(value, decimals);
    }
    void timestamp(std::string_view name, Timestamp value) { key(name), timestamp(value); }
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    void integer(std::string_view name, Integer value) {
        key(name), integer(value);
    }
    void numbered(std::string_view name, std::string_view prefix, std::uint64_t number) {
        key(name), numbered(prefix, number);
    }
    /// A text, or null where it is empty.
    void text_or_null(std::string_view name, std::string_view value) {
        value.empty() ? null(name) : text(name, value);
    }

    std::string& out() { return out_; }

private:
    static constexpr std::size_t key_bytes_max = 60;

    void separate() {
        if (comma_) out_ += ',';
        comma_ = true;
    }
    void open(char bracket) {
        separate();
        out_ += bracket;
        comma_ = false;
    }
    void close(char bracket) {
        out_ += bracket;
        comma_ = true;
    }

    std::string& out_;
    bool comma_ = false;
};

}  // namespace creditd
