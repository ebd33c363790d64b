#include "replay/tool/verify/archive_check.hpp"

#include <algorithm>

#include "replay/proof/tile_tree.hpp"

namespace creditd::replay::tool {
namespace {

namespace fs = std::filesystem;

bool is_segment(const archive::Layout& layout, const archive::Manifest& manifest,
                const fs::path& file) {
    return std::ranges::any_of(manifest.segments, [&](const archive::Segment& segment) {
        return layout.segment(segment.first_seq) == file;
    });
}

bool is_tile(const archive::Layout& layout, const archive::Manifest& manifest,
             const fs::path& file) {
    const std::string path = file.lexically_relative(layout.tiles()).generic_string();
    const auto tile = proof::parse_tile_path(path);
    return tile && !tile->is_entries && proof::tile_path(*tile) == path &&
           tile->width == proof::tile_width_at(tile->id, manifest.signed_size);
}

/// The first file below `folder` that `belongs` does not accept.
template <class Belongs>
std::optional<fs::path> first_foreign(const fs::path& folder, const Belongs& belongs) {
    std::error_code error;
    std::optional<fs::path> found;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        if (at->is_directory(error) || belongs(at->path())) continue;
        if (!found || at->path() < *found) found = at->path();
    }
    return found;
}

}  // namespace

std::expected<void, Contradiction> check_archive_files(const archive::Layout& layout,
                                                       const archive::Manifest& manifest,
                                                       const FoundLog& found) {
    const auto damaged = [](std::string detail) {
        return std::unexpected(Contradiction{Exit::damaged, std::move(detail)});
    };
    auto foreign = first_foreign(
        layout.blocks(), [&](const fs::path& file) { return is_segment(layout, manifest, file); });
    if (!foreign) {
        foreign = first_foreign(
            layout.tiles(), [&](const fs::path& file) { return is_tile(layout, manifest, file); });
    }
    if (foreign) return damaged(foreign->string() + " is not of this archive");
    if (found.note.has_value() == (manifest.signed_size > 0)) return {};
    return damaged("there is a checkpoint that the manifest does not know, or none that it knows");
}

}  // namespace creditd::replay::tool
