// Bodies that must be accepted (y_), must be refused (n_), and those that RFC 8259 leaves open and
// this daemon decides (i_): one table, in the spirit of JSONTestSuite.
#pragma once

#include <span>
#include <string_view>

namespace creditd::test {

struct JsonCase {
    std::string_view name;
    std::string_view body;
};

std::span<const JsonCase> accepted_cases();
std::span<const JsonCase> refused_cases();

}  // namespace creditd::test
