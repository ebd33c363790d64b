// Writes an archive (manifest.hpp) from blocks that have been verified: the same blocks and the
// same checkpoint, the same bytes. The folder must be new; the manifest comes last, so that an
// archive that was not finished is none. One thread.
#pragma once

#include <cstdio>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "replay/archive/manifest.hpp"
#include "replay/proof/checkpoint.hpp"
#include "replay/proof/tile_tree.hpp"

namespace creditd::replay::archive {

/// What the log has signed, if anything, and the keys that signed it.
struct SignedPart {
    std::optional<proof::Checkpoint> checkpoint;
    std::string note;
    std::string cosigned;  // a note of no more leaves, with witnesses' lines; empty: none
    std::vector<proof::VerifierKey> keys;
};

class ArchiveWriter {
public:
    /// A sentence.
    using Failure = std::string;
    using Done = std::expected<void, Failure>;

    ArchiveWriter(std::filesystem::path folder, SignedPart signed_part)
        : layout_{std::move(folder)}, signed_(std::move(signed_part)) {}

    // In this order: create, add each block, finish.
    /// Makes the folder; fails where something of its name is there.
    Done create();
    Done add(const BlockView& block, const ChainTip& tip);
    /// Durable on return. Fails where the blocks do not lead to what was signed.
    Done finish();

    const Manifest& manifest() const { return manifest_; }

private:
    struct CloseFile {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    using File = std::unique_ptr<std::FILE, CloseFile>;

    Done open_segment(Seq first_seq);
    Done close_segment();
    Done write(const std::filesystem::path& path, std::string_view bytes);
    Done write_tile(const proof::TileRequest& tile, const proof::TileHashes& hashes);
    Done grow_tree(const BlockView& block);
    Done finish_tree();

    Layout layout_;
    SignedPart signed_;
    Manifest manifest_;
    File segment_;
    proof::TileTree tree_;
    std::filesystem::path tile_folder_;  // made already
};

}  // namespace creditd::replay::archive
