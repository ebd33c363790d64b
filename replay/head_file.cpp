#include "replay/head_file.hpp"

#include <cerrno>

#include "core/canary.hpp"
#include "replay/chain.hpp"
#include "replay/files.hpp"
#include "replay/sha256.hpp"
#include "replay/text_lines.hpp"

namespace creditd::replay {
namespace {

constexpr std::size_t head_bytes_max = 4096;

bool is_shortage(int code) {
    return code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOSPC || code == EDQUOT;
}

JournalError from_file_error(const FileError& error) {
    return {is_shortage(error.code) ? JournalFault::shortage : JournalFault::io, error.detail};
}

}  // namespace

std::string encode_head(const Head& head) {
    const ChainTip& tip = head.tip;
    std::string text = "creditd-head 1\n";
    text += "ledger " + to_hex(tip.chain.ledger.bytes) + "\n";
    text += "shard " + std::to_string(tip.chain.shard) + "\n";
    text += "epoch " + std::to_string(tip.epoch.value) + "\n";
    text += "seq " + std::to_string(tip.seq.value) + "\n";
    text += "hash " + to_hex(tip.hash.bytes) + "\n";
    text += "time " + std::to_string(tip.time.value) + "\n";
    text += head.is_clean ? "clean 1\n" : "clean 0\n";
    return text + checksum_line(text);
}

std::optional<Head> decode_head(std::string_view text) {
    Head head;
    ChainTip& tip = head.tip;
    std::string_view rest = text;
    const bool is_read = take_line(rest, "creditd-head") == "1" &&
                         parse_hex(take_line(rest, "ledger"), tip.chain.ledger.bytes) &&
                         parse_number(take_line(rest, "shard"), tip.chain.shard) &&
                         parse_number(take_line(rest, "epoch"), tip.epoch.value) &&
                         parse_number(take_line(rest, "seq"), tip.seq.value) &&
                         parse_hex(take_line(rest, "hash"), tip.hash.bytes) &&
                         parse_number(take_line(rest, "time"), tip.time.value);
    if (!is_read) return std::nullopt;
    head.is_clean = take_line(rest, "clean") == "1";
    // One head has one spelling: that settles the checksum and every oddity at once.
    if (encode_head(head) != text) return std::nullopt;
    return head;
}

std::expected<void, JournalError> write_head(const std::filesystem::path& path, const Head& head) {
    const auto written = write_file_atomically(path, encode_head(head));
    if (!written) return std::unexpected(from_file_error(written.error()));
    return {};
}

std::expected<std::optional<Head>, JournalError> read_head(const std::filesystem::path& path) {
    const auto text = read_file(path, head_bytes_max);
    if (!text) return std::unexpected(from_file_error(text.error()));
    if (!*text) return std::nullopt;
    auto head = decode_head(**text);
    if (!head) {
        return std::unexpected(
            JournalError{JournalFault::damaged, "the head file " + path.string() + " is damaged"});
    }
    return head;
}

std::expected<void, JournalError> check_head(const std::optional<Head>& head,
                                             const Journal& journal) {
    if (canary(Canary::head_not_checked)) return {};
    const ChainTip tip = journal.tip();
    if (!head && tip.is_empty()) return {};
    if (!head) {
        return std::unexpected(JournalError{
            JournalFault::no_head, "the journal holds events 1 to " +
                                       std::to_string(tip.seq.value) +
                                       ", but the head file that vouches for its end is missing"});
    }
    return check_reaches(journal, head->tip, "the head file");
}

}  // namespace creditd::replay
