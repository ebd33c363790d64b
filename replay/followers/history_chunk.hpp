// The stored form of the history: entries of one account as a chunk, chunks of quiet neighbours as
// a group, and the keys of both. Family `history`, integers big-endian, newest first everywhere:
//
//   'a' ‖ u32 account ‖ ~u64 oldest seq         a chunk of up to 64 entries of a busy account
//   'g' ‖ u32 account / 16 ‖ ~u64 oldest seq    for each account: u8 account % 16, varint its
//   oldest
//                                               seq − that of the key, varint size, its chunk
//   chunk: for each entry u8 kind, u8 mask of the fields that are there, varint distance to the
//   entry before it (of the first: to the oldest), u32 hash of each field that is there
//
// Within one run an account is busy or not; most of the cost of a table is by its keys, so quiet
// accounts share them. Pure functions; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace creditd::replay::followers {

inline constexpr std::size_t history_chunk_entries = 64;
inline constexpr unsigned history_group_bits = 4;
inline constexpr std::size_t history_group_accounts = 1u << history_group_bits;
/// With fewer entries in a run an account is quiet.
inline constexpr std::size_t history_busy_entries = 16;
static_assert(history_busy_entries <= history_chunk_entries);

/// What an entry can be filtered by without reading its event.
enum class HistoryField : std::uint8_t { feature, user, model, resource };
inline constexpr std::size_t history_fields = 4;

/// A 32-bit hash of a field's text: CRC-32C.
std::uint32_t history_hash(std::string_view text);

struct HistoryEntry {
    Seq seq{};
    std::uint8_t kind = 0;
    std::uint8_t mask = 0;  // bit i: field i is there
    std::array<std::uint32_t, history_fields> hashes{};
};

std::string history_account_prefix(AccountNo account);
std::string history_group_prefix(AccountNo account);
void append_history_seq(std::string& key, Seq oldest);
/// The oldest seq of a key that has this prefix; zero if it is malformed.
Seq oldest_in_key(std::string_view key, std::string_view prefix);

/// Appends the chunk of entries, newest first, at least one.
void append_chunk(std::string& out, const std::vector<HistoryEntry>& entries);
/// Appends the entries of a chunk; false if it is malformed.
bool read_chunk(std::string_view chunk, Seq oldest, std::vector<HistoryEntry>& entries);

/// Appends one account's part of a group whose oldest seq is `group_oldest`.
void append_to_group(std::string& out, AccountNo account, Seq group_oldest,
                     const std::vector<HistoryEntry>& entries);
/// Appends the account's entries of a group, if it has any; false if the group is malformed.
bool read_group(std::string_view group, AccountNo account, Seq group_oldest,
                std::vector<HistoryEntry>& entries);

}  // namespace creditd::replay::followers
