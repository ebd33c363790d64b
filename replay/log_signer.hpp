// Who signs the log's head, and what was signed last. The keys are files in the data folder:
// `proof.key` (made at the first start, 0600) and, while a key is being rotated,
// `proof.key.previous`, which signs too. The newest signed head is kept in `proof.checkpoint`,
// synced before anybody sees it: a log must never sign two heads of which one does not continue
// the other, whatever becomes of its journal.
// Thread-safe.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "replay/files.hpp"
#include "replay/followers/merkle_index.hpp"
#include "replay/proof/checkpoint.hpp"

namespace creditd::replay {

/// A head as it was signed.
struct SignedHead {
    proof::Checkpoint checkpoint;
    std::string note;
};

/// Where the daemon keeps the newest head that witnesses have cosigned, their lines in its note.
std::filesystem::path cosigned_head_file(const std::filesystem::path& folder);

class LogSigner {
public:
    /// How long a signed head is shown before a newer one is made for its own sake.
    static constexpr std::chrono::milliseconds head_age_max{1'000};

    /// `tree` outlives this. `origin` names a new log, and must be the name of one that has a key;
    /// empty: whatever the key says, or `creditd/` and the ledger's id.
    static std::expected<std::unique_ptr<LogSigner>, std::string> open(
        const followers::MerkleIndex& tree, const std::filesystem::path& folder,
        std::string_view origin, const LedgerId& ledger);

    /// The current key first, then the one before it, if that still signs.
    const std::vector<proof::VerifierKey>& keys() const { return verifiers_; }
    const std::string& origin() const { return verifiers_.front().name; }

    /// A signed head of at least so many leaves. Signs one if there is none, or if the newest is
    /// older than `head_age_max`. Fails where so many leaves are not verified yet, or where the
    /// tree does not continue what was signed. Reads the disk, and syncs it where it signs.
    std::expected<std::shared_ptr<const SignedHead>, proof::ProofError> head(std::uint64_t size);

    /// Leaves of the newest signed head; for metrics.
    std::uint64_t signed_size() const;

private:
    LogSigner(const followers::MerkleIndex& tree, std::filesystem::path folder)
        : tree_(tree), folder_(std::move(folder)) {}

    std::expected<void, std::string> load_keys(std::string_view origin, const LedgerId& ledger);
    std::expected<void, std::string> load_head();
    std::expected<void, proof::ProofError> check_continues();
    std::expected<void, proof::ProofError> sign(std::uint64_t size);

    const followers::MerkleIndex& tree_;
    const std::filesystem::path folder_;
    std::vector<proof::SignerKey> signers_;
    std::vector<proof::VerifierKey> verifiers_;

    mutable std::mutex mutex_;
    std::shared_ptr<const SignedHead> newest_;  // null: nothing was ever signed
    /// What was signed before this start has been found in the tree.
    bool is_continued_ = false;
    std::chrono::steady_clock::time_point signed_at_{};
};

/// What the log in `folder` has signed last, and its own keys, as they stand there: for those who
/// only look, and verify it themselves.
struct SignedLog {
    std::optional<std::string> note;
    std::optional<std::string> cosigned;  // the newest head that witnesses have cosigned
    std::vector<proof::VerifierKey> keys;
};
std::expected<SignedLog, std::string> read_signed_log(const std::filesystem::path& folder);

/// For whoever gives up all events after `kept`: where the log has signed some of them, its keys
/// and its newest heads are put aside under `suffix`, for they must never sign the history that
/// begins now; the next start makes a new key. Returns whether that was so. No signer is open.
std::expected<bool, FileError> retire_signed_log(const std::filesystem::path& folder, Seq kept,
                                                 const std::string& suffix);

}  // namespace creditd::replay
