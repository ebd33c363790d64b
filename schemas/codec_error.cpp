#include "schemas/codec_error.hpp"

namespace creditd::schemas {

std::string_view name_of(CodecFault fault) {
    switch (fault) {
        case CodecFault::too_large: return "too_large";
        case CodecFault::damaged: return "damaged";
        case CodecFault::unknown_kind: return "unknown_kind";
        case CodecFault::unknown_field: return "unknown_field";
        case CodecFault::unknown_value: return "unknown_value";
        case CodecFault::out_of_range: return "out_of_range";
        case CodecFault::too_long: return "too_long";
        case CodecFault::inconsistent: return "inconsistent";
    }
    return "unknown";
}

}  // namespace creditd::schemas
