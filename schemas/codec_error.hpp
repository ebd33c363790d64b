// Why bytes are not what they should be: the one error type of every codec in this folder.
// Bytes come from disk or from an import; a bad one is an outside failure, never an assertion.
#pragma once

#include <cstdint>
#include <string_view>

namespace creditd::schemas {

enum class CodecFault : std::uint8_t {
    too_large,      // more bytes than the limit for this kind of thing
    damaged,        // not the FlatBuffer that the identifier promises
    unknown_kind,   // an event kind of a later version
    unknown_field,  // a field of a later version: skipping it would lose a fact
    unknown_value,  // an enum value of a later version
    out_of_range,   // a number outside its bounds
    too_long,       // a text or a list above its limit
    inconsistent,   // fields that contradict each other
};

/// What is wrong with which field. `detail` is static text.
struct CodecError {
    CodecFault fault = CodecFault::damaged;
    std::string_view detail;
    bool operator==(const CodecError&) const = default;
};

/// The fault for logs and tools, e.g. `unknown_kind`.
std::string_view name_of(CodecFault fault);

}  // namespace creditd::schemas
