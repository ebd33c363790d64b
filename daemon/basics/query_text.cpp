#include "daemon/basics/query_text.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/basics/base64.hpp"
#include "text/time_text.hpp"
#include "text/utf8.hpp"

namespace creditd::daemon {
namespace {

static_assert(QueryParameters::parameters_max <= 64, "the reader has one bit for each");

constexpr int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool is_unreserved(char c) {
    const bool alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || c == '-' || c == '.' || c == '_' || c == '~';
}

/// The byte at `%XX`, or -1.
int escaped_byte(std::string_view text, std::size_t at) {
    if (text.size() - at < 3) return -1;
    const int high = hex_digit(text[at + 1]);
    const int low = hex_digit(text[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

constexpr char cursor_version = 1;
constexpr std::size_t cursor_head_bytes = 10;  // version, list, position (8, big-endian)

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int byte = escaped_byte(text, i);
            if (byte < 0) return std::nullopt;
            c = static_cast<char>(byte);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0') return std::nullopt;
        result += c;
    }
    return is_valid_utf8(result) ? std::optional(std::move(result)) : std::nullopt;
}

void append_percent_encoded(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
}

std::string query_pointer(std::string_view name) {
    std::string pointer = "#/query";
    append_pointer_token(pointer, name);
    return pointer;
}

std::expected<QueryParameters, FieldError> QueryParameters::parse(std::string_view query) {
    const auto wrong = [](std::string pointer, std::string_view detail) {
        return std::unexpected(FieldError{std::move(pointer), std::string(detail)});
    };
    QueryParameters result;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view part = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (part.empty()) continue;
        const std::size_t equals = std::min(part.find('='), part.size());
        auto name = percent_decoded(part.substr(0, equals), true);
        if (!name || name->empty()) return wrong("#/query", "a parameter's name is not valid");
        auto value = percent_decoded(part.substr(std::min(equals + 1, part.size())), true);
        if (!value) return wrong(query_pointer(*name), "is not percent-encoded UTF-8");
        for (const auto& known : result.parameters_) {
            if (known.first == *name) return wrong(query_pointer(*name), "is given twice");
        }
        if (result.parameters_.size() == parameters_max) {
            return wrong("#/query", "there are too many parameters");
        }
        result.parameters_.emplace_back(std::move(*name), std::move(*value));
    }
    return result;
}

std::optional<Timestamp> parse_query_timestamp(std::string_view value) {
    std::string text(value);
    std::ranges::replace(text, ' ', '+');
    return parse_timestamp(text);
}

bool QueryReader::has(std::string_view name) const {
    return std::ranges::any_of(parameters_, [&](const auto& p) { return p.first == name; });
}

std::optional<std::string_view> QueryReader::find(std::string_view name, Presence presence) {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        if (parameters_[i].first != name) continue;
        read_ |= std::uint64_t{1} << i;
        return parameters_[i].second;
    }
    if (presence == required_field) fail(name, "is required");
    return std::nullopt;
}

void QueryReader::fail(std::string_view name, std::string_view detail) {
    errors_.add(query_pointer(name), detail);
}

void QueryReader::finish() {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        if (((read_ >> i) & 1) == 0) fail(parameters_[i].first, "is not a known parameter");
    }
}

std::optional<std::string_view> QueryReader::text(std::string_view name, TextRule rule) {
    const auto value = find(name, rule.required ? required_field : optional_field);
    if (!value) return std::nullopt;
    if (value->size() >= rule.min_bytes && value->size() <= rule.max_bytes) return value;
    fail(name, "must have " + std::to_string(rule.min_bytes) + " to " +
                   std::to_string(rule.max_bytes) + " bytes");
    return std::nullopt;
}

std::optional<std::string_view> QueryReader::id(std::string_view name, Presence presence) {
    const auto value = find(name, presence);
    if (!value || is_valid_id(*value)) return value;
    fail(name, "must be an id: 1 to 128 of A-Z a-z 0-9 . _ : @ - beginning with a letter or digit");
    return std::nullopt;
}

std::optional<std::int64_t> QueryReader::integer(std::string_view name, std::int64_t min,
                                                 std::int64_t max, Presence presence) {
    const auto value = find(name, presence);
    if (!value) return std::nullopt;
    std::int64_t number = 0;
    const char* const last = value->data() + value->size();
    const auto [end, fault] = std::from_chars(value->data(), last, number);
    const bool is_number = fault == std::errc{} && end == last;
    if (is_number && number >= min && number <= max) return number;
    fail(name, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
}

std::optional<bool> QueryReader::boolean(std::string_view name) {
    const auto value = find(name, optional_field);
    if (!value) return std::nullopt;
    if (*value == "true" || value->empty()) return true;
    if (*value == "false") return false;
    fail(name, "must be true or false");
    return std::nullopt;
}

std::optional<Timestamp> QueryReader::timestamp(std::string_view name) {
    const auto value = find(name, optional_field);
    if (!value) return std::nullopt;
    const auto moment = parse_query_timestamp(*value);
    if (!moment) fail(name, "must be an RFC 3339 time such as 2026-11-20T22:00:00.123456Z");
    return moment;
}

std::vector<std::string_view> QueryReader::list(std::string_view name) {
    std::vector<std::string_view> parts;
    const auto value = find(name, optional_field);
    if (!value) return parts;
    for (std::size_t begin = 0; begin <= value->size();) {
        const std::size_t end = std::min(value->find(',', begin), value->size());
        parts.push_back(value->substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::string encode_cursor(const Cursor& cursor) {
    std::string bytes{cursor_version, cursor.list};
    for (unsigned shift = 64; shift != 0;) {
        shift -= 8;
        bytes += static_cast<char>((cursor.position >> shift) & 0xff);
    }
    bytes += cursor.text;
    std::string result;
    append_base64url(result, bytes);
    return result;
}

std::optional<Cursor> decode_cursor(std::string_view text, char list) {
    std::string bytes;
    if (!decode_base64url(text, bytes) || bytes.size() < cursor_head_bytes) return std::nullopt;
    if (bytes[0] != cursor_version || bytes[1] != list) return std::nullopt;
    Cursor cursor{list, 0, bytes.substr(cursor_head_bytes)};
    for (std::size_t i = 2; i < cursor_head_bytes; ++i) {
        cursor.position = (cursor.position << 8) | static_cast<unsigned char>(bytes[i]);
    }
    return cursor;
}

}  // namespace creditd::daemon
