#include "replay/backup/backup_writer.hpp"

#include <cstring>
#include <utility>

#include "core/assert.hpp"
#include "replay/archive/manifest.hpp"
#include "replay/backup/backup_journal.hpp"
#include "replay/backup/personal_rows.hpp"
#include "replay/proof/checkpoint.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay::backup {
namespace {

/// Personal parts that are asked for at once.
constexpr std::size_t rows_at_once = 4'096;

File file_of(std::string_view bytes) { return {bytes.size(), sha256(bytes)}; }

}  // namespace

BackupWriter::Done BackupWriter::add(const BlockView& block, const ChainTip& tip) {
    if (blocks_.empty()) segment_.first_seq = block.first_seq();
    CREDITD_ASSERT(block.first_seq() == manifest_.tip.seq.next());
    const auto length = static_cast<std::uint32_t>(block.bytes().size());
    char prefix[archive::length_bytes];
    std::memcpy(prefix, &length, sizeof prefix);
    blocks_.append(prefix, sizeof prefix);
    blocks_ += block.bytes();
    for (Seq seq = block.first_seq(); seq <= block.last_seq(); seq = seq.next()) {
        seqs_.push_back(seq);
    }
    manifest_.tip = tip;
    if (seqs_.size() >= rows_at_once) {
        if (auto done = read_personal(); !done) return done;
    }
    const bool is_full = blocks_.size() >= segment_bytes_ || personal_.size() >= segment_bytes_;
    return is_full ? close_segment() : Done{};
}

BackupWriter::Done BackupWriter::read_personal() {
    const auto parts = source_.read_personal(seqs_);
    if (!parts) return std::unexpected(parts.error());
    for (std::size_t i = 0; i < seqs_.size(); ++i) {
        if ((*parts)[i]) append_row(personal_, seqs_[i], *(*parts)[i]);
    }
    seqs_.clear();
    return {};
}

BackupWriter::Done BackupWriter::close_segment() {
    if (blocks_.empty()) return {};
    if (auto done = read_personal(); !done) return done;
    segment_.last_seq = manifest_.tip.seq;
    segment_.time = manifest_.tip.time;
    segment_.blocks = file_of(blocks_);
    segment_.personal = personal_.empty() ? File{} : file_of(personal_);
    CREDITD_ASSERT(blocks_.size() <= file_bytes_max && personal_.size() <= file_bytes_max);
    if (auto done = target_.put(blocks_name(segment_), blocks_); !done) return done;
    if (!personal_.empty()) {
        if (auto done = target_.put(personal_name(segment_), personal_); !done) return done;
    }
    bytes_ += blocks_.size() + personal_.size();
    ++segments_;
    manifest_.segments.push_back(segment_);
    blocks_.clear();
    personal_.clear();
    return {};
}

/// What was written, as a restore would read it.
BackupWriter::Done BackupWriter::verify_written() const {
    BackupJournal written(target_, manifest_);
    const auto tip = written.open();
    if (!tip) return std::unexpected(tip.error());
    std::optional<JournalError> failed;
    const auto read =
        verify_chain(written, before_.tip, [&](const BlockView& block, const ChainTip&) {
            const auto part = written.read_personal(block.first_seq());
            if (!part) failed = part.error();
            return !failed;
        });
    if (!read) return std::unexpected(read.error());
    if (failed) return std::unexpected(*failed);
    if (read->tip == manifest_.tip) return {};
    return std::unexpected(
        JournalError{JournalFault::damaged, "what was written does not end where it should"});
}

namespace {

/// How many events the head that is there covers; 0 without one.
std::uint64_t signed_size(const Manifest& manifest) {
    if (manifest.checkpoint.empty()) return 0;
    const auto known = proof::open_checkpoint(manifest.checkpoint, manifest.keys);
    return known ? known->head.size : 0;
}

}  // namespace

BackupWriter::Done BackupWriter::finish(const SignedPart& part) {
    if (auto done = close_segment(); !done) return done;
    CREDITD_ASSERT(!manifest_.segments.empty());
    // What was signed last counts: neither nothing nor less takes its place. A head stays with the
    // keys that it was signed with.
    const bool is_covered = part.size > 0 && part.size <= manifest_.tip.seq.value;
    const bool is_newest = is_covered && part.size >= signed_size(manifest_);
    if (is_newest) manifest_.checkpoint = part.note;
    if (is_newest || manifest_.checkpoint.empty()) manifest_.keys = part.keys;
    if (auto done = verify_written(); !done) return done;
    if (manifest_ == before_) return {};
    const std::string text = encode_manifest(manifest_);
    if (text.size() > manifest_bytes_max) {
        return std::unexpected(JournalError{
            JournalFault::io, "the manifest has too many segments: begin a new backup elsewhere"});
    }
    CREDITD_ASSERT(decode_manifest(text).has_value());
    if (auto done = target_.put_manifest(text); !done) return done;
    const auto now = read_manifest(target_);
    if (!now) return std::unexpected(now.error());
    if (*now && **now == manifest_) return {};
    return std::unexpected(
        JournalError{JournalFault::damaged, "the manifest that was written is not the one there"});
}

}  // namespace creditd::replay::backup
