#include "core/assert.hpp"
#include "daemon/basics/log.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warning: return "warning";
        case LogLevel::error: return "error";
    }
    CREDITD_ASSERT(false);
    return {};
}

void write_value(JsonWriter& json, const LogField::Value& value) {
    if (const auto* text = std::get_if<std::string_view>(&value)) json.lossy_text(*text);
    else if (const auto* number = std::get_if<std::int64_t>(&value)) json.integer(*number);
    else if (const auto* count = std::get_if<std::uint64_t>(&value)) json.integer(*count);
    else json.boolean(std::get<bool>(value));
}

void append_json_line(std::string& out, Timestamp time, LogLevel level, std::string_view event,
                      LogFields fields) {
    JsonWriter json(out);
    json.begin_object();
    json.timestamp("ts", time);
    json.text("level", name_of(level));
    json.lossy_text("event", event);
    for (const LogField& field : fields) {
        json.foreign_key(field.key);
        write_value(json, field.value);
    }
    json.end_object();
}

/// Texts that a person reads as one word need no quotes.
bool is_plain_word(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\') return false;
    }
    return true;
}

void append_text_line(std::string& out, Timestamp time, LogLevel level, std::string_view event,
                      LogFields fields) {
    append_timestamp(out, time);
    out += ' ';
    out += name_of(level);
    out.append(8 - name_of(level).size(), ' ');
    if (is_plain_word(event)) out += event;
    else append_json_string_lossy(out, event);
    for (const LogField& field : fields) {
        out += ' ';
        out += field.key;
        out += '=';
        const auto* text = std::get_if<std::string_view>(&field.value);
        JsonWriter json(out);
        if (text != nullptr && is_plain_word(*text)) out += *text;
        else write_value(json, field.value);
    }
}

}  // namespace

void append_log_line(std::string& out, LogFormat format, Timestamp time, LogLevel level,
                     std::string_view event, LogFields fields) {
    if (format == LogFormat::json) append_json_line(out, time, level, event, fields);
    else append_text_line(out, time, level, event, fields);
}

}  // namespace creditd::daemon
