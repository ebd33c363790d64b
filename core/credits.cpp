#include "core/credits.hpp"

#include <array>

namespace creditd {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Does `text` have the form -?(0|[1-9][0-9]*)(\.[0-9]+)? ?
bool is_plain_decimal(std::string_view text) {
    std::size_t i = !text.empty() && text[0] == '-' ? 1 : 0;
    const std::size_t whole_begin = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    const std::size_t whole_count = i - whole_begin;
    if (whole_count == 0 || (whole_count > 1 && text[whole_begin] == '0')) return false;
    if (i == text.size()) return true;
    if (text[i] != '.' || i + 1 == text.size()) return false;
    for (++i; i < text.size(); ++i) {
        if (!is_digit(text[i])) return false;
    }
    return true;
}

}  // namespace

std::optional<Credits> checked_add(Credits a, Credits b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.value, b.value, &sum)) return std::nullopt;
    const Credits result{sum};
    return result.in_range() ? std::optional{result} : std::nullopt;
}

std::optional<Credits> checked_multiply(Credits a, std::int64_t factor) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a.value, factor, &product)) return std::nullopt;
    const Credits result{product};
    return result.in_range() ? std::optional{result} : std::nullopt;
}

ParsedAmount parse_amount(std::string_view text, unsigned decimals) {
    CREDITD_ASSERT(decimals <= limits::decimals_max);
    if (!is_plain_decimal(text)) return {std::nullopt, AmountError::malformed};
    if (text[0] == '-') return {std::nullopt, AmountError::range};
    const std::size_t dot = text.find('.');
    const std::string_view whole = text.substr(0, dot);
    const std::string_view fraction =
        dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
    if (fraction.size() > decimals) return {std::nullopt, AmountError::precision};

    std::int64_t minor = 0;
    const auto push_digit = [&minor](char digit) {
        if (minor <= limits::credits_minor_max) minor = minor * 10 + (digit - '0');
    };
    for (const char digit : whole) push_digit(digit);
    for (std::size_t i = 0; i < decimals; ++i) {
        push_digit(i < fraction.size() ? fraction[i] : '0');
    }
    if (minor == 0 || minor > limits::credits_minor_max) {
        return {std::nullopt, AmountError::range};
    }
    return {Credits{minor}, AmountError::malformed};
}

namespace {

/// Writes `magnitude / 10^decimals` so that it ends before `end`; returns where it begins.
template <class Unsigned>
char* write_decimal_backwards(char* end, Unsigned magnitude, unsigned decimals) {
    char* at = end;
    bool significant = false;
    for (unsigned i = 0; i < decimals; ++i, magnitude /= 10) {
        const char digit = static_cast<char>('0' + static_cast<int>(magnitude % 10));
        significant = significant || digit != '0';
        if (significant) *--at = digit;
    }
    if (significant) *--at = '.';
    do {
        *--at = static_cast<char>('0' + static_cast<int>(magnitude % 10));
        magnitude /= 10;
    } while (magnitude != 0);
    return at;
}

}  // namespace

void append_decimal_wide(std::string& out, WideCredits minor, unsigned decimals) {
    if (minor >= INT64_MIN / 2 && minor <= INT64_MAX / 2) {
        append_decimal(out, static_cast<std::int64_t>(minor), decimals);
        return;
    }
    std::array<char, 48> buffer{};
    char* const end = buffer.data() + buffer.size();
    char* at = write_decimal_backwards(end, minor < 0 ? -minor : minor, decimals);
    if (minor < 0) *--at = '-';
    out.append(at, static_cast<std::size_t>(end - at));
}

void append_decimal(std::string& out, std::int64_t minor, unsigned decimals) {
    std::array<char, 24> buffer{};
    char* const end = buffer.data() + buffer.size();
    const std::uint64_t magnitude = minor < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(minor)
                                              : static_cast<std::uint64_t>(minor);
    char* at = write_decimal_backwards(end, magnitude, decimals);
    if (minor < 0) *--at = '-';
    out.append(at, static_cast<std::size_t>(end - at));
}

}  // namespace creditd
