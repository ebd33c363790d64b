#include "daemon/http/request.hpp"

#include "daemon/http/ascii.hpp"

namespace creditd::daemon::http {

std::string_view Request::find_header(std::string_view name) const {
    std::string_view rest = header_lines;
    while (!rest.empty()) {
        const std::size_t end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        if (line.size() > name.size() && line[name.size()] == ':' &&
            equals_ignoring_case(line.substr(0, name.size()), name)) {
            return trimmed(line.substr(name.size() + 1));
        }
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    return {};
}

}  // namespace creditd::daemon::http
