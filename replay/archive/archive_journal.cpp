#include "replay/archive/archive_journal.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/assert.hpp"
#include "replay/files.hpp"
#include "replay/fold.hpp"

namespace creditd::replay::archive {
namespace {

JournalError damaged(std::string detail, std::optional<Seq> seq = std::nullopt) {
    return {JournalFault::damaged, std::move(detail), seq};
}

/// Takes the next block off the front of `rest`; nothing where it is cut off.
std::optional<std::string_view> take_block(std::string_view& rest) {
    std::uint32_t length = 0;
    if (rest.size() < length_bytes) return std::nullopt;
    std::memcpy(&length, rest.data(), length_bytes);
    rest.remove_prefix(length_bytes);
    if (length == 0 || length > rest.size() || length > limits::block_bytes_max) {
        return std::nullopt;
    }
    const std::string_view block = rest.substr(0, length);
    rest.remove_prefix(length);
    return block;
}

/// The number that a block claims to begin with.
Seq claimed_seq(std::string_view block) {
    const auto header = peek_header(block);
    return header ? header->first_seq : Seq{};
}

}  // namespace

bool is_archive(const std::filesystem::path& folder) {
    std::error_code error;
    const Layout layout{folder};
    return std::filesystem::exists(layout.manifest(), error) ||
           std::filesystem::exists(layout.blocks(), error);
}

std::expected<std::unique_ptr<ArchiveJournal>, JournalError> ArchiveJournal::of(
    const std::filesystem::path& folder) {
    Layout layout{folder};
    const auto text = read_file(layout.manifest(), manifest_bytes_max);
    if (!text) return std::unexpected(damaged(text.error().detail));
    if (!*text) return std::unexpected(damaged("the archive has no manifest: it is unfinished"));
    auto manifest = decode_manifest(**text);
    if (!manifest) {
        return std::unexpected(
            damaged("the manifest " + layout.manifest().string() + " is damaged"));
    }
    return std::unique_ptr<ArchiveJournal>(
        new ArchiveJournal(std::move(layout), std::move(*manifest)));
}

std::expected<std::string, JournalError> ArchiveJournal::read_segment(
    const Segment& segment) const {
    const auto path = layout_.segment(segment.first_seq);
    auto bytes = read_file(path, segment_bytes_max);
    if (!bytes) return std::unexpected(damaged(bytes.error().detail, segment.first_seq));
    if (!*bytes) {
        return std::unexpected(damaged(path.string() + " is missing", segment.first_seq));
    }
    if ((*bytes)->size() != segment.bytes) {
        return std::unexpected(
            damaged(path.string() + " has another size than the manifest says", segment.first_seq));
    }
    return std::move(**bytes);
}

std::expected<std::optional<Journal::LastBlock>, JournalError> ArchiveJournal::load_last() {
    const auto bytes = read_segment(manifest_.segments.back());
    if (!bytes) return std::unexpected(bytes.error());
    std::string_view rest = *bytes;
    std::string_view last;
    while (!rest.empty()) {
        const auto block = take_block(rest);
        if (!block) {
            return std::unexpected(
                damaged("the last segment is cut off", manifest_.segments.back().first_seq));
        }
        last = *block;
    }
    return LastBlock{claimed_seq(last), std::string(last)};
}

std::expected<void, JournalError> ArchiveJournal::visit(Seq from, Seq last,
                                                        const BlockVisitor& visitor) const {
    const auto& segments = manifest_.segments;
    auto segment = std::ranges::upper_bound(segments, from, {}, &Segment::first_seq);
    if (segment != segments.begin()) --segment;
    for (; segment != segments.end() && segment->first_seq <= last; ++segment) {
        const auto bytes = read_segment(*segment);
        if (!bytes) return std::unexpected(bytes.error());
        // The first block stands under the segment's number, the others under their own.
        StoredBlock stored{segment->first_seq, {}};
        for (std::string_view rest = *bytes; !rest.empty();) {
            const bool is_first = rest.size() == bytes->size();
            const auto block = take_block(rest);
            if (!block) {
                return std::unexpected(
                    JournalError{JournalFault::damaged,
                                 layout_.segment(segment->first_seq).string() + " is cut off"});
            }
            stored = {is_first ? segment->first_seq : claimed_seq(*block), *block};
            const auto header = peek_header(*block);
            const bool is_before = header && header->first_seq == stored.first_seq &&
                                   header->count > 0 && header->last_seq() < from;
            if (is_before) continue;
            if (stored.first_seq > last || !visitor(stored)) return {};
        }
    }
    return {};
}

AppendOutcome ArchiveJournal::store(const ChainTip&, std::span<const SealedBlock>,
                                    std::span<const PersonalRow>, std::string&) {
    assertion_failed("an archive is never written to", __FILE__, __LINE__);
}

std::expected<std::vector<std::optional<std::string>>, JournalError> ArchiveJournal::load_personal(
    std::span<const Seq> seqs) const {
    return std::vector<std::optional<std::string>>(seqs.size());
}

JournalError ArchiveJournal::first_damage(const JournalError& otherwise) const {
    Fold fold;
    std::optional<JournalError> found;
    const auto visited = visit(Seq{1}, Seq{UINT64_MAX}, [&](const StoredBlock& stored) {
        const auto block = BlockView::parse(stored.bytes);
        const bool is_sound = block && block->first_seq() == stored.first_seq &&
                              fold.offer(*block) == FoldVerdict::accepted;
        if (!is_sound) found = damaged("a block does not continue the chain");
        return is_sound;
    });
    if (!visited) found = visited.error();
    if (!found) return otherwise;
    if (!found->seq) found->seq = fold.tip().seq.next();
    return *found;
}

}  // namespace creditd::replay::archive
