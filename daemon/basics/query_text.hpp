// Query strings and cursors: strict percent decoding, then parameters by name and type, collecting
// every error, like json_reader does for bodies. One thread; `QueryReader` keeps views into its
// `QueryParameters`.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/types.hpp"
#include "text/field_error.hpp"
#include "text/json_reader.hpp"

namespace creditd::daemon {

/// Resolves `%XX`; nothing for a bad escape, a NUL or invalid UTF-8. `+` becomes a space only when
/// asked (query strings, not paths).
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

/// Appends `text` so that it can stand as a value in a query string.
void append_percent_encoded(std::string& out, std::string_view text);

/// RFC 3339, where a `+` of an offset that nobody escaped has become a space.
std::optional<Timestamp> parse_query_timestamp(std::string_view text);

class QueryParameters {
public:
    /// `query` is what stands behind the `?`, without it. Errors: bad escape, NUL, invalid UTF-8,
    /// an empty name, a name given twice, more than `parameters_max` parameters.
    static std::expected<QueryParameters, FieldError> parse(std::string_view query);

    static constexpr std::size_t parameters_max = 64;

    bool empty() const { return parameters_.empty(); }
    std::span<const std::pair<std::string, std::string>> list() const { return parameters_; }

private:
    std::vector<std::pair<std::string, std::string>> parameters_;
};

class QueryReader {
public:
    QueryReader(const QueryParameters& parameters, FieldErrors& errors)
        : parameters_(parameters.list()), errors_(errors) {}

    bool has(std::string_view name) const;
    std::optional<std::string_view> text(std::string_view name, TextRule rule = {});
    std::optional<std::string_view> id(std::string_view name, Presence presence = {});
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max,
                                        Presence presence = {});
    /// `true`, `false`; a bare name (`?verbose`) is true.
    std::optional<bool> boolean(std::string_view name);
    /// See parse_query_timestamp.
    std::optional<Timestamp> timestamp(std::string_view name);
    /// `a,b`: what stands between the commas, which may be nothing; an empty list: not there.
    std::vector<std::string_view> list(std::string_view name);

    template <class Enum>
    std::optional<Enum> enumeration(std::string_view name,
                                    std::span<const std::pair<std::string_view, Enum>> names) {
        const auto text_value = find(name, optional_field);
        if (!text_value) return std::nullopt;
        std::string allowed = "must be one of";
        for (const auto& [spelling, value] : names) {
            if (spelling == *text_value) return value;
            allowed.append(allowed.ends_with("of") ? " " : ", ").append(spelling);
        }
        fail(name, allowed);
        return std::nullopt;
    }

    void fail(std::string_view name, std::string_view detail);
    /// Every parameter that was not read is an error now.
    void finish();

private:
    std::optional<std::string_view> find(std::string_view name, Presence presence);

    std::span<const std::pair<std::string, std::string>> parameters_;
    FieldErrors& errors_;
    std::uint64_t read_ = 0;  // bit i: parameter i was read
};

/// Where a parameter stands in an error: `#/query/limit`.
std::string query_pointer(std::string_view name);

/// A place in a list. Opaque to clients; `list` keeps a cursor of one list out of another.
struct Cursor {
    char list = 0;
    std::uint64_t position = 0;
    std::string text{};
};
std::string encode_cursor(const Cursor& cursor);
std::optional<Cursor> decode_cursor(std::string_view text, char list);

}  // namespace creditd::daemon
