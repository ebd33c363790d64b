// The JWK set of a file, which whoever rotates keys replaces: read again when the file has changed.
// A broken one is logged, and the keys before it stay in force.
// Any thread; `look` is called now and then by a thread that may read files.
#pragma once

#include <cstdint>
#include <expected>
#include <mutex>
#include <string>

#include "daemon/auth/jwt.hpp"

namespace creditd::daemon {

class JwksFile {
public:
    JwksFile(std::string path, JwtVerifier& verifier)
        : path_(std::move(path)), verifier_(verifier) {}

    /// Reads it now. The error is a sentence for the operator.
    std::expected<void, std::string> load();
    /// Reads it if it is not the file that was read last.
    void look();
    /// Reads it now, whether it has changed or not.
    void reload();

private:
    /// What tells one version of a file from the next.
    struct Version {
        std::uint64_t inode = 0;
        std::int64_t bytes = 0;
        std::int64_t changed_ns = 0;
        bool operator==(const Version&) const = default;
    };
    Version version() const;
    std::expected<void, std::string> load_locked();
    void reload_locked();

    const std::string path_;
    JwtVerifier& verifier_;
    std::mutex mutex_;
    Version seen_;
};

}  // namespace creditd::daemon
