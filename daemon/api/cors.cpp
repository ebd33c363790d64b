#include "daemon/api/cors.hpp"

#include <algorithm>

#include "daemon/basics/comma_list.hpp"

namespace creditd::daemon {
namespace {

bool is_welcome(const CorsRules& rules, std::string_view origin) {
    return !origin.empty() &&
           (rules.is_public || std::ranges::find(rules.origins, origin) != rules.origins.end());
}

}  // namespace

CorsRules cors_rules_of(std::string_view origins) {
    CorsRules rules;
    for (const std::string_view origin : comma_list(origins)) {
        if (origin == "*") rules.is_public = true;
        else rules.origins.emplace_back(origin);
    }
    return rules;
}

void append_cors_lines(std::string& lines, const CorsRules& rules, const http::Request& request) {
    // Said to everybody, or a cache would give one origin what was meant for another.
    if (!rules.is_public) lines += "Vary: Origin\r\n";
    const std::string_view origin = request.find_header("origin");
    if (!is_welcome(rules, origin)) return;
    lines += "Access-Control-Allow-Origin: ";
    if (rules.is_public) lines += '*';
    else lines += origin;
    lines +=
        "\r\nAccess-Control-Expose-Headers: "
        "Idempotent-Replayed, Link, X-Request-Id, Retry-After\r\n";
}

bool answer_preflight(Call& call) {
    const CorsRules* const rules = call.api().cors;
    const http::Request& request = call.request();
    if (rules == nullptr || request.method != http::Method::options) return false;
    if (request.find_header("access-control-request-method").empty()) return false;
    if (!is_welcome(*rules, request.find_header("origin"))) return false;
    call.header_lines +=
        "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"
        "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, If-Match, "
        "Last-Event-ID, traceparent, X-Request-Id\r\n"
        "Access-Control-Max-Age: 600\r\n";
    call.begin_no_content();
    call.finish();
    return true;
}

}  // namespace creditd::daemon
