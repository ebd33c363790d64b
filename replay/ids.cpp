#include "replay/ids.hpp"

#include <charconv>

#include "replay/block.hpp"

namespace creditd::replay {
namespace {

/// A decimal number without sign or leading zeros, 1 to `max`.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) {
    if (text.empty() || text[0] == '0') return std::nullopt;
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || value > max) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::uint64_t> parse_numbered(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    return parse_number(text.substr(prefix.size()), block_format::seq_max);
}

}  // namespace

std::optional<Seq> parse_transaction_id(std::string_view text) {
    const auto number = parse_numbered(text, "txn_");
    return number ? std::optional{Seq{*number}} : std::nullopt;
}

std::optional<HoldId> parse_hold_id(std::string_view text) {
    const auto number = parse_numbered(text, "hold_");
    return number ? std::optional{HoldId{*number}} : std::nullopt;
}

std::optional<GrantId> parse_grant_id(std::string_view text) {
    if (!text.starts_with("grt_")) return std::nullopt;
    text.remove_prefix(4);
    const std::size_t separator = text.find('_');
    const auto seq = parse_number(text.substr(0, separator), block_format::seq_max);
    if (!seq) return std::nullopt;
    if (separator == std::string_view::npos) return GrantId::of(Seq{*seq}, 0);
    const auto index = parse_number(text.substr(separator + 1), UINT16_MAX);
    if (!index) return std::nullopt;
    return GrantId::of(Seq{*seq}, static_cast<std::uint16_t>(*index));
}

std::string transaction_text(Seq seq) { return "txn_" + std::to_string(seq.value); }

void append_grant_text(std::string& out, GrantId id) {
    out += "grt_";
    out += std::to_string(id.seq().value);
    if (id.index() != 0) {
        out += '_';
        out += std::to_string(id.index());
    }
}

std::string grant_text(GrantId id) {
    std::string text;
    append_grant_text(text, id);
    return text;
}

std::optional<Seq> transaction_seq(std::string_view id) {
    if (const auto seq = parse_transaction_id(id)) return seq;
    if (const auto hold = parse_hold_id(id)) return hold->seq();
    if (const auto grant = parse_grant_id(id)) return grant->seq();
    return std::nullopt;
}

}  // namespace creditd::replay
