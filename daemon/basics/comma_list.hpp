// Lists in one text of the configuration: `a, b`. Pure, any thread; the parts are views into the
// text.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "daemon/basics/http_text.hpp"

namespace creditd::daemon {

/// What stands between the commas, without blanks around it; nothing of an empty text.
inline std::vector<std::string_view> comma_list(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        parts.push_back(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

}  // namespace creditd::daemon
