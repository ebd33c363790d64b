// What is known of a log besides its blocks: the checkpoint that it has signed, one that was
// verified before, receipts, and in an archive its tiles. Reads them, follows the tree as it grows,
// and says what does not agree. One thread.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "replay/proof/checkpoint.hpp"
#include "replay/proof/tile_tree.hpp"
#include "replay/tool/commands.hpp"

namespace creditd::replay::tool {

/// What does not hold, as a sentence, and what to return for it.
struct Contradiction {
    Exit exit = Exit::damaged;
    std::string detail;
};

/// A checkpoint and keys as they were found, not verified.
struct FoundLog {
    std::optional<std::string> note;
    std::vector<proof::VerifierKey> keys;
    std::optional<std::string> cosigned{};  // another checkpoint, or the same, with more lines
};

class LogEvidence {
public:
    using Done = std::expected<void, Contradiction>;

    /// Verifies signatures; what does not hold is told by `finish`, because the log's own faults go
    /// first. An error: something was asked for wrongly. `tiles`: of an archive, else empty.
    static std::expected<LogEvidence, Contradiction> of(const FoundLog& found,
                                                        const VerifyOptions& wanted,
                                                        std::filesystem::path tiles);

    /// The leaves of the events, in order from the first one.
    void take(const Hash256& leaf);
    /// After the last leaf: does everything agree?
    Done finish() const;

    std::uint64_t leaves() const { return tree_.size(); }
    /// The signed head of this log; nothing where it has signed none.
    const std::optional<proof::Checkpoint>& checkpoint() const { return checkpoint_; }
    const std::optional<proof::Checkpoint>& since() const { return since_; }
    /// What the witnesses that were asked for have cosigned; nothing where none was.
    const std::optional<proof::Checkpoint>& cosigned() const { return cosigned_; }
    std::size_t receipts() const { return receipts_.size(); }
    /// Did the keys come from outside?
    bool has_given_keys() const { return has_given_keys_; }

private:
    struct NamedReceipt {
        std::string name;
        proof::Receipt receipt;
        proof::Checkpoint checkpoint;
        std::optional<Hash256> leaf;  // found in the log
    };

    Done read_log(const FoundLog& found);
    Done read_cosigned(const FoundLog& found, const VerifyOptions& wanted);
    Done read_since(const std::filesystem::path& path);
    Done read_receipt(const std::filesystem::path& path);
    Done check_all() const;
    void want(const proof::Checkpoint& checkpoint) {
        if (checkpoint.head.size > 0) wanted_roots_.insert(checkpoint.head.size);
    }
    void keep_root();
    void check_tile(const proof::TileRequest& tile, const proof::TileHashes& hashes);
    void check_edge();
    Done check_head(const proof::Checkpoint& checkpoint, const std::string& name, Exit exit) const;
    Done check_receipt(const NamedReceipt& receipt) const;

    std::vector<proof::VerifierKey> known_;
    bool has_given_keys_ = false;
    std::filesystem::path tiles_;
    std::optional<proof::Checkpoint> checkpoint_;
    std::optional<proof::Checkpoint> since_;
    std::optional<proof::Checkpoint> cosigned_;
    std::vector<NamedReceipt> receipts_;

    proof::TileTree tree_;
    std::set<std::uint64_t> wanted_roots_;  // sizes that are still to come
    std::map<std::uint64_t, Hash256> roots_;
    std::string bad_tile_;
    std::optional<Contradiction> refused_;  // a signature that does not hold
};

/// What is found beside a data folder's journal, or in an archive.
std::expected<FoundLog, Contradiction> find_log(const std::filesystem::path& folder,
                                                bool is_archive);

}  // namespace creditd::replay::tool
