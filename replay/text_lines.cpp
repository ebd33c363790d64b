#include "replay/text_lines.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "replay/crc32c.hpp"

namespace creditd::replay {

std::string_view take_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

std::string_view take_line(std::string_view& rest, std::string_view name) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    const std::string_view line = rest.substr(0, end);
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') {
        return {};
    }
    rest.remove_prefix(end + 1);
    return line.substr(name.size() + 1);
}

bool parse_hex(std::string_view text, std::span<std::uint8_t> bytes) {
    if (text.size() != bytes.size() * 2) return false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char* first = text.data() + 2 * i;
        const auto [end, error] = std::from_chars(first, first + 2, bytes[i], 16);
        if (error != std::errc{} || end != first + 2) return false;
    }
    return true;
}

std::string checksum_line(std::string_view lines) {
    std::array<char, 32> line{};
    const int length = std::snprintf(line.data(), line.size(), "crc32c %08x\n", crc32c(lines));
    return {line.data(), static_cast<std::size_t>(length)};
}

}  // namespace creditd::replay
