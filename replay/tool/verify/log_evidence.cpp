#include "replay/tool/verify/log_evidence.hpp"

#include <algorithm>

#include "replay/archive/manifest.hpp"
#include "replay/files.hpp"
#include "replay/log_signer.hpp"
#include "replay/proof/entry.hpp"

namespace creditd::replay::tool {
namespace {

using proof::Checkpoint;

/// A receipt carries an entry of a mebibyte at most, in base64.
constexpr std::size_t evidence_bytes_max = 2u << 20;

std::unexpected<Contradiction> contradiction(Exit exit, std::string detail) {
    return std::unexpected(Contradiction{exit, std::move(detail)});
}

std::expected<std::string, Contradiction> read_given(const std::filesystem::path& path) {
    auto bytes = read_file(path, evidence_bytes_max);
    if (!bytes) return contradiction(Exit::usage, bytes.error().detail);
    if (!*bytes) return contradiction(Exit::usage, "there is no file " + path.string());
    return std::move(**bytes);
}

std::expected<FoundLog, Contradiction> find_in_archive(const archive::Layout& layout) {
    FoundLog found;
    auto note = read_file(layout.checkpoint(), proof::note_bytes_max);
    auto keys = read_file(layout.keys(), proof::note_bytes_max);
    if (!note) return contradiction(Exit::damaged, note.error().detail);
    if (!keys) return contradiction(Exit::damaged, keys.error().detail);
    auto cosigned = read_file(layout.cosigned(), proof::note_bytes_max);
    if (!cosigned) return contradiction(Exit::damaged, cosigned.error().detail);
    found.note = std::move(*note);
    found.cosigned = std::move(*cosigned);
    std::string_view rest = *keys ? std::string_view(**keys) : std::string_view();
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        auto key = proof::VerifierKey::parse(rest.substr(0, end));
        if (!key) return contradiction(Exit::damaged, layout.keys().string() + ": " + key.error());
        found.keys.push_back(std::move(*key));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return found;
}

}  // namespace

std::expected<FoundLog, Contradiction> find_log(const std::filesystem::path& folder,
                                                bool is_archive) {
    if (is_archive) return find_in_archive({folder});
    auto log = read_signed_log(folder);
    if (!log) return contradiction(Exit::damaged, log.error());
    return FoundLog{std::move(log->note), std::move(log->keys), std::move(log->cosigned)};
}

std::expected<LogEvidence, Contradiction> LogEvidence::of(const FoundLog& found,
                                                          const VerifyOptions& wanted,
                                                          std::filesystem::path tiles) {
    LogEvidence evidence;
    evidence.tiles_ = std::move(tiles);
    evidence.has_given_keys_ = !wanted.keys.empty();
    evidence.known_ = found.keys;
    if (evidence.has_given_keys_) evidence.known_.clear();
    for (const std::string& text : wanted.keys) {
        auto key = proof::VerifierKey::parse(text);
        if (!key) return contradiction(Exit::usage, "--key " + text + ": " + key.error());
        evidence.known_.push_back(std::move(*key));
    }
    std::vector<Done> all{evidence.read_log(found), evidence.read_cosigned(found, wanted)};
    if (!wanted.since.empty()) all.push_back(evidence.read_since(wanted.since));
    for (const auto& path : wanted.receipts) all.push_back(evidence.read_receipt(path));
    for (const Done& done : all) {
        if (done) continue;
        if (done.error().exit == Exit::usage) return std::unexpected(done.error());
        if (!evidence.refused_) evidence.refused_ = done.error();
    }
    return evidence;
}

LogEvidence::Done LogEvidence::read_log(const FoundLog& found) {
    if (!found.note) {
        if (!has_given_keys_) return {};
        return contradiction(Exit::damaged, "the log has no checkpoint that the key could sign");
    }
    auto checkpoint = proof::open_checkpoint(*found.note, known_);
    if (!checkpoint) {
        return contradiction(Exit::damaged, "the log's checkpoint: " + checkpoint.error());
    }
    checkpoint_ = std::move(*checkpoint);
    want(*checkpoint_);
    return {};
}

/// The log's own key must have signed it as well, and no line of a key that is known may be bad.
LogEvidence::Done LogEvidence::read_cosigned(const FoundLog& found, const VerifyOptions& wanted) {
    const std::size_t required = wanted.witnesses_required.value_or(wanted.witnesses.size());
    if (required > wanted.witnesses.size()) {
        return contradiction(Exit::usage, "--witnesses-required: so many are not given");
    }
    std::vector<proof::VerifierKey> known = known_;
    for (const std::string& text : wanted.witnesses) {
        auto key = proof::VerifierKey::parse_witness(text);
        if (!key) return contradiction(Exit::usage, "--witness " + text + ": " + key.error());
        const bool is_known = std::ranges::any_of(known, [&](const proof::VerifierKey& other) {
            return other.type == key->type && other.key == key->key;
        });
        if (is_known) {
            return contradiction(Exit::usage, "--witness " + text + ": it is given twice");
        }
        known.push_back(std::move(*key));
    }
    if (wanted.witnesses.empty()) return {};
    if (!found.cosigned) {
        return contradiction(Exit::damaged, "the log has no checkpoint that witnesses cosigned");
    }
    const std::string name = "the cosigned checkpoint";
    auto checkpoint = proof::open_checkpoint(*found.cosigned, known);
    if (!checkpoint) return contradiction(Exit::damaged, name + ": " + checkpoint.error());
    const auto signers = proof::open_note(*found.cosigned, known)->signers;
    const auto count = static_cast<std::size_t>(
        std::ranges::count(signers, proof::KeyType::cosignature, &proof::VerifierKey::type));
    if (count < required) {
        return contradiction(Exit::damaged, name + ": " + std::to_string(count) + " of the " +
                                                std::to_string(required) +
                                                " witnesses that are required have cosigned it");
    }
    cosigned_ = std::move(*checkpoint);
    want(*cosigned_);
    return {};
}

LogEvidence::Done LogEvidence::read_since(const std::filesystem::path& path) {
    const auto note = read_given(path);
    if (!note) return std::unexpected(note.error());
    auto checkpoint = proof::open_checkpoint(*note, known_);
    if (!checkpoint) {
        return contradiction(Exit::failed_check, path.string() + ": " + checkpoint.error());
    }
    since_ = std::move(*checkpoint);
    want(*since_);
    return {};
}

LogEvidence::Done LogEvidence::read_receipt(const std::filesystem::path& path) {
    const auto text = read_given(path);
    if (!text) return std::unexpected(text.error());
    const auto failed = [&](const std::string& why) {
        return contradiction(Exit::failed_check, path.string() + ": " + why);
    };
    auto receipt = proof::parse_receipt(*text);
    if (!receipt) return failed(receipt.error());
    auto checkpoint = receipt->extra ? proof::verify_receipt(*receipt, *receipt->extra, known_)
                                     : proof::open_checkpoint(receipt->checkpoint, known_);
    if (!checkpoint) return failed(checkpoint.error());
    want(*checkpoint);
    receipts_.push_back({path.string(), std::move(*receipt), std::move(*checkpoint), std::nullopt});
    return {};
}

void LogEvidence::take(const Hash256& leaf) {
    for (NamedReceipt& receipt : receipts_) {
        if (receipt.receipt.index == tree_.size()) receipt.leaf = leaf;
    }
    tree_.append(leaf, [this](const proof::TileId& id, const proof::TileHashes& hashes) {
        const bool is_signed = checkpoint_ && tree_.size() <= checkpoint_->head.size;
        if (is_signed) check_tile({id, proof::tile_width, false}, hashes);
    });
    if (wanted_roots_.empty() || tree_.size() != *wanted_roots_.begin()) return;
    keep_root();
    wanted_roots_.erase(wanted_roots_.begin());
    if (checkpoint_ && tree_.size() == checkpoint_->head.size) check_edge();
}

/// At the right edge every node is in a tile that the tree holds itself.
void LogEvidence::keep_root() {
    const auto nodes = proof::nodes_of_tiles(
        tree_.size(), [this](const proof::TileRequest& tile) { return tree_.edge(tile.id.level); });
    roots_[tree_.size()] = proof::tree_root(tree_.size(), nodes).value();
}

void LogEvidence::check_tile(const proof::TileRequest& tile, const proof::TileHashes& hashes) {
    if (tiles_.empty() || !bad_tile_.empty()) return;
    const std::string_view expected(reinterpret_cast<const char*>(hashes.data()),
                                    hashes.size() * sizeof(Hash256));
    const std::string path = proof::tile_path(tile);
    const auto found = read_file(tiles_ / path, expected.size());
    if (!found || *found != expected) bad_tile_ = path;
}

void LogEvidence::check_edge() {
    for (unsigned level = 0; level < proof::tile_levels; ++level) {
        const proof::TileHashes& edge = tree_.edge(level);
        const std::uint64_t index = tree_.size() >> (proof::tile_height * (level + 1));
        if (!edge.empty()) check_tile({{level, index}, edge.size(), false}, edge);
    }
}

LogEvidence::Done LogEvidence::check_head(const Checkpoint& checkpoint, const std::string& name,
                                          Exit exit) const {
    const proof::TreeHead& head = checkpoint.head;
    if (head.size > tree_.size()) {
        return contradiction(exit, name + " covers " + std::to_string(head.size) +
                                       " events, the log has " + std::to_string(tree_.size()));
    }
    const Hash256 root = head.size == 0 ? proof::empty_root() : roots_.at(head.size);
    if (root == head.root) return {};
    return contradiction(exit, "the first " + std::to_string(head.size) +
                                   " events are not those that " + name + " covers");
}

LogEvidence::Done LogEvidence::check_receipt(const NamedReceipt& receipt) const {
    auto agrees = check_head(receipt.checkpoint, "the receipt " + receipt.name, Exit::failed_check);
    if (!agrees) return agrees;
    const bool is_leaf =
        receipt.leaf &&
        proof::verify_inclusion(*receipt.leaf, receipt.receipt.index, receipt.checkpoint.head.size,
                                receipt.receipt.inclusion, receipt.checkpoint.head.root);
    if (is_leaf) return {};
    return contradiction(Exit::failed_check,
                         "the receipt " + receipt.name + " is not of the event with its number");
}

LogEvidence::Done LogEvidence::finish() const {
    auto agrees = check_all();
    const bool is_worse = agrees.has_value() || agrees.error().exit == Exit::failed_check;
    if (refused_ && is_worse) return std::unexpected(*refused_);
    return agrees;
}

LogEvidence::Done LogEvidence::check_all() const {
    if (checkpoint_) {
        auto agrees = check_head(*checkpoint_, "the log's checkpoint", Exit::damaged);
        if (!agrees) return agrees;
    }
    if (cosigned_) {
        if (!checkpoint_ || cosigned_->head.size > checkpoint_->head.size) {
            return contradiction(Exit::damaged, "the cosigned checkpoint is newer than the log's");
        }
        auto agrees = check_head(*cosigned_, "the cosigned checkpoint", Exit::damaged);
        if (!agrees) return agrees;
    }
    if (!bad_tile_.empty()) {
        return contradiction(Exit::damaged, "tile/" + bad_tile_ + " is not of the log's tree");
    }
    if (since_) {
        auto agrees = check_head(*since_, "the checkpoint that was given", Exit::failed_check);
        if (!agrees) return agrees;
    }
    for (const NamedReceipt& receipt : receipts_) {
        if (auto agrees = check_receipt(receipt); !agrees) return agrees;
    }
    return {};
}

}  // namespace creditd::replay::tool
