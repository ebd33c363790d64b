// Where a command writes what may be long: a file or stdout, in large pieces.
// Owned by the command; one thread.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>

namespace creditd::replay::tool {

class Output {
public:
    /// An empty path stands for stdout.
    explicit Output(const std::filesystem::path& path)
        : file_(path.empty() ? stdout : std::fopen(path.c_str(), "wb")), owned_(!path.empty()) {}
    ~Output() {
        if (owned_ && file_ != nullptr) std::fclose(file_);
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    bool is_open() const { return file_ != nullptr; }
    /// To be appended to.
    std::string& text() { return text_; }
    /// False: the disk, or whoever reads, has had enough.
    bool drain(bool is_last = false) {
        if (text_.size() < (1U << 20) && !is_last) return true;
        const bool is_written = std::fwrite(text_.data(), 1, text_.size(), file_) == text_.size();
        text_.clear();
        return is_written && (!is_last || std::fflush(file_) == 0);
    }

private:
    std::FILE* file_;
    bool owned_;
    std::string text_;
};

}  // namespace creditd::replay::tool
