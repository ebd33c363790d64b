// One line per event: time, level, event name, fields. JSON lines (or text for people), escaped by
// our own code, so no value can end a line or forge a field. Written by a background thread that
// drops the oldest lines rather than let a slow terminal stop the ledger (drops are counted).
// Never log keys, bodies or secrets; `Secret` does not convert to a field. Any thread.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "core/types.hpp"

namespace creditd::daemon {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { json, text };

struct LogOptions {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::json;
    bool requests = false;  // one line per request
    std::string file{};     // empty: standard error
};

/// A field of an event. Keys are literals of ours; values may come from anywhere.
struct LogField {
    using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, bool>;

    LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
    LogField(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
    LogField(std::string_view name, const std::string& text)
        : key(name), value(std::string_view(text)) {}
    LogField(std::string_view name, bool flag) : key(name), value(flag) {}
    template <std::signed_integral Number>
    LogField(std::string_view name, Number number)
        : key(name), value(static_cast<std::int64_t>(number)) {}
    template <std::unsigned_integral Number>
        requires(!std::same_as<Number, bool>)
    LogField(std::string_view name, Number number)
        : key(name), value(static_cast<std::uint64_t>(number)) {}
    LogField(std::string_view name, Seq seq) : key(name), value(seq.value) {}

    std::string_view key;
    Value value;
};
using LogFields = std::initializer_list<LogField>;

/// Starts the writing thread. Before it, and after `stop_logging`, events go straight to standard
/// error. Returns an error sentence when the file cannot be opened, else an empty text.
std::string start_logging(const LogOptions& options);
/// Writes what is queued and ends the thread.
void stop_logging();
/// Waits until what was logged before has been written.
void flush_log();
/// Lines lost because the writer could not keep up.
std::uint64_t dropped_log_lines();

namespace detail {
extern std::atomic<LogLevel> log_level;
extern std::atomic<bool> log_requests;
}  // namespace detail

inline bool is_logged(LogLevel level) {
    return level >= detail::log_level.load(std::memory_order_relaxed);
}
inline bool are_requests_logged() { return detail::log_requests.load(std::memory_order_relaxed); }

/// `event` is a snake_case literal, e.g. `snapshot_written`.
void log_event(LogLevel level, std::string_view event, LogFields fields = {});

inline void log_debug(std::string_view event, LogFields fields = {}) {
    if (is_logged(LogLevel::debug)) log_event(LogLevel::debug, event, fields);
}
inline void log_info(std::string_view event, LogFields fields = {}) {
    if (is_logged(LogLevel::info)) log_event(LogLevel::info, event, fields);
}
inline void log_warning(std::string_view event, LogFields fields = {}) {
    if (is_logged(LogLevel::warning)) log_event(LogLevel::warning, event, fields);
}
inline void log_error(std::string_view event, LogFields fields = {}) {
    log_event(LogLevel::error, event, fields);
}
/// One request; nothing unless request lines are on. Not flushed at once, unlike other events.
void log_request(LogFields fields);
/// The last words before an abort: written by the calling thread itself, past the queue.
void log_fatal(std::string_view event, LogFields fields = {});

/// The line (without its newline) that an event makes. For the writer and its tests.
void append_log_line(std::string& out, LogFormat format, Timestamp time, LogLevel level,
                     std::string_view event, LogFields fields);

}  // namespace creditd::daemon
