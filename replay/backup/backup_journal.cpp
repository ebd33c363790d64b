#include "replay/backup/backup_journal.hpp"

#include <algorithm>
#include <cstring>

#include "core/assert.hpp"
#include "replay/archive/manifest.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay::backup {
namespace {

JournalError damaged(std::string detail, std::optional<Seq> seq = std::nullopt) {
    return {JournalFault::damaged, std::move(detail), seq};
}

/// Takes the next block off the front of `rest`; nothing where it is cut off. Segments are laid out
/// like those of an archive.
std::optional<std::string_view> take_block(std::string_view& rest) {
    std::uint32_t length = 0;
    if (rest.size() < archive::length_bytes) return std::nullopt;
    std::memcpy(&length, rest.data(), archive::length_bytes);
    rest.remove_prefix(archive::length_bytes);
    if (length == 0 || length > rest.size() || length > limits::block_bytes_max) {
        return std::nullopt;
    }
    const std::string_view block = rest.substr(0, length);
    rest.remove_prefix(length);
    return block;
}

}  // namespace

std::expected<std::optional<Manifest>, JournalError> read_manifest(const Target& target) {
    const std::string name(manifest_name);
    const auto text = target.get(name, manifest_bytes_max);
    if (!text) return std::unexpected(text.error());
    if (!*text) return std::nullopt;
    auto manifest = decode_manifest(**text);
    if (!manifest) {
        return std::unexpected(damaged(target.where(name) + " " + manifest.error()));
    }
    return std::move(*manifest);
}

BackupJournal::BackupJournal(const Target& target, const Manifest& manifest, const UpTo& up_to)
    : target_(target), segments_(manifest.segments), up_to_(up_to) {
    const auto is_beyond = [&](std::size_t at) {
        return segments_[at].first_seq > up_to_.last ||
               (at > 0 && segments_[at - 1].time > up_to_.until);
    };
    while (!segments_.empty() && is_beyond(segments_.size() - 1)) segments_.pop_back();
}

std::expected<std::string, JournalError> BackupJournal::read(const std::string& name,
                                                             const File& file,
                                                             Seq first_seq) const {
    auto bytes = target_.get(name, file.bytes);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::unexpected(damaged(target_.where(name) + " is missing", first_seq));
    if ((*bytes)->size() != file.bytes || sha256(**bytes) != file.hash) {
        return std::unexpected(
            damaged(target_.where(name) + " is not what the manifest says", first_seq));
    }
    return std::move(**bytes);
}

std::expected<BackupJournal::Bytes, JournalError> BackupJournal::blocks_of(
    const Segment& segment) const {
    {
        const std::scoped_lock lock(mutex_);
        if (kept_ && kept_first_ == segment.first_seq) return kept_;
        kept_.reset();
    }
    auto bytes = read(blocks_name(segment), segment.blocks, segment.first_seq);
    if (!bytes) return std::unexpected(bytes.error());
    auto shared = std::make_shared<const std::string>(std::move(*bytes));
    const std::scoped_lock lock(mutex_);
    kept_ = shared;
    kept_first_ = segment.first_seq;
    return shared;
}

std::vector<Segment>::const_iterator BackupJournal::segment_of(Seq seq) const {
    const auto after = std::ranges::upper_bound(segments_, seq, {}, &Segment::first_seq);
    return after == segments_.begin() ? segments_.end() : std::prev(after);
}

/// The last block of the segment that ends within what is wanted, if one does.
std::expected<std::optional<Journal::LastBlock>, JournalError> BackupJournal::last_within(
    const Segment& segment) const {
    const auto bytes = blocks_of(segment);
    if (!bytes) return std::unexpected(bytes.error());
    std::optional<LastBlock> last;
    for (std::string_view rest = **bytes; !rest.empty();) {
        const auto block = take_block(rest);
        const auto header = block ? peek_header(*block) : std::nullopt;
        if (!header) {
            return std::unexpected(
                damaged(target_.where(blocks_name(segment)) + " is not a sequence of blocks",
                        segment.first_seq));
        }
        if (header->last_seq() > up_to_.last || header->time > up_to_.until) break;
        last = LastBlock{header->first_seq, std::string(*block)};
    }
    return last;
}

std::expected<std::optional<Journal::LastBlock>, JournalError> BackupJournal::load_last() {
    for (std::size_t at = segments_.size(); at > 0; --at) {
        auto last = last_within(segments_[at - 1]);
        if (!last || *last) return last;
    }
    return std::nullopt;
}

std::expected<void, JournalError> BackupJournal::visit(Seq from, Seq last,
                                                       const BlockVisitor& visitor) const {
    auto segment = segment_of(from);
    if (segment == segments_.end()) segment = segments_.begin();
    for (; segment != segments_.end() && segment->first_seq <= last; ++segment) {
        const auto bytes = blocks_of(*segment);
        if (!bytes) return std::unexpected(bytes.error());
        for (std::string_view rest = **bytes; !rest.empty();) {
            const auto block = take_block(rest);
            const auto header = block ? peek_header(*block) : std::nullopt;
            if (!header) {
                return std::unexpected(
                    damaged(target_.where(blocks_name(*segment)) + " is not a sequence of blocks"));
            }
            if (header->last_seq() < from) continue;
            if (header->first_seq > last || !visitor({header->first_seq, *block})) return {};
        }
    }
    return {};
}

std::expected<std::shared_ptr<const BackupJournal::Personal>, JournalError>
BackupJournal::personal_of(Seq seq) const {
    const auto segment = segment_of(seq);
    CREDITD_ASSERT(segment != segments_.end());
    {
        const std::scoped_lock lock(mutex_);
        if (personal_ && personal_->first_seq == segment->first_seq) return personal_;
        personal_.reset();
    }
    auto made = std::make_shared<Personal>();
    made->first_seq = segment->first_seq;
    if (segment->personal.bytes > 0) {
        const std::string name = personal_name(*segment);
        auto bytes = read(name, segment->personal, segment->first_seq);
        if (!bytes) return std::unexpected(bytes.error());
        made->bytes = std::make_shared<const std::string>(std::move(*bytes));
        auto rows = read_rows(*made->bytes);
        if (!rows) {
            return std::unexpected(damaged(target_.where(name) + " is not personal parts"));
        }
        made->rows = std::move(*rows);
    }
    const std::scoped_lock lock(mutex_);
    personal_ = made;
    return made;
}

std::expected<std::vector<std::optional<std::string>>, JournalError> BackupJournal::load_personal(
    std::span<const Seq> seqs) const {
    std::vector<std::optional<std::string>> parts;
    parts.reserve(seqs.size());
    for (const Seq seq : seqs) {
        const auto personal = personal_of(seq);
        if (!personal) return std::unexpected(personal.error());
        const auto& rows = (*personal)->rows;
        const auto at = std::ranges::lower_bound(rows, seq, {}, &RowView::seq);
        const bool is_there = at != rows.end() && at->seq == seq;
        parts.push_back(is_there ? std::optional(std::string(at->part)) : std::nullopt);
    }
    return parts;
}

AppendOutcome BackupJournal::store(const ChainTip&, std::span<const SealedBlock>,
                                   std::span<const PersonalRow>, std::string&) {
    assertion_failed("a backup is never written to", __FILE__, __LINE__);
}

}  // namespace creditd::replay::backup
