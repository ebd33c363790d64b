#include "replay/sound_manifest.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>

#include "replay/crc32c.hpp"

namespace creditd::replay {
namespace {

// RocksDB's log format: blocks of 32 KB, in which a fragment has
//   masked CRC-32C (4) ‖ length (2) ‖ type (1) ‖ data      little-endian; the checksum is of type ‖
//   data
// and what is left of a block, if it is too little for a header, means nothing.
constexpr std::size_t block_bytes = 32u << 10;
constexpr std::size_t header_bytes = 7;
constexpr std::size_t type_at = 6;

enum class FragmentType : std::uint8_t { full = 1, first = 2, middle = 3, last = 4 };

struct Fragment {
    std::size_t bytes = 0;  // header included
    FragmentType type{};
};

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
        value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
    }
    return value;
}

std::uint32_t masked(std::uint32_t crc) { return std::rotr(crc, 15) + 0xa282ead8u; }

/// The fragment that `block`, the rest of one, begins with; nothing if it is not sound.
std::optional<Fragment> fragment_of(std::string_view block) {
    if (block.size() < header_bytes) return std::nullopt;
    const std::size_t length = little_endian(block.substr(4, 2));
    if (block.size() < header_bytes + length) return std::nullopt;
    const std::string_view covered = block.substr(type_at, 1 + length);
    if (little_endian(block.substr(0, 4)) != masked(crc32c(covered))) return std::nullopt;
    const auto type = static_cast<std::uint8_t>(block[type_at]);
    if (type < 1 || type > 4) return std::nullopt;
    return Fragment{header_bytes + length, FragmentType{type}};
}

/// A file in memory, read from its front.
class MemoryFile final : public rocksdb::FSSequentialFile {
public:
    explicit MemoryFile(std::string bytes) : bytes_(std::move(bytes)) {}

    rocksdb::IOStatus Read(std::size_t count, const rocksdb::IOOptions&, rocksdb::Slice* result,
                           char* scratch, rocksdb::IODebugContext*) override {
        const std::size_t taken = bytes_.copy(scratch, count, at_);
        at_ += taken;
        *result = rocksdb::Slice(scratch, taken);
        return rocksdb::IOStatus::OK();
    }
    rocksdb::IOStatus Skip(std::uint64_t count) override {
        at_ += std::min<std::uint64_t>(count, bytes_.size() - at_);
        return rocksdb::IOStatus::OK();
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

bool is_manifest(std::string_view path) {
    return path.substr(path.rfind('/') + 1).starts_with("MANIFEST-");
}

class SoundManifest final : public rocksdb::FileSystemWrapper {
public:
    using FileSystemWrapper::FileSystemWrapper;
    const char* Name() const override { return "SoundManifest"; }

    rocksdb::IOStatus NewSequentialFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                        rocksdb::IODebugContext* context) override {
        if (!is_manifest(name)) {
            return FileSystemWrapper::NewSequentialFile(name, options, file, context);
        }
        std::string bytes;
        auto status = rocksdb::ReadFileToString(target(), name, &bytes);
        if (!status.ok()) return status;
        bytes.resize(sound_record_bytes(bytes));
        *file = std::make_unique<MemoryFile>(std::move(bytes));
        return status;
    }
};

}  // namespace

std::size_t sound_record_bytes(std::string_view log) {
    std::size_t sound = 0;
    bool is_inside = false;  // of a record of several fragments
    std::size_t at = 0;
    while (at < log.size()) {
        const std::size_t left = block_bytes - at % block_bytes;
        if (left < header_bytes) {
            at += left;
            continue;
        }
        const auto fragment = fragment_of(log.substr(at, left));
        if (!fragment) break;
        const bool begins =
            fragment->type == FragmentType::full || fragment->type == FragmentType::first;
        if (begins == is_inside) break;
        is_inside = fragment->type == FragmentType::first || fragment->type == FragmentType::middle;
        at += fragment->bytes;
        if (!is_inside) sound = at;
    }
    return sound;
}

std::unique_ptr<rocksdb::Env> env_with_sound_manifest(rocksdb::Env& env) {
    return rocksdb::NewCompositeEnv(std::make_shared<SoundManifest>(env.GetFileSystem()));
}

}  // namespace creditd::replay
