#include "replay/state_mark.hpp"

#include <chrono>

#include "replay/event_stream.hpp"
#include "replay/sha256.hpp"
#include "replay/state_hash.hpp"
#include "replay/text_lines.hpp"

namespace creditd::replay {
namespace {

constexpr std::size_t mark_bytes_max = 4096;

}  // namespace

std::string encode_state_mark(const StateMark& mark) {
    std::string text = "creditd-state 1\n";
    text += "version " + mark.version + "\n";
    text += "binary " + to_hex(mark.binary.bytes) + "\n";
    text += "seq " + std::to_string(mark.seq.value) + "\n";
    text += "hash " + to_hex(mark.hash.bytes) + "\n";
    text += "state " + to_hex(mark.state.bytes) + "\n";
    return text + checksum_line(text);
}

std::optional<StateMark> decode_state_mark(std::string_view text) {
    StateMark mark;
    std::string_view rest = text;
    if (take_line(rest, "creditd-state") != "1") return std::nullopt;
    mark.version = std::string(take_line(rest, "version"));
    const bool is_read = parse_hex(take_line(rest, "binary"), mark.binary.bytes) &&
                         parse_number(take_line(rest, "seq"), mark.seq.value) &&
                         parse_hex(take_line(rest, "hash"), mark.hash.bytes) &&
                         parse_hex(take_line(rest, "state"), mark.state.bytes);
    // One mark has one spelling: that settles the checksum and every oddity at once.
    if (!is_read || encode_state_mark(mark) != text) return std::nullopt;
    return mark;
}

std::expected<void, JournalError> write_state_mark(const std::filesystem::path& path,
                                                   const StateMark& mark) {
    const auto written = write_file_atomically(path, encode_state_mark(mark));
    if (!written) return std::unexpected(JournalError{JournalFault::io, written.error().detail});
    return {};
}

std::expected<std::optional<StateMark>, JournalError> read_state_mark(
    const std::filesystem::path& path) {
    const auto text = read_file(path, mark_bytes_max);
    if (!text) return std::unexpected(JournalError{JournalFault::io, text.error().detail});
    if (!*text) return std::nullopt;
    auto mark = decode_state_mark(**text);
    if (!mark) {
        return std::unexpected(
            JournalError{JournalFault::damaged, "the state mark " + path.string() + " is damaged"});
    }
    return mark;
}

std::expected<std::optional<ChainTip>, JournalError> tip_at(const Journal& journal, Seq seq) {
    const auto bytes = journal.read_block(seq);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    const auto block = BlockView::parse(**bytes);
    if (!block || block->last_seq() != seq) return std::nullopt;
    return block->tip(block->hash());
}

std::expected<MarkCheck, JournalError> check_state_mark(
    const Journal& journal, const StateMark& mark, const Hash256& binary, unsigned threads,
    const std::function<void(const RecoveryProgress&)>& progress) {
    MarkCheck check;
    if (mark.binary == binary) return check;
    const auto at = tip_at(journal, mark.seq);
    if (!at) return std::unexpected(at.error());
    if (!*at || (*at)->hash != mark.hash) {
        check.verdict = MarkVerdict::foreign;
        return check;
    }
    const auto begun = std::chrono::steady_clock::now();
    RecoveryOptions options;
    options.use_snapshots = false;
    options.last = mark.seq;
    options.threads = threads;
    options.progress = progress;
    const auto replayed = recover(journal, {}, options);
    if (!replayed) return std::unexpected(replayed.error());
    check.replayed = hash_state(*replayed->state, std::max(threads, 1u));
    check.events = replayed->report.events_applied;
    check.verdict = check.replayed == mark.state ? MarkVerdict::same : MarkVerdict::different;
    const auto took = std::chrono::steady_clock::now() - begun;
    check.seconds = std::chrono::duration<double>(took).count();
    return check;
}

}  // namespace creditd::replay
