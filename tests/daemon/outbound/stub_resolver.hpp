// The resolver of this test program: stub_resolver.cpp defines getaddrinfo, which libcurl then
// calls in place of the system's. It knows the names that a test gives it and no others, so no test
// asks a network. Any thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace creditd::daemon::testing {

/// From now on `name` leads to these addresses, in this order.
void resolve(const std::string& name, std::vector<std::string> addresses);
/// Asking for `name` takes as long as this, then fails.
void resolve_slowly(const std::string& name, std::chrono::milliseconds length);
/// How often `name` was asked for.
unsigned times_asked(const std::string& name);

}  // namespace creditd::daemon::testing
