#include "text/field_error.hpp"

#include <algorithm>
#include <array>

namespace creditd {
namespace {

bool stands_in_fragment(char c) {
    const bool alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || std::string_view("-._!$&'()*+,;=:@?").find(c) != std::string_view::npos;
}

void append_percent(std::string& out, char c) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
}

}  // namespace

void FieldErrors::add(std::string pointer, std::string_view detail, FieldFault fault) {
    count_only(fault);
    if (!is_full()) list_.push_back({std::move(pointer), std::string(detail)});
}

void FieldErrors::count_only(FieldFault fault) {
    fault_ = count_ == 0 ? fault : std::min(fault_, fault);
    ++count_;
}

void FieldErrors::clear() {
    list_.clear();
    count_ = 0;
}

void append_pointer_token(std::string& pointer, std::string_view token) {
    pointer += '/';
    for (const char c : token) {
        if (c == '~') pointer += "~0";
        else if (c == '/') pointer += "~1";
        else if (stands_in_fragment(c)) pointer += c;
        else append_percent(pointer, c);
    }
}

}  // namespace creditd
