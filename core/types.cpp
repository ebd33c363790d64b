#include "core/types.hpp"

#include <algorithm>

#include "core/limits.hpp"

namespace creditd {
namespace {

constexpr bool is_alphanumeric(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

constexpr bool is_id_character(char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '@' || c == '-';
}

}  // namespace

bool is_valid_id(std::string_view text) {
    return !text.empty() && text.size() <= limits::id_bytes_max && is_alphanumeric(text[0]) &&
           std::all_of(text.begin(), text.end(), is_id_character);
}

}  // namespace creditd
