// Spellings that the tool reads and writes: moments, positions, JSON strings, CSV cells, sizes.
// Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/credits.hpp"
#include "core/types.hpp"

namespace creditd::replay::tool {

/// RFC 3339 in UTC with microseconds: `2026-11-20T22:00:00.123456Z`; `never` for no moment.
std::string time_text(Timestamp time);
/// The day of a moment in UTC: `2026-11-20`.
std::string date_text(Timestamp time);
/// A date (`2026-11-20`, its first moment) or RFC 3339 in UTC, from 1970 to 9999; else nothing.
std::optional<Timestamp> parse_time(std::string_view text);

/// A moment or a sequence number, as `--at` takes it.
struct Position {
    std::optional<Seq> seq;
    std::optional<Timestamp> time;
};
/// Digits alone are a sequence number.
std::optional<Position> parse_position(std::string_view text);

/// As a JSON string, with its quotes. Bytes that are not UTF-8 never get here.
void append_json_string(std::string& out, std::string_view text);

/// One cell of RFC 4180, quoted where it must be. Text that a spreadsheet would run as a formula
/// (= + - @, tab, carriage return in front) gets an apostrophe before it.
void append_csv_text(std::string& out, std::string_view text);

/// With all of the ledger's decimals, so that columns align and tools know how exact it is:
/// `2.500000`, `-0.000001`.
void append_fixed(std::string& out, WideCredits minor, unsigned decimals);
std::string fixed_text(WideCredits minor, unsigned decimals);

/// `1 234 567`
std::string grouped(std::uint64_t number);
/// `1.2 MB`
std::string size_text(std::uint64_t bytes);
/// Two decimals, for seconds and rates.
std::string decimal_of(double value);

}  // namespace creditd::replay::tool
