// Strict decoding of what a request target carries: percent escapes and query parameters.
// The layer hands targets on as sent; handlers decode segment by segment, so that an escaped slash
// never becomes a separator. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace creditd::daemon::http {

/// Decoded text, or nothing for an incomplete or non-hexadecimal escape, or a NUL (%00).
std::optional<std::string> percent_decode(std::string_view text);

/// As percent_decode, and '+' is a blank: for query names and values.
std::optional<std::string> query_decode(std::string_view text);

struct QueryParameter {
    std::string_view name;   // raw
    std::string_view value;  // raw; empty without '='
};

/// Takes the next `name=value` off the front of `query`; nothing at its end. Skips empty parts.
std::optional<QueryParameter> take_parameter(std::string_view& query);

}  // namespace creditd::daemon::http
