// Bytes under a path, without a disk: for code that reads files by their names. Owned by the target
// that made it, for one input. One thread.
#pragma once

#include <filesystem>
#include <string_view>

namespace creditd::tests {

class MemoryFile {
public:
    explicit MemoryFile(std::string_view bytes);
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::filesystem::path path() const;

private:
    int descriptor_;
};

}  // namespace creditd::tests
