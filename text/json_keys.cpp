#include "text/json_keys.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>

namespace creditd {
namespace {

std::uint64_t process_seed() {
    static const std::uint64_t seed = [] {
        std::random_device source;
        return (std::uint64_t{source()} << 32) | source();
    }();
    return seed;
}

/// Folds the 128-bit product: each bit of the result depends on every bit of both factors.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hash_of(std::string_view key, std::uint64_t seed) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
    std::uint64_t hash = mix(seed ^ key.size(), odd);
    while (!key.empty()) {
        std::uint64_t word = 0;
        const std::size_t bytes = std::min(key.size(), sizeof word);
        std::memcpy(&word, key.data(), bytes);
        hash = mix(hash ^ word, seed | 1);
        key.remove_prefix(bytes);
    }
    return mix(hash ^ seed, odd);
}

}  // namespace

void DuplicateKeyFinder::begin(std::size_t keys) {
    const std::size_t slots = std::bit_ceil(keys * 2 + 2);
    slots_.assign(slots, std::string_view{});
    mask_ = slots - 1;
}

bool DuplicateKeyFinder::add(std::string_view key) {
    // An empty slot has no data pointer; a key, even the empty one, always has.
    std::size_t slot = hash_of(key, process_seed()) & mask_;
    while (slots_[slot].data() != nullptr) {
        if (slots_[slot] == key) return true;
        slot = (slot + 1) & mask_;
    }
    slots_[slot] = key;
    return false;
}

void DuplicateKeyFinder::shrink() {
    slots_.clear();
    slots_.shrink_to_fit();
}

}  // namespace creditd
