#include "replay/archive/archive_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "replay/files.hpp"
#include "replay/proof/entry.hpp"

namespace creditd::replay::archive {
namespace {

std::unexpected<std::string> failed(const std::filesystem::path& path) {
    return std::unexpected(path.string() + ": " + std::strerror(errno));
}

std::string_view bytes_of(const proof::TileHashes& hashes) {
    return {reinterpret_cast<const char*>(hashes.data()), hashes.size() * sizeof(Hash256)};
}

bool put(std::FILE* file, std::string_view bytes) {
    return std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
}

/// Everything that was written below `folder`, in one go: an archive may have 100 000 tiles.
bool sync_all(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool is_synced = ::syncfs(descriptor) == 0;
    return ::close(descriptor) == 0 && is_synced;
}

}  // namespace

ArchiveWriter::Done ArchiveWriter::create() {
    if (signed_.checkpoint) manifest_.signed_size = signed_.checkpoint->head.size;
    if (::mkdir(layout_.root.c_str(), 0700) != 0) return failed(layout_.root);
    if (::mkdir(layout_.blocks().c_str(), 0700) != 0) return failed(layout_.blocks());
    return {};
}

ArchiveWriter::Done ArchiveWriter::open_segment(Seq first_seq) {
    const auto path = layout_.segment(first_seq);
    segment_.reset(std::fopen(path.c_str(), "wbx"));
    if (!segment_) return failed(path);
    manifest_.segments.push_back({first_seq, 0});
    return {};
}

ArchiveWriter::Done ArchiveWriter::close_segment() {
    if (!segment_) return {};
    if (std::fclose(segment_.release()) == 0) return {};
    return failed(layout_.segment(manifest_.segments.back().first_seq));
}

ArchiveWriter::Done ArchiveWriter::add(const BlockView& block, const ChainTip& tip) {
    if (!segment_) {
        if (auto opened = open_segment(block.first_seq()); !opened) return opened;
    }
    const std::string_view bytes = block.bytes();
    const auto length = static_cast<std::uint32_t>(bytes.size());
    char prefix[length_bytes];
    std::memcpy(prefix, &length, sizeof prefix);
    Segment& segment = manifest_.segments.back();
    if (!put(segment_.get(), {prefix, sizeof prefix}) || !put(segment_.get(), bytes)) {
        return failed(layout_.segment(segment.first_seq));
    }
    segment.bytes += sizeof prefix + bytes.size();
    manifest_.tip = tip;
    if (auto grown = grow_tree(block); !grown) return grown;
    return segment.bytes < segment_bytes_target ? Done{} : close_segment();
}

ArchiveWriter::Done ArchiveWriter::grow_tree(const BlockView& block) {
    Done written;
    for (const std::string_view event : block) {
        if (tree_.size() == manifest_.signed_size) break;
        tree_.append(proof::entry_hash(event), [&](const auto& id, const auto& hashes) {
            if (written) written = write_tile({id, proof::tile_width, false}, hashes);
        });
        if (!written) break;
    }
    return written;
}

ArchiveWriter::Done ArchiveWriter::write(const std::filesystem::path& path,
                                         std::string_view bytes) {
    const File file(std::fopen(path.c_str(), "wbx"));
    if (!file || !put(file.get(), bytes) || std::fflush(file.get()) != 0) return failed(path);
    return {};
}

ArchiveWriter::Done ArchiveWriter::write_tile(const proof::TileRequest& tile,
                                              const proof::TileHashes& hashes) {
    const auto path = layout_.tiles() / proof::tile_path(tile);
    if (path.parent_path() != tile_folder_) {
        if (auto made = ensure_folder(path.parent_path()); !made) {
            return std::unexpected(made.error().detail);
        }
        tile_folder_ = path.parent_path();
    }
    return write(path, bytes_of(hashes));
}

/// The tiles at the right edge, after the tree turned out to be the one that was signed.
ArchiveWriter::Done ArchiveWriter::finish_tree() {
    const proof::TreeHead& head = signed_.checkpoint->head;
    const auto nodes = proof::nodes_of_tiles(
        tree_.size(), [this](const proof::TileRequest& tile) { return tree_.edge(tile.id.level); });
    if (tree_.size() != head.size) {
        return std::unexpected("the log has signed " + std::to_string(head.size) +
                               " events, the journal ends before");
    }
    if (proof::tree_root(tree_.size(), nodes) != head.root) {
        return std::unexpected("the events are not those that the log has signed");
    }
    for (unsigned level = 0; level < proof::tile_levels; ++level) {
        const proof::TileHashes& edge = tree_.edge(level);
        if (edge.empty()) continue;
        const std::uint64_t index = tree_.size() >> (proof::tile_height * (level + 1));
        if (auto done = write_tile({{level, index}, edge.size(), false}, edge); !done) return done;
    }
    if (!signed_.cosigned.empty()) {
        if (auto done = write(layout_.cosigned(), signed_.cosigned); !done) return done;
    }
    return write(layout_.checkpoint(), signed_.note);
}

ArchiveWriter::Done ArchiveWriter::finish() {
    if (auto closed = close_segment(); !closed) return closed;
    if (signed_.checkpoint) {
        if (auto done = finish_tree(); !done) return done;
    }
    std::string keys;
    for (const proof::VerifierKey& key : signed_.keys) keys += key.text() + '\n';
    if (!keys.empty()) {
        if (auto done = write(layout_.keys(), keys); !done) return done;
    }
    if (!sync_all(layout_.root)) return failed(layout_.root);
    if (auto done = write(layout_.manifest(), encode_manifest(manifest_)); !done) return done;
    return sync_all(layout_.root) ? Done{} : Done{failed(layout_.root)};
}

}  // namespace creditd::replay::archive
