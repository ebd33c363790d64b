#include "replay/proof/checkpoint.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "core/assert.hpp"

namespace creditd::replay::proof {
namespace {

constexpr std::string_view receipt_line = "c2sp.org/tlog-proof@v1";
constexpr std::string_view extra_word = "extra ";
constexpr std::string_view index_word = "index ";
/// A path is never longer: a tree has less than 2^63 leaves.
constexpr std::size_t path_hashes_max = 63;

std::string hash_text(const Hash256& hash) {
    return to_base64({reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()});
}

std::optional<Hash256> hash_of(std::string_view text) {
    const auto bytes = from_base64(text);
    if (!bytes || bytes->size() != sizeof(Hash256)) return std::nullopt;
    Hash256 hash;
    std::memcpy(hash.bytes.data(), bytes->data(), bytes->size());
    return hash;
}

/// A number as it is written: decimal, without leading zeros.
std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (std::to_string(value) != text || value > INT64_MAX) return std::nullopt;
    return value;
}

/// Takes the next line off the front, without its newline; nothing when there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t newline = text.find('\n');
    if (newline == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, newline);
    text.remove_prefix(newline + 1);
    return line;
}

std::unexpected<ProofError> malformed(std::string_view what) {
    return std::unexpected("malformed: " + std::string(what));
}

}  // namespace

std::string Checkpoint::text() const {
    return origin + '\n' + std::to_string(head.size) + '\n' + hash_text(head.root) + '\n';
}

std::expected<Checkpoint, ProofError> parse_checkpoint(std::string_view text) {
    const auto origin = take_line(text);
    const auto size = take_line(text);
    const auto root = take_line(text);
    if (!origin || origin->empty() || !size || !root) return malformed("a checkpoint's lines");
    const auto count = number_of(*size);
    const auto hash = hash_of(*root);
    if (!count || !hash) return malformed("a checkpoint's size or root");
    while (!text.empty()) {
        if (const auto line = take_line(text); !line || line->empty()) {
            return malformed("a checkpoint's extension");
        }
    }
    return Checkpoint{std::string(*origin), {*count, *hash}};
}

std::string sign_checkpoint(const Checkpoint& checkpoint, std::span<const SignerKey> keys) {
    CREDITD_ASSERT(std::ranges::all_of(
        keys, [&](const SignerKey& key) { return key.verifier().name == checkpoint.origin; }));
    return sign_note(checkpoint.text(), keys);
}

std::expected<Checkpoint, ProofError> open_checkpoint(std::string_view note,
                                                      std::span<const VerifierKey> known) {
    const auto opened = open_note(note, known);
    if (!opened) return std::unexpected(opened.error());
    auto checkpoint = parse_checkpoint(opened->text);
    if (!checkpoint) return checkpoint;
    const bool is_by_log = std::ranges::any_of(opened->signers, [&](const VerifierKey& key) {
        return key.type == KeyType::note && key.name == checkpoint->origin;
    });
    if (!is_by_log) return std::unexpected(ProofError("the log itself has not signed it"));
    return checkpoint;
}

std::string Receipt::text() const {
    std::string out(receipt_line);
    out += '\n';
    if (extra) out.append(extra_word).append(to_base64(*extra)) += '\n';
    out.append(index_word).append(std::to_string(index)) += '\n';
    for (const Hash256& hash : inclusion) out.append(hash_text(hash)) += '\n';
    out += '\n';
    out += checkpoint;
    return out;
}

std::expected<Receipt, ProofError> parse_receipt(std::string_view text) {
    if (const auto first = take_line(text); first != receipt_line) {
        return malformed("not a tlog-proof");
    }
    Receipt receipt;
    auto line = take_line(text);
    if (line && line->starts_with(extra_word)) {
        receipt.extra = from_base64(line->substr(extra_word.size()));
        if (!receipt.extra) return malformed("the extra data");
        line = take_line(text);
    }
    if (!line || !line->starts_with(index_word)) return malformed("without an index");
    const auto index = number_of(line->substr(index_word.size()));
    if (!index) return malformed("the index");
    receipt.index = *index;
    for (line = take_line(text); line && !line->empty(); line = take_line(text)) {
        const auto hash = hash_of(*line);
        if (!hash || receipt.inclusion.size() == path_hashes_max) return malformed("the path");
        receipt.inclusion.push_back(*hash);
    }
    if (!line) return malformed("without a checkpoint");
    receipt.checkpoint = text;
    return receipt;
}

std::expected<Checkpoint, ProofError> verify_receipt(const Receipt& receipt, std::string_view entry,
                                                     std::span<const VerifierKey> known) {
    auto checkpoint = open_checkpoint(receipt.checkpoint, known);
    if (!checkpoint) return checkpoint;
    if (!verify_inclusion(leaf_hash(entry), receipt.index, checkpoint->head.size, receipt.inclusion,
                          checkpoint->head.root)) {
        return std::unexpected(ProofError("the entry is not in the tree of the checkpoint"));
    }
    return checkpoint;
}

}  // namespace creditd::replay::proof
