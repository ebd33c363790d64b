#include "replay/archive/manifest.hpp"

#include <fmt/format.h>

#include "replay/sha256.hpp"
#include "replay/text_lines.hpp"

namespace creditd::replay::archive {
namespace {

bool parse_segment(std::string_view text, Segment& segment) {
    const std::size_t space = text.find(' ');
    return space != std::string_view::npos &&
           parse_number(text.substr(0, space), segment.first_seq.value) &&
           parse_number(text.substr(space + 1), segment.bytes);
}

bool is_possible(const Manifest& manifest) {
    if (manifest.segments.empty() || manifest.signed_size > manifest.tip.seq.value) return false;
    if (manifest.tip.seq.value > block_format::seq_max) return false;
    Seq next{1};
    for (const Segment& segment : manifest.segments) {
        if (segment.first_seq < next || segment.bytes == 0) return false;
        next = segment.first_seq.next();
    }
    return manifest.segments.front().first_seq == Seq{1};
}

}  // namespace

std::string encode_manifest(const Manifest& manifest) {
    const ChainTip& tip = manifest.tip;
    std::string text = fmt::format(
        "creditd-archive 1\nledger {}\nshard {}\nepoch {}\nseq {}\nhash {}\ntime {}\nsigned {}\n",
        to_hex(tip.chain.ledger.bytes), tip.chain.shard, tip.epoch.value, tip.seq.value,
        to_hex(tip.hash.bytes), tip.time.value, manifest.signed_size);
    for (const Segment& segment : manifest.segments) {
        text += fmt::format("segment {} {}\n", segment.first_seq.value, segment.bytes);
    }
    return text + checksum_line(text);
}

std::optional<Manifest> decode_manifest(std::string_view text) {
    Manifest manifest;
    ChainTip& tip = manifest.tip;
    std::string_view rest = text;
    const bool is_read = take_line(rest, "creditd-archive") == "1" &&
                         parse_hex(take_line(rest, "ledger"), tip.chain.ledger.bytes) &&
                         parse_number(take_line(rest, "shard"), tip.chain.shard) &&
                         parse_number(take_line(rest, "epoch"), tip.epoch.value) &&
                         parse_number(take_line(rest, "seq"), tip.seq.value) &&
                         parse_hex(take_line(rest, "hash"), tip.hash.bytes) &&
                         parse_number(take_line(rest, "time"), tip.time.value) &&
                         parse_number(take_line(rest, "signed"), manifest.signed_size);
    if (!is_read) return std::nullopt;
    while (rest.starts_with("segment ")) {
        Segment segment;
        if (!parse_segment(take_line(rest, "segment"), segment)) return std::nullopt;
        manifest.segments.push_back(segment);
    }
    if (!is_possible(manifest) || encode_manifest(manifest) != text) return std::nullopt;
    return manifest;
}

std::filesystem::path Layout::segment(Seq first_seq) const {
    return blocks() / fmt::format("{:020}.blocks", first_seq.value);
}

}  // namespace creditd::replay::archive
