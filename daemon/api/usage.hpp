// Usage summed up by what a client asks for: feature, user, model, and hours, days or months of a
// whole-hour offset from UTC. Pure; the sums by hour come from the index, the answer is rendered
// from the table.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "replay/followers/usage_index.hpp"

namespace creditd::daemon {

enum class UsageGroup : std::uint8_t { feature, user, model, hour, day, month };

struct UsageQuery {
    std::vector<UsageGroup> groups;  // at most two, each once
    std::uint32_t from = 0;          // hours since 1970; `to` is exclusive
    std::uint32_t to = UINT32_MAX;
    std::int8_t utc_offset = 0;
    std::optional<std::string> feature;  // only these
    std::optional<std::string> user;
    std::optional<std::string> model;
};

class UsageTable {
public:
    explicit UsageTable(const UsageQuery& query) : query_(query) {}

    void add(std::uint32_t hour, const replay::followers::UsageName& name,
             const replay::followers::UsageSums& sums);
    /// `"data":[…],"total":{…}`: in ascending order of the groups.
    void render(std::string& out, unsigned decimals) const;

private:
    using Key = std::vector<std::string>;  // one text for each group

    std::string text_of(UsageGroup group, std::uint32_t hour,
                        const replay::followers::UsageName& name) const;

    UsageQuery query_;
    std::map<Key, replay::followers::UsageSums> rows_;
    replay::followers::UsageSums total_;
};

std::string_view name_of(UsageGroup group);
std::optional<UsageGroup> usage_group_of(std::string_view name);

}  // namespace creditd::daemon
