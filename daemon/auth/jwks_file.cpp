#include "daemon/auth/jwks_file.hpp"

#include <sys/stat.h>

#include "daemon/basics/log.hpp"
#include "replay/files.hpp"

namespace creditd::daemon {

JwksFile::Version JwksFile::version() const {
    struct stat found{};
    if (::stat(path_.c_str(), &found) != 0) return {};
    return {found.st_ino, found.st_size,
            std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec};
}

std::expected<void, std::string> JwksFile::load_locked() {
    seen_ = version();  // before it is read: a change in between is seen next time
    const auto text = replay::read_file(path_, jwk_set_bytes_max);
    if (!text) return std::unexpected(text.error().detail);
    if (!*text) return std::unexpected(path_ + " does not exist");
    auto keys = parse_jwk_set(**text);
    if (!keys) return std::unexpected(path_ + ": " + keys.error());
    log_info("jwt_keys_read", {{"file", path_}, {"keys", keys->size()}});
    verifier_.set_keys(std::move(*keys));
    return {};
}

std::expected<void, std::string> JwksFile::load() {
    const std::lock_guard lock(mutex_);
    return load_locked();
}

void JwksFile::look() {
    const std::lock_guard lock(mutex_);
    if (version() != seen_) reload_locked();
}

void JwksFile::reload() {
    const std::lock_guard lock(mutex_);
    reload_locked();
}

void JwksFile::reload_locked() {
    if (const auto loaded = load_locked(); !loaded) {
        log_warning("jwt_keys_not_read", {{"reason", loaded.error()}});
    }
}

}  // namespace creditd::daemon
