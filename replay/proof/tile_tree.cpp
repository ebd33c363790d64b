#include "replay/proof/tile_tree.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <memory>

#include "core/assert.hpp"

namespace creditd::replay::proof {
namespace {

constexpr std::size_t hash_bytes = sizeof(Hash256);
/// An index of level 0 has 40 bits: five elements of three digits.
constexpr std::size_t index_digits_max = 15;

/// A decimal number without leading zeros.
std::optional<std::uint64_t> path_number(std::string_view text) {
    if (text.empty() || (text[0] == '0' && text.size() > 1)) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool are_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// `x001/x234/067`: three digits an element, all but the last with an x, no superfluous first one.
std::optional<std::uint64_t> index_of(std::string_view text) {
    std::string digits;
    while (true) {
        const std::size_t slash = text.find('/');
        std::string_view element = text.substr(0, slash);
        if (slash != std::string_view::npos) {
            if (!element.starts_with('x')) return std::nullopt;
            element.remove_prefix(1);
        }
        if (element.size() != 3 || !are_digits(element)) return std::nullopt;
        if (digits.empty() && element == "000" && slash != std::string_view::npos) {
            return std::nullopt;
        }
        digits += element;
        if (digits.size() > index_digits_max) return std::nullopt;
        if (slash == std::string_view::npos) break;
        text.remove_prefix(slash + 1);
    }
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::string index_text(std::uint64_t index) {
    std::string text;
    for (bool is_last = true; is_last || index > 0; is_last = false, index /= 1000) {
        std::string element = std::to_string(1000 + index % 1000).substr(1);
        if (!is_last) element = "x" + element + "/";
        text.insert(0, element);
    }
    return text;
}

}  // namespace

std::optional<TileRequest> parse_tile_path(std::string_view path) {
    TileRequest request;
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string_view level = path.substr(0, slash);
    request.is_entries = level == "entries";
    if (!request.is_entries) {
        const auto number = path_number(level);
        if (!number || *number >= 64) return std::nullopt;
        request.id.level = static_cast<unsigned>(*number);
    }
    path.remove_prefix(slash + 1);
    if (const std::size_t partial = path.find(".p/"); partial != std::string_view::npos) {
        const auto width = path_number(path.substr(partial + 3));
        if (!width || *width == 0 || *width >= tile_width) return std::nullopt;
        request.width = *width;
        path = path.substr(0, partial);
    }
    const auto index = index_of(path);
    if (!index) return std::nullopt;
    request.id.index = *index;
    return request;
}

std::string tile_path(const TileRequest& request) {
    std::string path = request.is_entries ? "entries" : std::to_string(request.id.level);
    path += '/' + index_text(request.id.index);
    if (request.width < tile_width) path += ".p/" + std::to_string(request.width);
    return path;
}

std::uint64_t tile_width_at(const TileId& id, std::uint64_t size) {
    if (id.level >= tile_levels) return 0;
    const std::uint64_t hashes = size >> (tile_height * id.level);
    if (id.index >= (hashes >> tile_height) + 1) return 0;
    return std::min(hashes - id.index * tile_width, tile_width);
}

void TileTree::append(const Hash256& leaf, const Sink& sink) {
    Hash256 hash = leaf;
    size_ += 1;
    for (unsigned level = 0;; ++level) {
        TileHashes& tile = levels_[level];
        if (tile.capacity() < tile_width) tile.reserve(tile_width);
        tile.push_back(hash);
        if (tile.size() < tile_width) return;
        CREDITD_ASSERT(level < tile_levels);
        sink({level, (size_ >> (tile_height * (level + 1))) - 1}, tile);
        hash = complete_root(tile);
        tile.clear();
    }
}

std::string TileTree::save() const {
    std::string bytes;
    for (const TileHashes& tile : levels_) {
        for (const Hash256& hash : tile) {
            bytes.append(reinterpret_cast<const char*>(hash.bytes.data()), hash_bytes);
        }
    }
    return bytes;
}

std::optional<TileTree> TileTree::restore(std::uint64_t size, std::string_view bytes) {
    TileTree tree;
    tree.size_ = size;
    for (TileHashes& tile : tree.levels_) {
        tile.resize(size % tile_width);
        size /= tile_width;
        if (bytes.size() < tile.size() * hash_bytes) return std::nullopt;
        for (Hash256& hash : tile) {
            std::memcpy(hash.bytes.data(), bytes.data(), hash_bytes);
            bytes.remove_prefix(hash_bytes);
        }
    }
    if (!bytes.empty() || size != 0) return std::nullopt;
    return tree;
}

NodeReader nodes_of_tiles(std::uint64_t size, TileReader tiles) {
    auto seen = std::make_shared<std::map<TileId, TileHashes>>();
    return [size, tiles = std::move(tiles), seen](
               unsigned height, std::uint64_t index) -> std::expected<Hash256, ProofError> {
        const unsigned inside = height % tile_height;  // the node's height within its tile
        const std::uint64_t first = index << inside;   // its first hash on the tile's level
        const TileId id{height / tile_height, first / tile_width};
        auto found = seen->find(id);
        if (found == seen->end()) {
            const std::uint64_t width = tile_width_at(id, size);
            auto tile = tiles({id, width, false});
            if (!tile) return std::unexpected(std::move(tile.error()));
            CREDITD_ASSERT(tile->size() >= width);
            found = seen->emplace(id, std::move(*tile)).first;
        }
        const std::size_t begin = first % tile_width;
        const std::size_t count = std::size_t{1} << inside;
        CREDITD_ASSERT(begin + count <= found->second.size());
        return complete_root(std::span(found->second).subspan(begin, count));
    };
}

}  // namespace creditd::replay::proof
