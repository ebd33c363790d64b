#include "daemon/auth/key_file.hpp"

#include <array>

#include "replay/files.hpp"
#include "replay/sha256.hpp"
#include "replay/text_lines.hpp"

namespace creditd::daemon {
namespace {

using KeyBytes = std::array<std::uint8_t, 32>;

std::string text_of(const KeyBytes& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

}  // namespace

std::expected<std::string, std::string> open_key_file(const std::filesystem::path& path,
                                                      Random& random) {
    KeyBytes key{};
    const auto stored = replay::read_file(path, 4096);
    if (!stored) return std::unexpected(stored.error().detail);
    if (*stored) {
        std::string_view digits = **stored;
        if (digits.ends_with('\n')) digits.remove_suffix(1);
        if (!replay::parse_hex(digits, key)) {
            return std::unexpected(path.string() + " is not 64 hexadecimal digits");
        }
        return text_of(key);
    }
    random.fill(key);
    const auto written = replay::write_file_atomically(path, replay::to_hex(key) + '\n');
    if (!written) return std::unexpected(written.error().detail);
    return text_of(key);
}

}  // namespace creditd::daemon
