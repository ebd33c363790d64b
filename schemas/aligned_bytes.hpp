// Bytes at an address that FlatBuffers may read: events lie at any address inside a block, their
// 8-byte numbers must not. Inside schemas only; lives on the stack of the call that reads.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace creditd::schemas {

class AlignedBytes {
public:
    /// Refers to `bytes` if they are aligned already, else copies them.
    explicit AlignedBytes(std::string_view bytes) : size_(bytes.size()) {
        if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment == 0) {
            data_ = reinterpret_cast<const std::uint8_t*>(bytes.data());
            return;
        }
        std::uint8_t* copy = small_.data();
        if (size_ > small_.size()) {
            large_ = std::make_unique_for_overwrite<std::uint64_t[]>(size_ / alignment + 1);
            copy = reinterpret_cast<std::uint8_t*>(large_.get());
        }
        std::memcpy(copy, bytes.data(), size_);
        data_ = copy;
    }
    AlignedBytes(const AlignedBytes&) = delete;
    AlignedBytes& operator=(const AlignedBytes&) = delete;

    const std::uint8_t* data() const { return data_; }
    std::size_t size() const { return size_; }

private:
    static constexpr std::size_t alignment = 8;

    // Not initialised: only what was copied is read.
    alignas(alignment) std::array<std::uint8_t, 1024> small_;
    std::unique_ptr<std::uint64_t[]> large_;
    const std::uint8_t* data_ = nullptr;
    std::size_t size_;
};

}  // namespace creditd::schemas
