// A backup in a folder: of another disk, it is hoped. One writer at a time, which a lock on the
// folder sees to. One thread.
#pragma once

#include <filesystem>

#include "replay/backup/target.hpp"

namespace creditd::replay::backup {

class FolderTarget final : public Target {
public:
    explicit FolderTarget(std::filesystem::path root) : root_(std::move(root)) {}
    ~FolderTarget() override;

    std::string where(std::string_view name) const override { return (root_ / name).string(); }
    std::expected<std::optional<std::string>, JournalError> get(
        const std::string& name, std::uint64_t bytes_max) const override;
    std::expected<std::map<std::string, std::uint64_t>, JournalError> segments() const override;
    Done prepare() override;
    Done put(const std::string& name, std::string_view bytes) override;
    Done put_manifest(std::string_view bytes) override;

private:
    Done check_is_ours() const;

    std::filesystem::path root_;
    int lock_ = -1;
};

}  // namespace creditd::replay::backup
