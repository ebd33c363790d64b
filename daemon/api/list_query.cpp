#include "daemon/api/list_query.hpp"

#include "daemon/api/body.hpp"

namespace creditd::daemon {
namespace {

constexpr std::int64_t page_max = 100'000;
/// Keeps a cursor of one list out of another.
char list_letter(const Call& call) {
    return static_cast<char>('A' + static_cast<int>(call.match.route->id));
}

std::string cursor_text(const Call& call, std::string_view last) {
    return encode_cursor({list_letter(call), 0, std::string(last)});
}

void read_cursor(const Call& call, QueryReader& reader, ListQuery& query) {
    const auto text = reader.text("cursor");
    if (!text) return;
    auto cursor = decode_cursor(*text, list_letter(call));
    if (cursor) query.after = std::move(cursor->text);
    else reader.fail("cursor", "is not a cursor of this list");
}

}  // namespace

std::optional<std::string_view> ListQuery::filter(std::string_view name) const {
    for (const auto& [key, value] : filters) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::optional<ListQuery> read_list_query(Call& call,
                                         std::initializer_list<std::string_view> filters,
                                         std::size_t limit_max) {
    return read_query(call, [&](QueryReader& reader) {
        ListQuery query;
        const auto limit = reader.integer("limit", 1, static_cast<std::int64_t>(limit_max));
        query.has_limit = limit.has_value();
        if (limit) query.limit = static_cast<std::size_t>(*limit);
        read_cursor(call, reader, query);
        for (const std::string_view name : filters) {
            if (name == "page") {
                query.page =
                    static_cast<std::size_t>(reader.integer(name, 1, page_max).value_or(1));
            } else if (const auto value = reader.text(name)) {
                query.filters.emplace_back(name, *value);
            }
        }
        return query;
    });
}

std::string next_link(const Call& call, std::string_view last) {
    std::string link = "Link: <" + call.path + "?";
    if (const auto parameters = QueryParameters::parse(call.request().query)) {
        for (const auto& [name, value] : parameters->list()) {
            if (name == "cursor" || name == "page") continue;
            append_percent_encoded(link, name);
            link += '=';
            append_percent_encoded(link, value);
            link += '&';
        }
    }
    return link + "cursor=" + cursor_text(call, last) + ">; rel=\"next\"\r\n";
}

void respond_with_list(Call& call, const ListPage& page) {
    if (page.has_more) call.header_lines += next_link(call, page.last);
    std::string& out = call.begin_json(200);
    out += "{\"data\":[";
    out += page.data;
    out += page.has_more
               ? "],\"has_more\":true,\"next_cursor\":\"" + cursor_text(call, page.last) + '"'
               : "],\"has_more\":false,\"next_cursor\":null";
    out += ",\"seq\":" + std::to_string(page.seq.value) + '}';
    call.finish();
}

}  // namespace creditd::daemon
