#include "daemon/api/usage.hpp"

#include <array>

#include "core/utc.hpp"
#include "daemon/api/arrangement_json.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

using replay::followers::UsageName;
using replay::followers::UsageSums;

constexpr std::array<std::string_view, 6> group_names{"feature", "user", "model",
                                                      "hour",    "day",  "month"};

bool is_wanted(const std::optional<std::string>& wanted, std::string_view text) {
    return !wanted || *wanted == text;
}

void render_sums(JsonWriter& json, const UsageSums& sums, unsigned decimals) {
    const auto wide = [&](std::string_view name, WideCredits value) {
        std::string text;
        append_decimal_wide(text, value, decimals);
        json.key(name);
        json.raw(text);
    };
    json.integer("uses", sums.uses);
    wide("consumed", sums.consumed);
    wide("refunded", sums.refunded);
    wide("net", sums.consumed - sums.refunded);
    wide("waived", sums.waived);
    json.integer("refusals", sums.refusals);
}

}  // namespace

std::string_view name_of(UsageGroup group) { return group_names[static_cast<std::size_t>(group)]; }

std::optional<UsageGroup> usage_group_of(std::string_view name) {
    for (std::size_t i = 0; i < group_names.size(); ++i) {
        if (group_names[i] == name) return static_cast<UsageGroup>(i);
    }
    return std::nullopt;
}

std::string UsageTable::text_of(UsageGroup group, std::uint32_t hour, const UsageName& name) const {
    constexpr std::size_t month_chars = 7;
    constexpr std::size_t day_chars = 10;
    constexpr std::size_t second_chars = 19;
    switch (group) {
        case UsageGroup::feature: return std::string(name.feature);
        case UsageGroup::user: return std::string(name.user);
        case UsageGroup::model: return std::string(name.model);
        default: break;
    }
    const std::int64_t local = static_cast<std::int64_t>(hour) + query_.utc_offset;
    std::string text;
    append_timestamp(text, Timestamp{std::max<std::int64_t>(0, local) * one_hour.value});
    if (group == UsageGroup::month) return text.substr(0, month_chars);
    if (group == UsageGroup::day) return text.substr(0, day_chars);
    return text.substr(0, second_chars) + utc_offset_text(query_.utc_offset);
}

void UsageTable::add(std::uint32_t hour, const UsageName& name, const UsageSums& sums) {
    if (!is_wanted(query_.feature, name.feature) || !is_wanted(query_.user, name.user) ||
        !is_wanted(query_.model, name.model)) {
        return;
    }
    Key key;
    for (const UsageGroup group : query_.groups) key.push_back(text_of(group, hour, name));
    rows_[std::move(key)] += sums;
    total_ += sums;
}

void UsageTable::render(std::string& out, unsigned decimals) const {
    JsonWriter json(out);
    json.begin_array("data");
    for (const auto& [key, sums] : rows_) {
        json.begin_object();
        for (std::size_t i = 0; i < key.size(); ++i) {
            json.text_or_null(name_of(query_.groups[i]), key[i]);
        }
        render_sums(json, sums, decimals);
        json.end_object();
    }
    json.end_array();
    json.begin_object("total");
    render_sums(json, total_, decimals);
    json.end_object();
}

}  // namespace creditd::daemon
