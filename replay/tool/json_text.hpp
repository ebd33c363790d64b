// Writes JSON for the tool's output: objects, lists and values in the order of the calls, nothing
// kept but the target. Amounts are exact decimals. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/credits.hpp"
#include "replay/tool/text.hpp"

namespace creditd::replay::tool {

class JsonText {
public:
    /// Appends to `out`. `decimals` are the ledger's.
    JsonText(std::string& out, unsigned decimals) : out_(out), decimals_(decimals) {}

    // An empty name stands for an element of a list, or the outermost value.
    void open(std::string_view name = {}) { begin(name, '{'); }
    void close() { end('}'); }
    void open_list(std::string_view name = {}) { begin(name, '['); }
    void close_list() { end(']'); }

    void text(std::string_view name, std::string_view value) {
        put_name(name);
        append_json_string(out_, value);
    }
    /// Left out where it is empty.
    void optional_text(std::string_view name, std::string_view value) {
        if (!value.empty()) text(name, value);
    }
    void number(std::string_view name, std::uint64_t value) { raw(name, std::to_string(value)); }
    void number(std::string_view name, std::int64_t value) { raw(name, std::to_string(value)); }
    void number(std::string_view name, std::uint32_t value) { number(name, std::uint64_t{value}); }
    void number(std::string_view name, double value) { raw(name, decimal_of(value)); }
    void number(std::string_view name, Seq value) { number(name, value.value); }
    void flag(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
    void amount(std::string_view name, Credits value) {
        put_name(name);
        append_decimal(out_, value.value, decimals_);
    }
    void wide_amount(std::string_view name, WideCredits value) {
        put_name(name);
        append_decimal_wide(out_, value, decimals_);
    }
    void time(std::string_view name, Timestamp value) { text(name, time_text(value)); }
    /// Left out where it is never.
    void optional_time(std::string_view name, Timestamp value) {
        if (!value.is_never()) time(name, value);
    }
    void raw(std::string_view name, std::string_view json) {
        put_name(name);
        out_ += json;
    }
    unsigned decimals() const { return decimals_; }

private:
    void put_name(std::string_view name) {
        if (needs_comma_) out_ += ',';
        needs_comma_ = true;
        if (name.empty()) return;
        append_json_string(out_, name);
        out_ += ':';
    }
    void begin(std::string_view name, char bracket) {
        put_name(name);
        out_ += bracket;
        needs_comma_ = false;
    }
    void end(char bracket) {
        out_ += bracket;
        needs_comma_ = true;
    }

    std::string& out_;
    unsigned decimals_;
    bool needs_comma_ = false;
};

}  // namespace creditd::replay::tool
