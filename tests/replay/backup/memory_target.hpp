// A backup's target in memory that fails, lies or forgets to order: the n-th put of all. What tests
// of the writer give it instead of a folder. One thread.
#pragma once

#include <map>
#include <string>

#include "replay/backup/manifest.hpp"
#include "replay/backup/target.hpp"

namespace creditd::tests {

class MemoryTarget final : public replay::backup::Target {
public:
    using Error = replay::JournalError;

    std::string where(std::string_view name) const override {
        return "memory:" + std::string(name);
    }
    std::expected<std::optional<std::string>, Error> get(const std::string& name,
                                                         std::uint64_t bytes_max) const override {
        const auto found = files.find(name);
        if (found == files.end()) return std::nullopt;
        if (found->second.size() > bytes_max) return std::unexpected(Error{{}, "too large"});
        return found->second;
    }
    std::expected<std::map<std::string, std::uint64_t>, Error> segments() const override {
        std::map<std::string, std::uint64_t> sizes;
        for (const auto& [name, bytes] : files) {
            if (name.starts_with(replay::backup::segments_name)) sizes[name] = bytes.size();
        }
        return sizes;
    }
    Done prepare() override { return {}; }
    Done put(const std::string& name, std::string_view bytes) override {
        ++puts;
        if (puts == fail_at) return std::unexpected(Error{{}, "the disk is full"});
        const auto [at, is_new] = files.emplace(name, bytes);
        EXPECT_TRUE(is_new || at->second == bytes) << name << " was overwritten";
        if (puts == spoil_at) at->second[bytes.size() / 2] ^= 1;
        if (puts == lose_at) files.erase(at);
        return {};
    }
    Done put_manifest(std::string_view bytes) override {
        ++puts;
        if (puts == fail_at) return std::unexpected(Error{{}, "the disk is full"});
        std::string& kept = files[std::string(replay::backup::manifest_name)];
        kept = bytes;
        if (puts == spoil_at) kept[bytes.size() / 2] ^= 1;
        if (puts == lose_at) files.erase(std::string(replay::backup::manifest_name));
        return {};
    }

    std::map<std::string, std::string> files;
    std::size_t puts = 0;
    std::size_t fail_at = 0;   // the n-th put fails
    std::size_t spoil_at = 0;  // the n-th is kept with a bit flipped, and says nothing
    std::size_t lose_at = 0;   // the n-th is not kept, and says nothing
};

}  // namespace creditd::tests
