// The chart of a what-if. Everything is in the one file: no script, no font and no link; what comes
// from outside (the catalog's file name) is escaped. Floating point places bars, never counts.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/utc.hpp"
#include "replay/tool/reports/revenue_book.hpp"
#include "replay/tool/what_if/what_if_text.hpp"

namespace creditd::replay::tool {
namespace {

constexpr double width = 960;
constexpr double height = 440;
constexpr double left = 110;
constexpr double right = width - 24;
constexpr double top = 84;
constexpr double bottom = height - 64;

constexpr std::int64_t days_as_days = 62;      // more than two months are shown by month
constexpr std::int64_t months_as_months = 60;  // more than five years by year
constexpr std::int64_t ticks_aim = 5;
constexpr std::int64_t labels_max = 12;

constexpr std::string_view style = R"(<style>
svg{font-family:system-ui,-apple-system,"Segoe UI",sans-serif;font-size:12px}
.paper{fill:#ffffff}.ink{fill:#1f2933}.soft{fill:#52606d}.grid{stroke:#d9dee5}.axis{stroke:#52606d}
.was{fill:#8794a5}.would{fill:#1f6fd6}
@media(prefers-color-scheme:dark){
.paper{fill:#14181f}.ink{fill:#eef2f6}.soft{fill:#a9b4c2}.grid{stroke:#2d3540}.axis{stroke:#a9b4c2}
.was{fill:#7d8896}.would{fill:#5ea2ff}}
</style>
)";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '"') out += "&quot;";
        else if (static_cast<unsigned char>(c) < ' ') out += ' ';  // XML has no way to say it
        else out += c;
    }
    return out;
}

enum class Unit : std::uint8_t { day, month, year };
constexpr std::string_view name_of(Unit unit) {
    return unit == Unit::day ? "day" : unit == Unit::month ? "month" : "year";
}

Timestamp begin_of(std::int64_t day) { return Timestamp{day * Duration::days(1).value}; }
std::int64_t month_number(std::int64_t day) { return month_of(begin_of(day)).value; }

/// One place on the axis for each unit of time, also where nothing happened.
struct Bars {
    Unit unit = Unit::day;
    std::int64_t first = 0;  // number of the first day, month or year
    std::vector<Change> bars;

    std::string label(std::size_t place) const {
        const std::int64_t number = first + static_cast<std::int64_t>(place);
        if (unit == Unit::day) return date_text(begin_of(number));
        if (unit == Unit::month) return month_text(Month{static_cast<std::int32_t>(number)});
        return std::to_string(number);
    }
};

std::int64_t number_of(Unit unit, std::int64_t day) {
    if (unit == Unit::day) return day;
    return unit == Unit::month ? month_number(day) : month_number(day) / 12;
}

Bars bars_of(const std::map<std::int64_t, Change>& days) {
    Bars result;
    if (days.empty()) return result;
    const std::int64_t first = days.begin()->first;
    const std::int64_t last = days.rbegin()->first;
    if (last - first >= days_as_days) result.unit = Unit::month;
    if (month_number(last) - month_number(first) >= months_as_months) result.unit = Unit::year;
    result.first = number_of(result.unit, first);
    result.bars.resize(static_cast<std::size_t>(number_of(result.unit, last) - result.first + 1));
    for (const auto& [day, change] : days) {
        const std::int64_t place = number_of(result.unit, day) - result.first;
        Change& bar = result.bars[static_cast<std::size_t>(place)];
        bar.count += change.count;
        bar.was += change.was;
        bar.would_be += change.would_be;
    }
    return result;
}

/// The vertical axis: from `low` to `high`, both whole steps, zero between them.
struct Scale {
    WideCredits low = 0;
    WideCredits high = 0;
    WideCredits step = 1;
    double y(WideCredits value) const {
        const double share = static_cast<double>(value - low) / static_cast<double>(high - low);
        return bottom - share * (bottom - top);
    }
};

/// A step of 1, 2 or 5 times a power of ten.
WideCredits round_step(WideCredits at_least) {
    for (WideCredits power = 1;; power *= 10) {
        for (const int factor : {1, 2, 5}) {
            if (power * factor >= at_least) return power * factor;
        }
    }
}

Scale scale_of(const Bars& bars) {
    Scale scale;
    for (const Change& bar : bars.bars) {
        scale.low = std::min({scale.low, bar.was, bar.would_be});
        scale.high = std::max({scale.high, bar.was, bar.would_be});
    }
    scale.step = round_step(std::max<WideCredits>((scale.high - scale.low) / ticks_aim, 1));
    scale.low = (scale.low - (scale.step - 1)) / scale.step * scale.step;
    scale.high = std::max((scale.high + scale.step - 1) / scale.step, WideCredits{1}) * scale.step;
    return scale;
}

/// `-1 234 567.5`
std::string short_amount(WideCredits value, unsigned decimals) {
    std::string digits;
    append_decimal_wide(digits, value < 0 ? -value : value, decimals);
    const std::size_t whole = std::min(digits.find('.'), digits.size());
    std::string out = value < 0 ? "-" : "";
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) out += ' ';
        out += digits[i];
    }
    return out;
}

class Drawing {
public:
    explicit Drawing(const WhatIfReport& report)
        : report_(report), bars_(bars_of(report.sums.days)), scale_(scale_of(bars_)) {}

    std::string draw() {
        begin();
        axes();
        if (bars_.bars.empty()) {
            text((left + right) / 2, (top + bottom) / 2, "middle", "soft",
                 "Nothing was used in this period.");
        }
        for (std::size_t place = 0; place < bars_.bars.size(); ++place) pair(place);
        out_ += "</svg>\n";
        return std::move(out_);
    }

private:
    std::string amount(WideCredits value) const { return short_amount(value, report_.decimals); }
    void text(double x, double y, std::string_view anchor, std::string_view ink,
              std::string_view words, std::string_view more = {}) {
        out_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}"{}>{}</text>)"
                            "\n",
                            x, y, anchor, ink, more, escaped(words));
    }

    void begin() {
        const Change total = report_.sums.total();
        const std::string title = "What if the prices had been those of " + report_.catalog;
        const std::string sign = total.difference() > 0 ? "+" : "";
        const std::string summary = "was " + amount(total.was) + ", would be " +
                                    amount(total.would_be) + ", difference " + sign +
                                    amount(total.difference()) + " credits";
        out_ = fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img">
<title>{2}</title>
<desc>{3}</desc>
)",
                           width, height, escaped(title), escaped(summary));
        out_ += style;
        out_ += fmt::format(R"(<rect class="paper" width="{}" height="{}"/>)"
                            "\n",
                            width, height);
        text(24, 30, "start", "ink", title, R"( font-size="17" font-weight="600")");
        text(24, 50, "start", "soft", "Credits used, less refunds: " + summary);
        legend(24, "was", "was charged");
        legend(134, "would", "would be charged");
    }
    void legend(double x, std::string_view fill, std::string_view words) {
        out_ += fmt::format(R"(<rect class="{}" x="{:.1f}" y="61" width="12" height="12"/>)"
                            "\n",
                            fill, x);
        text(x + 18, 71, "start", "ink", words);
    }

    void line(double x1, double y1, double x2, double y2, std::string_view stroke) {
        out_ += fmt::format(R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)"
                            "\n",
                            stroke, x1, y1, x2, y2);
    }
    void axes() {
        for (WideCredits tick = scale_.low; tick <= scale_.high; tick += scale_.step) {
            line(left, scale_.y(tick), right, scale_.y(tick), tick == 0 ? "axis" : "grid");
            text(left - 8, scale_.y(tick) + 4, "end", "soft", amount(tick));
        }
        const double middle = (top + bottom) / 2;
        text(20, middle, "middle", "ink", "credits",
             fmt::format(" transform=\"rotate(-90 20 {:.1f})\"", middle));
        text((left + right) / 2, height - 16, "middle", "ink",
             fmt::format("{} (UTC)", name_of(bars_.unit)));
    }

    /// Both bars of a place, a title that shows them when pointed at, and its label if it has one.
    void pair(std::size_t place) {
        const Change& bar = bars_.bars[place];
        const double room = (right - left) / static_cast<double>(bars_.bars.size());
        const double begin = left + room * static_cast<double>(place);
        const std::string words =
            bars_.label(place) + ": was " + amount(bar.was) + ", would be " + amount(bar.would_be);
        out_ += fmt::format("<g><title>{}</title>\n", escaped(words));
        const double each = std::min(room * 0.4, 40.0);
        bar_of(begin + room / 2 - each, each, bar.was, "was");
        bar_of(begin + room / 2, each, bar.would_be, "would");
        out_ += "</g>\n";
        const std::size_t every = bars_.bars.size() / labels_max + 1;
        if (place % every == 0) {
            text(begin + room / 2, bottom + 20, "middle", "soft", bars_.label(place));
        }
    }
    void bar_of(double x, double wide, WideCredits value, std::string_view fill) {
        const double zero = scale_.y(0);
        const double end = scale_.y(value);
        out_ +=
            fmt::format(R"(<rect class="{}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>)"
                        "\n",
                        fill, x, std::min(zero, end), wide, std::abs(zero - end));
    }

    const WhatIfReport& report_;
    Bars bars_;
    Scale scale_;
    std::string out_;
};

}  // namespace

std::string draw_what_if(const WhatIfReport& report) { return Drawing(report).draw(); }

}  // namespace creditd::replay::tool
