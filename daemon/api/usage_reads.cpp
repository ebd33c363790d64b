#include "core/utc.hpp"
#include "daemon/api/arrangement_json.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/usage.hpp"

namespace creditd::daemon {
namespace {

constexpr std::size_t groups_max = 2;

std::uint32_t hour_of(Timestamp moment) {
    return static_cast<std::uint32_t>(moment.value / one_hour.value);
}

/// `feature,day`: at most two, each once.
std::vector<UsageGroup> read_groups(QueryReader& reader) {
    std::vector<UsageGroup> groups;
    const auto names = reader.list("group_by");
    if (names.size() == 1 && names.front().empty()) return groups;  // one sum
    for (const std::string_view name : names) {
        const auto group = usage_group_of(name);
        const bool is_new = group && std::ranges::find(groups, *group) == groups.end();
        if (!is_new || groups.size() == groups_max) {
            reader.fail("group_by", "must be one or two of feature, user, model, hour, day, month");
            return groups;
        }
        groups.push_back(*group);
    }
    return groups;
}

std::optional<std::string> read_name(QueryReader& reader, std::string_view parameter) {
    const auto text = reader.text(parameter);
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

/// Hours are whole: what `from` begins in counts, and so does what `to` ends in.
UsageQuery read_usage_query(QueryReader& reader) {
    UsageQuery query;
    query.groups = read_groups(reader);
    if (const auto from = reader.timestamp("from")) query.from = hour_of(*from);
    if (const auto to = reader.timestamp("to")) {
        query.to = hour_of(*to + one_hour + Duration{-1});
    }
    query.feature = read_name(reader, "feature");
    query.user = read_name(reader, "user");
    query.model = read_name(reader, "model");
    return query;
}

/// A bare '+' in a query means a space; before an offset it can only be its sign.
std::optional<std::int8_t> read_zone(QueryReader& reader) {
    std::string text(reader.text("tz").value_or("Z"));
    if (text.starts_with(' ')) text[0] = '+';
    return parse_utc_offset(text);
}

/// Nothing: answered already.
std::optional<UsageQuery> usage_query(Call& call) {
    std::optional<std::int8_t> offset;
    auto query = read_query(call, [&](QueryReader& reader) {
        offset = read_zone(reader);
        return read_usage_query(reader);
    });
    if (!query) return std::nullopt;
    if (!offset) {
        call.respond_problem(ProblemCode::tz_invalid);
        return std::nullopt;
    }
    query->utc_offset = *offset;
    return query;
}

struct UsageRead {
    explicit UsageRead(UsageQuery asked) : query(std::move(asked)), table(query) {}

    UsageQuery query;
    UsageTable table;
    std::optional<AccountNo> account;
    Seq seq{};
    bool is_readable = false;
};

void read_usage(const Api& api, UsageRead& usage) {
    usage.seq = api.engine.durable();
    if (!catch_up(api, usage.seq)) return;
    const auto read = api.usage.read({*usage.account, usage.query.from, usage.query.to},
                                     [&](std::uint32_t hour, const auto& name, const auto& sums) {
                                         usage.table.add(hour, name, sums);
                                     });
    usage.is_readable = read.has_value();
}

void respond_with_usage(Call& call, const UsageRead& usage) {
    if (!usage.is_readable) {
        call.respond_unavailable(Unavailable::overloaded);
        return;
    }
    std::string& out = call.begin_json(200);
    out += '{';
    usage.table.render(out, call.decimals());
    out += ",\"tz\":\"" + utc_offset_text(usage.query.utc_offset) + "\",\"seq\":";
    out += std::to_string(usage.seq.value);
    out += '}';
    call.finish();
}

void respond_for(Call& call, UsageQuery query) {
    auto usage = std::make_shared<UsageRead>(std::move(query));
    inspect(
        call,
        [&call, usage](const LedgerTurn& turn) {
            const std::string& id = call.parameter();
            if (!id.starts_with(call.caller.account_prefix)) return;
            usage->account = turn.state.accounts.find(id);
        },
        [&call, usage] {
            if (!usage->account) {
                call.respond_problem(ProblemCode::account_not_found);
                return;
            }
            const Api& api = call.api();
            call.read([&api, usage] { read_usage(api, *usage); },
                      [&call, usage] { respond_with_usage(call, *usage); });
        });
}

}  // namespace

void handle_get_usage(Call& call) {
    if (auto query = usage_query(call)) respond_for(call, std::move(*query));
}

// Whoever was named in a use, with all that they have used.
void handle_list_members(Call& call) {
    UsageQuery query;
    query.groups = {UsageGroup::user};
    respond_for(call, std::move(query));
}

}  // namespace creditd::daemon
