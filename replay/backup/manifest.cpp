#include "replay/backup/manifest.hpp"

#include <fmt/format.h>

#include "replay/sha256.hpp"
#include "replay/text_lines.hpp"

namespace creditd::replay::backup {
namespace {

constexpr std::size_t name_digest_bytes = 8;

/// Takes what stands before the next space off the front of `rest`.
std::string_view take_word(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
}

bool parse_file(std::string_view& rest, File& file) {
    return parse_number(take_word(rest), file.bytes) &&
           parse_hex(take_word(rest), file.hash.bytes) && file.bytes <= file_bytes_max;
}

bool parse_segment(std::string_view text, Segment& segment) {
    return parse_number(take_word(text), segment.first_seq.value) &&
           parse_number(take_word(text), segment.last_seq.value) &&
           parse_number(take_word(text), segment.time.value) && parse_file(text, segment.blocks) &&
           parse_file(text, segment.personal) && text.empty();
}

bool is_possible(const Manifest& manifest) {
    if (manifest.segments.empty()) return false;
    if (manifest.tip.seq.value > block_format::seq_max) return false;
    Seq next{1};
    Timestamp time{};
    for (const Segment& segment : manifest.segments) {
        const bool is_next = segment.first_seq == next && segment.last_seq >= next &&
                             segment.last_seq <= manifest.tip.seq && segment.time >= time &&
                             segment.blocks.bytes > 0;
        if (!is_next) return false;
        next = segment.last_seq.next();
        time = segment.time;
    }
    return manifest.segments.back().last_seq == manifest.tip.seq &&
           manifest.segments.back().time == manifest.tip.time;
}

std::string file_text(const File& file) {
    return fmt::format("{} {}", file.bytes, to_hex(file.hash.bytes));
}

std::string name_of(const Segment& segment, const File& file, std::string_view ending) {
    const auto digest = std::span(file.hash.bytes).first(name_digest_bytes);
    return fmt::format("{}/{:020}-{}.{}", segments_name, segment.first_seq.value, to_hex(digest),
                       ending);
}

/// Everything but the checksum and whether it can be.
bool read_lines(std::string_view rest, Manifest& manifest) {
    ChainTip& tip = manifest.tip;
    const bool is_head_read = parse_hex(take_line(rest, "ledger"), tip.chain.ledger.bytes) &&
                              parse_number(take_line(rest, "shard"), tip.chain.shard) &&
                              parse_number(take_line(rest, "epoch"), tip.epoch.value) &&
                              parse_number(take_line(rest, "seq"), tip.seq.value) &&
                              parse_hex(take_line(rest, "hash"), tip.hash.bytes) &&
                              parse_number(take_line(rest, "time"), tip.time.value);
    if (!is_head_read) return false;
    if (rest.starts_with("checkpoint ")) {
        auto note = proof::from_base64(take_line(rest, "checkpoint"));
        if (!note || note->empty() || note->size() > proof::note_bytes_max) return false;
        manifest.checkpoint = std::move(*note);
    }
    while (rest.starts_with("key ")) {
        auto key = proof::VerifierKey::parse(take_line(rest, "key"));
        if (!key) return false;
        manifest.keys.push_back(std::move(*key));
    }
    while (rest.starts_with("segment ")) {
        Segment segment;
        if (!parse_segment(take_line(rest, "segment"), segment)) return false;
        manifest.segments.push_back(segment);
    }
    return true;
}

}  // namespace

std::string encode_manifest(const Manifest& manifest) {
    const ChainTip& tip = manifest.tip;
    std::string text =
        fmt::format("creditd-backup 1\nledger {}\nshard {}\nepoch {}\nseq {}\nhash {}\ntime {}\n",
                    to_hex(tip.chain.ledger.bytes), tip.chain.shard, tip.epoch.value, tip.seq.value,
                    to_hex(tip.hash.bytes), tip.time.value);
    if (!manifest.checkpoint.empty()) {
        text += fmt::format("checkpoint {}\n", proof::to_base64(manifest.checkpoint));
    }
    for (const proof::VerifierKey& key : manifest.keys) text += "key " + key.text() + "\n";
    for (const Segment& segment : manifest.segments) {
        text +=
            fmt::format("segment {} {} {} {} {}\n", segment.first_seq.value, segment.last_seq.value,
                        segment.time.value, file_text(segment.blocks), file_text(segment.personal));
    }
    return text + checksum_line(text);
}

std::expected<Manifest, std::string> decode_manifest(std::string_view text) {
    std::string_view rest = text;
    const std::string_view version = take_line(rest, "creditd-backup");
    std::uint32_t number = 0;
    if (parse_number(version, number) && number > 1) {
        return std::unexpected("has format " + std::to_string(number) +
                               ", which only a newer creditd can read");
    }
    Manifest manifest;
    const bool is_read = version == "1" && read_lines(rest, manifest) && is_possible(manifest);
    // One manifest has one spelling: that settles the checksum and every oddity at once.
    if (!is_read || encode_manifest(manifest) != text) return std::unexpected("is damaged");
    return manifest;
}

std::string blocks_name(const Segment& segment) {
    return name_of(segment, segment.blocks, "blocks");
}

std::string personal_name(const Segment& segment) {
    return name_of(segment, segment.personal, "personal");
}

}  // namespace creditd::replay::backup
