// The seam to wherever a backup is kept: named files that are written once, and a manifest that is
// replaced whole. A folder (folder_target.hpp) or a bucket (s3_target.hpp). One thread at a time.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "replay/journal.hpp"

namespace creditd::replay::backup {

class Target {
public:
    Target() = default;
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    virtual ~Target() = default;

    using Done = std::expected<void, JournalError>;

    /// How a person finds this file: for errors.
    virtual std::string where(std::string_view name) const = 0;
    /// The whole file; nothing where there is none; an error where it has more than `bytes_max`.
    virtual std::expected<std::optional<std::string>, JournalError> get(
        const std::string& name, std::uint64_t bytes_max) const = 0;
    /// Names and sizes of what is kept in the folder `segments`.
    virtual std::expected<std::map<std::string, std::uint64_t>, JournalError> segments() const = 0;

    /// Before anything is written: is this a place for a backup, and does nobody else write here?
    virtual Done prepare() = 0;
    /// Durable on return. What has this name already must be the same: nothing is overwritten.
    virtual Done put(const std::string& name, std::string_view bytes) = 0;
    /// The manifest in place of the one that `get` has shown, whole or not at all.
    virtual Done put_manifest(std::string_view bytes) = 0;
};

}  // namespace creditd::replay::backup
