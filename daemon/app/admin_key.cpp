#include "daemon/app/admin_key.hpp"

#include <openssl/rand.h>

#include <array>
#include <filesystem>

#include "core/assert.hpp"
#include "daemon/basics/http_text.hpp"
#include "daemon/basics/log.hpp"
#include "replay/files.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

std::string draw_secret() {
    std::array<std::uint8_t, 24> bytes{};
    const int done = RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
    CREDITD_ASSERT(done == 1);
    return "crd_admin_" + replay::to_hex(bytes);
}

}  // namespace

std::expected<Secret, std::string> admin_secret_of(const Config& config) {
    if (!config.auth.admin_key.empty()) return config.auth.admin_key;
    const std::filesystem::path path = std::filesystem::path(config.ledger.data_dir) / "admin.key";
    const auto stored = replay::read_file(path, 4096);
    if (!stored) return std::unexpected(stored.error().detail);
    if (*stored) {
        const std::string_view text =
            trimmed(std::string_view(**stored).substr(0, (*stored)->find('\n')));
        if (text.empty()) return std::unexpected(path.string() + " is empty");
        return Secret(text);
    }
    Secret made(draw_secret());
    const auto written = replay::write_file_atomically(path, std::string(made.reveal()) + "\n");
    if (!written) return std::unexpected(written.error().detail);
    std::error_code ignored;
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    log_info("admin_key_made", {{"file", path.string()}});
    return made;
}

}  // namespace creditd::daemon
