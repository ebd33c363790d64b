#include "replay/followers/history_chunk.hpp"

#include "core/assert.hpp"
#include "replay/crc32c.hpp"
#include "replay/followers/encoding.hpp"

namespace creditd::replay::followers {
namespace {

constexpr std::uint32_t place_mask = (1u << history_group_bits) - 1;

std::string prefix_of(char letter, std::uint32_t number) {
    std::string prefix(1, letter);
    append_be(prefix, number, 4);
    return prefix;
}

}  // namespace

std::uint32_t history_hash(std::string_view text) { return crc32c(text); }

std::string history_account_prefix(AccountNo account) { return prefix_of('a', account.value); }

std::string history_group_prefix(AccountNo account) {
    return prefix_of('g', account.value >> history_group_bits);
}

void append_history_seq(std::string& key, Seq oldest) { append_be(key, ~oldest.value, 8); }

Seq oldest_in_key(std::string_view key, std::string_view prefix) {
    return key.size() == prefix.size() + 8 ? Seq{~read_be(key.substr(prefix.size()))} : Seq{};
}

void append_chunk(std::string& out, const std::vector<HistoryEntry>& entries) {
    CREDITD_ASSERT(!entries.empty());
    std::uint64_t distance = entries.front().seq.value - entries.back().seq.value;
    Seq newer = entries.front().seq;
    for (const HistoryEntry& entry : entries) {
        if (entry.seq != newer) distance = newer.value - entry.seq.value;
        append_be(out, entry.kind, 1);
        append_be(out, entry.mask, 1);
        append_varint(out, distance);
        for (std::size_t i = 0; i < history_fields; ++i) {
            if ((entry.mask >> i & 1) != 0) append_be(out, entry.hashes[i], 4);
        }
        newer = entry.seq;
    }
}

bool read_chunk(std::string_view chunk, Seq oldest, std::vector<HistoryEntry>& entries) {
    Reader reader(chunk);
    std::uint64_t seq = 0;
    for (bool is_first = true; !reader.is_empty(); is_first = false) {
        HistoryEntry& entry = entries.emplace_back();
        entry.kind = reader.byte();
        entry.mask = reader.byte();
        const std::uint64_t distance = reader.varint();
        seq = is_first ? oldest.value + distance : seq - distance;
        entry.seq = Seq{seq};
        for (std::size_t i = 0; i < history_fields; ++i) {
            if ((entry.mask >> i & 1) != 0) {
                entry.hashes[i] = static_cast<std::uint32_t>(reader.be(4));
            }
        }
    }
    return !reader.is_bad() && oldest != Seq{} && seq == oldest.value;
}

void append_to_group(std::string& out, AccountNo account, Seq group_oldest,
                     const std::vector<HistoryEntry>& entries) {
    thread_local std::string chunk;
    chunk.clear();
    append_chunk(chunk, entries);
    append_be(out, account.value & place_mask, 1);
    append_varint(out, entries.back().seq.value - group_oldest.value);
    append_varint(out, chunk.size());
    out.append(chunk);
}

bool read_group(std::string_view group, AccountNo account, Seq group_oldest,
                std::vector<HistoryEntry>& entries) {
    Reader reader(group);
    while (!reader.is_empty()) {
        const std::uint32_t place = reader.byte();
        const Seq oldest{group_oldest.value + reader.varint()};
        const std::string_view chunk = reader.take(reader.varint());
        if (reader.is_bad()) return false;
        if (place == (account.value & place_mask)) return read_chunk(chunk, oldest, entries);
    }
    return group_oldest != Seq{} && !group.empty();
}

}  // namespace creditd::replay::followers
