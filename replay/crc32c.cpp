#include "replay/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace creditd::replay {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78;

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? polynomial : 0);
        table[i] = value;
    }
    return table;
}

constexpr auto table = make_table();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_hardware(std::string_view bytes,
                                                                std::uint32_t previous) {
    std::uint64_t crc = previous ^ 0xffffffffu;
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        crc = __builtin_ia32_crc32di(crc, word);
        at += sizeof word;
    }
    auto tail = static_cast<std::uint32_t>(crc);
    for (; left > 0; --left) {
        tail = __builtin_ia32_crc32qi(tail, static_cast<unsigned char>(*at++));
    }
    return tail ^ 0xffffffffu;
}

bool has_hardware() { return __builtin_cpu_supports("sse4.2") != 0; }
#else
std::uint32_t crc32c_hardware(std::string_view bytes, std::uint32_t previous) {
    return crc32c_portable(bytes, previous);
}
bool has_hardware() { return false; }
#endif

}  // namespace

std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t previous) {
    std::uint32_t crc = previous ^ 0xffffffffu;
    for (const char c : bytes) {
        crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
    }
    return crc ^ 0xffffffffu;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t previous) {
    static const bool hardware = has_hardware();
    return hardware ? crc32c_hardware(bytes, previous) : crc32c_portable(bytes, previous);
}

}  // namespace creditd::replay
