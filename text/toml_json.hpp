// A TOML document as JSON, so that one reader serves both, and where in the TOML a JSON pointer
// leads, so that errors name the line. Numbers stay the tokens they were: 0.1 is never a double.
#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace creditd {

struct TomlError {
    std::size_t line = 0;
    std::string detail;
};

class TomlDocument {
public:
    static std::expected<TomlDocument, TomlError> parse(std::string_view text);

    const std::string& json() const { return json_; }
    /// The line of what a pointer (`#/plans/2/credits`) names, or of what it is in.
    std::size_t line_of(std::string_view pointer) const;

private:
    std::string json_;
    std::map<std::string, std::size_t, std::less<>> lines_;  // by pointer
};

}  // namespace creditd
