#include "replay/log_signer.hpp"

#include "core/assert.hpp"
#include "replay/files.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay {
namespace {

using proof::Checkpoint;
using proof::ProofError;
using proof::SignerKey;

constexpr std::size_t key_file_bytes_max = 4'096;

std::filesystem::path key_file(const std::filesystem::path& folder) { return folder / "proof.key"; }
std::filesystem::path previous_key_file(const std::filesystem::path& folder) {
    return folder / "proof.key.previous";
}
std::filesystem::path head_file(const std::filesystem::path& folder) {
    return folder / "proof.checkpoint";
}

/// Nothing where there is no such file.
std::expected<std::optional<SignerKey>, std::string> read_key(const std::filesystem::path& path) {
    const auto bytes = read_file(path, key_file_bytes_max);
    if (!bytes) return std::unexpected(bytes.error().detail);
    if (!*bytes) return std::nullopt;
    std::string_view text = **bytes;
    if (text.ends_with('\n')) text.remove_suffix(1);
    auto key = SignerKey::parse(text);
    if (!key) return std::unexpected(path.string() + ": " + key.error());
    return std::move(*key);
}

std::expected<SignerKey, std::string> make_key(const std::filesystem::path& path,
                                               std::string name) {
    if (!proof::is_key_name(name)) {
        return std::unexpected("a log cannot be called '" + name +
                               "': no spaces, control characters or plus signs");
    }
    SignerKey key = SignerKey::make(std::move(name));
    const auto written = write_file_atomically(path, key.text() + '\n');
    if (!written) return std::unexpected(written.error().detail);
    return key;
}

}  // namespace

std::filesystem::path cosigned_head_file(const std::filesystem::path& folder) {
    return folder / "proof.cosigned";
}

std::expected<std::unique_ptr<LogSigner>, std::string> LogSigner::open(
    const followers::MerkleIndex& tree, const std::filesystem::path& folder,
    std::string_view origin, const LedgerId& ledger) {
    auto signer = std::unique_ptr<LogSigner>(new LogSigner(tree, folder));
    if (auto loaded = signer->load_keys(origin, ledger); !loaded) {
        return std::unexpected(std::move(loaded.error()));
    }
    if (auto loaded = signer->load_head(); !loaded) {
        return std::unexpected(std::move(loaded.error()));
    }
    return signer;
}

std::expected<void, std::string> LogSigner::load_keys(std::string_view origin,
                                                      const LedgerId& ledger) {
    auto previous = read_key(previous_key_file(folder_));
    if (!previous) return std::unexpected(std::move(previous.error()));
    auto current = read_key(key_file(folder_));
    if (!current) return std::unexpected(std::move(current.error()));
    std::error_code error;
    if (!*current && !*previous && std::filesystem::exists(head_file(folder_), error)) {
        return std::unexpected("the key " + key_file(folder_).string() +
                               " is missing, and the log has signed with it");
    }
    std::string name(origin);
    if (name.empty()) {
        if (*current) name = (*current)->verifier().name;
        else if (*previous) name = (*previous)->verifier().name;
        else name = "creditd/" + to_hex(ledger.bytes);
    }
    if (!*current) {
        auto made = make_key(key_file(folder_), name);
        if (!made) return std::unexpected(std::move(made.error()));
        *current = std::move(*made);
    }
    signers_.push_back(std::move(**current));
    if (*previous) signers_.push_back(std::move(**previous));
    for (const SignerKey& key : signers_) {
        if (key.verifier().name != name) {
            return std::unexpected("the log's key is of '" + key.verifier().name + "', not of '" +
                                   name + "': a log keeps its name as long as its keys");
        }
        verifiers_.push_back(key.verifier());
    }
    return {};
}

std::expected<void, std::string> LogSigner::load_head() {
    auto bytes = read_file(head_file(folder_), proof::note_bytes_max);
    if (!bytes) return std::unexpected(bytes.error().detail);
    if (!*bytes) return {};
    auto checkpoint = proof::open_checkpoint(**bytes, verifiers_);
    if (!checkpoint) {
        return std::unexpected(head_file(folder_).string() + ": " + checkpoint.error() +
                               ". It is what this log has signed last; a new key begins beside "
                               "the old one, in proof.key.previous");
    }
    newest_ = std::make_shared<SignedHead>(SignedHead{std::move(*checkpoint), std::move(**bytes)});
    return {};
}

std::expected<SignedLog, std::string> read_signed_log(const std::filesystem::path& folder) {
    SignedLog log;
    for (const auto& path : {key_file(folder), previous_key_file(folder)}) {
        const auto key = read_key(path);
        if (!key) return std::unexpected(key.error());
        if (*key) log.keys.push_back((*key)->verifier());
    }
    // This one first: of a folder in use it is then not newer than the other.
    auto cosigned = read_file(cosigned_head_file(folder), proof::note_bytes_max);
    if (!cosigned) return std::unexpected(cosigned.error().detail);
    log.cosigned = std::move(*cosigned);
    auto note = read_file(head_file(folder), proof::note_bytes_max);
    if (!note) return std::unexpected(note.error().detail);
    log.note = std::move(*note);
    return log;
}

std::expected<std::shared_ptr<const SignedHead>, ProofError> LogSigner::head(std::uint64_t size) {
    const std::scoped_lock lock(mutex_);
    const std::uint64_t signed_already = newest_ ? newest_->checkpoint.head.size : 0;
    const std::uint64_t verified = tree_.verified_size();
    const bool is_old = std::chrono::steady_clock::now() - signed_at_ > head_age_max;
    if (newest_ && verified >= signed_already) {
        if (auto continues = check_continues(); !continues) {
            return std::unexpected(std::move(continues.error()));
        }
    }
    if (size > signed_already || (is_old && verified > signed_already) || !newest_) {
        if (verified < size || verified == 0) {
            return std::unexpected(ProofError("so many events are not verified yet"));
        }
        if (auto done = sign(verified); !done) return std::unexpected(std::move(done.error()));
    }
    return newest_;
}

/// What this log has signed before, as far as it is not known from this very tree.
std::expected<void, ProofError> LogSigner::check_continues() {
    if (is_continued_) return {};
    const proof::TreeHead& before = newest_->checkpoint.head;
    const auto root = tree_.root(before.size);
    if (!root) return std::unexpected(root.error());
    if (*root != before.root) {
        return std::unexpected("the log has signed another history of its first " +
                               std::to_string(before.size) + " events");
    }
    is_continued_ = true;
    return {};
}

std::expected<void, ProofError> LogSigner::sign(std::uint64_t size) {
    CREDITD_ASSERT(!newest_ || (is_continued_ && newest_->checkpoint.head.size < size));
    const auto root = tree_.root(size);
    if (!root) return std::unexpected(root.error());
    SignedHead made{{origin(), {size, *root}}, {}};
    made.note = proof::sign_checkpoint(made.checkpoint, signers_);
    const auto written = write_file_atomically(head_file(folder_), made.note);
    if (!written) return std::unexpected(written.error().detail);
    newest_ = std::make_shared<SignedHead>(std::move(made));
    signed_at_ = std::chrono::steady_clock::now();
    is_continued_ = true;
    return {};
}

std::uint64_t LogSigner::signed_size() const {
    const std::scoped_lock lock(mutex_);
    return newest_ ? newest_->checkpoint.head.size : 0;
}

std::expected<bool, FileError> retire_signed_log(const std::filesystem::path& folder, Seq kept,
                                                 const std::string& suffix) {
    const auto note = read_file(head_file(folder), proof::note_bytes_max);
    if (!note) return std::unexpected(note.error());
    if (!*note) return false;
    const std::string_view text = **note;
    const auto signed_head = proof::parse_checkpoint(text.substr(0, text.rfind("\n\n") + 1));
    // A head that cannot be read may have been of anything.
    if (signed_head && signed_head->head.size <= kept.value) return false;
    // The head goes last: while it is there, no key can be made for another history.
    for (const auto& path : {key_file(folder), previous_key_file(folder),
                             cosigned_head_file(folder), head_file(folder)}) {
        std::error_code error;
        if (!std::filesystem::exists(path, error)) continue;
        std::filesystem::rename(path, path.string() + suffix, error);
        if (error) return std::unexpected(FileError{error.value(), error.message()});
    }
    if (auto synced = sync_folder(folder); !synced) return std::unexpected(synced.error());
    return true;
}

}  // namespace creditd::replay
