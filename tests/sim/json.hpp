// Reads an answer's JSON, for the checks: a plain tree, written apart from the daemon's reader.
// Throws Failure where the text is no JSON: the daemon must never send such a thing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace creditd::sim {

struct JsonMember;

struct Json {
    enum class Kind : unsigned char { null, boolean, number, text, list, object };
    Kind kind = Kind::null;
    std::string text;               // of a text, number or boolean
    std::vector<JsonMember> items;  // a list's have no names

    static Json parse(std::string_view text);

    /// The member at a path such as `balance.after`; null where there is none.
    const Json& at(std::string_view path) const;
    bool has(std::string_view path) const { return at(path).kind != Kind::null; }
    std::uint64_t number() const;
    bool operator==(const Json& other) const;
};

struct JsonMember {
    std::string first;
    Json second;
    bool operator==(const JsonMember&) const = default;
};

/// As it was read.
std::string print(const Json& value);

}  // namespace creditd::sim
