// Finds the end of a request head, then parses it: strict framing, no allocation, views only.
// The head is complete before Beast's parser sees its first byte, and Beast never sees the body, so
// its chunk and trailer code is out of reach. Used by one session at a time; any thread.
#pragma once

#include "daemon/http/options.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/service.hpp"

#include <cstddef>
#include <expected>
#include <string_view>

namespace creditd::daemon::http {

/// Looks for the empty line that ends a head, a few bytes at a time and each byte once.
class HeadScanner {
public:
    /// `bytes` is everything of this head so far. Its length, 0 if more is needed, or what is wrong
    /// with it already: a line ended by a bare LF, a folded line, or too many bytes.
    std::expected<std::size_t, WireError> scan(std::string_view bytes, const Options& options);

    void reset() { *this = {}; }

private:
    WireError too_large(std::string_view bytes) const;

    std::size_t scanned_ = 0;
    std::size_t line_start_ = 0;
    unsigned lines_ = 0;
};

/// Parses one complete head into `request`; `remote_address` and `body` are left alone.
std::expected<void, WireError> parse_head(std::string_view head, const Options& options,
                                          Request& request);

}  // namespace creditd::daemon::http
