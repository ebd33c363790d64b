// CORS: which pages of other origins may call from a browser, and what browsers are told of it.
// creditd has no cookies, so no origin gets more than what its caller's key or token allows.
// Immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/call.hpp"

namespace creditd::daemon {

struct CorsRules {
    std::vector<std::string> origins;  // as browsers spell them
    bool is_public = false;            // any origin
};

/// Of a list as the configuration has it; `*` is any.
CorsRules cors_rules_of(std::string_view origins);

/// The header lines of every answer.
void append_cors_lines(std::string& lines, const CorsRules& rules, const http::Request& request);

/// Answers a browser that asks before it calls: 204, without a key. False: it is no such question,
/// or of an origin that may not call.
bool answer_preflight(Call& call);

}  // namespace creditd::daemon
