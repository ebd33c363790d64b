#include "text/small_file.hpp"

#include <cstdio>
#include <memory>

namespace creditd {

// Not a stream: its buffer's iterators throw where a folder is opened.
std::optional<std::string> read_small_file(const std::string& path, std::size_t bytes_max) {
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
    if (!file) return std::nullopt;
    std::setvbuf(file.get(), nullptr, _IONBF, 0);  // nothing of a secret stays behind in a buffer
    std::string bytes(bytes_max + 1, '\0');
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
    if (std::ferror(file.get()) != 0 || bytes.size() > bytes_max) return std::nullopt;
    return bytes;
}

}  // namespace creditd
