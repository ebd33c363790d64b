// The first inputs of the fuzz targets, as files seed_100, seed_101, … of a folder. Only the
// program fuzz_seeds writes them. One thread.
#pragma once

#include <filesystem>
#include <string_view>

namespace creditd::tests {

class SeedFolder {
public:
    explicit SeedFolder(std::filesystem::path folder);
    void add(std::string_view bytes);

private:
    std::filesystem::path folder_;
    std::size_t count_ = 0;
};

/// Requests and bodies for the targets head, session and command.
void write_http_seeds(const std::filesystem::path& root);
/// What payment providers send, for the target payments.
void write_payment_seeds(const std::filesystem::path& root);

}  // namespace creditd::tests
