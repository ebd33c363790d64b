// A row of CSV (RFC 4180), cell by cell, safe for spreadsheets: text that would run as a formula is
// text (text.hpp), a figure is a figure. Appends to its target; one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/credits.hpp"
#include "replay/tool/text.hpp"

namespace creditd::replay::tool {

class CsvRow {
public:
    CsvRow(std::string& out, unsigned decimals) : out_(out), decimals_(decimals) {}
    void text(std::string_view value) {
        next();
        append_csv_text(out_, value);
    }
    void number(std::uint64_t value) {
        next();
        out_ += std::to_string(value);
    }
    /// A figure is no formula, though it begin with a minus.
    void amount(std::optional<Credits> value) {
        next();
        if (value) append_decimal(out_, value->value, decimals_);
    }
    void wide_amount(WideCredits value) {
        next();
        append_decimal_wide(out_, value, decimals_);
    }
    void wide_number(WideCredits value) {
        next();
        append_decimal_wide(out_, value, 0);
    }
    void end() { out_ += "\r\n"; }

private:
    void next() {
        if (!is_first_) out_ += ',';
        is_first_ = false;
    }
    std::string& out_;
    unsigned decimals_;
    bool is_first_ = true;
};

}  // namespace creditd::replay::tool
