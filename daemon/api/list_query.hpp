// What all lists share: limit, cursor and filters in the query string, and the page that answers.
// A cursor is opaque to clients and stable under inserts: it names the last thing that was shown.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/api/call.hpp"

namespace creditd::daemon {

struct ListQuery {
    std::size_t limit = limits::page_entries_default;
    bool has_limit = false;  // the client chose it
    std::size_t page = 1;    // from 1; only where the list takes it
    std::string after;       // decoded cursor, empty for the first page
    std::vector<std::pair<std::string, std::string>> filters;

    std::optional<std::string_view> filter(std::string_view name) const;
};

/// Reads the query of a list that takes `filters` besides limit and cursor (and `page`, if named
/// among them). Nothing: answered already with 400.
std::optional<ListQuery> read_list_query(Call& call,
                                         std::initializer_list<std::string_view> filters,
                                         std::size_t limit_max = limits::page_entries_max);

/// A page under construction, already rendered.
struct ListPage {
    std::string data;  // elements with commas
    std::size_t count = 0;
    bool has_more = false;
    std::string last;  // what the next cursor names
    Seq seq{};

    template <class Render>
    void add(Render render) {
        if (count != 0) data += ',';
        render(data);
        ++count;
    }
};

/// `{"data":[…],"has_more":…,"next_cursor":…,"seq":…}` with a Link header to the next page.
void respond_with_list(Call& call, const ListPage& page);

/// The Link header line of the page after the one that ends with `last`.
std::string next_link(const Call& call, std::string_view last);

}  // namespace creditd::daemon
