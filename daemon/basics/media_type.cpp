#include <algorithm>

#include "daemon/basics/http_text.hpp"

namespace creditd::daemon {
namespace {

/// The part before `separator`; `text` keeps what is behind it. Quoted strings are not split.
std::string_view take_until(std::string_view& text, char separator) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        if (text[end] == '"') quoted = !quoted;
        else if (quoted && text[end] == '\\') ++end;
        else if (!quoted && text[end] == separator) break;
    }
    end = std::min(end, text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return trimmed(part);
}

struct Parameter {
    std::string_view name;
    std::string_view value;
};

Parameter parameter_of(std::string_view part) {
    const std::string_view name = take_until(part, '=');
    std::string_view value = trimmed(part);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
    }
    return {name, value};
}

/// A weight `0`, `0.5`, `1.000` in thousandths; -1 when it is none.
int weight_of(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return -1;
    if (text.size() > 1 && text[1] != '.') return -1;
    int weight = (text[0] - '0') * 1000;
    int step = 100;
    for (std::size_t i = 2; i < text.size(); ++i, step /= 10) {
        if (text[i] < '0' || text[i] > '9') return -1;
        weight += (text[i] - '0') * step;
    }
    return weight <= 1000 ? weight : -1;
}

/// How exactly a range of an Accept header names a type: 3 in full, 2 `type/*`, 1 `*/*`, 0 not.
int closeness(std::string_view range, std::string_view type) {
    if (equal_ignoring_case(range, type)) return 3;
    if (range == "*/*") return 1;
    const std::size_t slash = std::min(range.find('/'), range.size());
    const bool is_wild = range.substr(slash) == "/*";
    const bool same = equal_ignoring_case(range.substr(0, slash), type.substr(0, type.find('/')));
    return is_wild && same ? 2 : 0;
}

/// The weight that `accept` gives to `type`: that of its closest range; 0 where none fits.
int weight_for(std::string_view accept, std::string_view type) {
    int best_closeness = 0;
    int weight = 0;
    while (!accept.empty()) {
        std::string_view item = take_until(accept, ',');
        const std::string_view range = take_until(item, ';');
        int own = 1000;
        while (!item.empty()) {
            const Parameter parameter = parameter_of(take_until(item, ';'));
            if (equal_ignoring_case(parameter.name, "q")) own = weight_of(parameter.value);
        }
        const int close = closeness(range, type);
        if (own < 0 || close <= best_closeness) continue;
        best_closeness = close;
        weight = own;
    }
    return weight;
}

}  // namespace

bool is_content_type(std::string_view header, std::string_view wanted) {
    const std::string_view type = take_until(header, ';');
    if (!equal_ignoring_case(type, wanted)) return false;
    while (!header.empty()) {
        const Parameter parameter = parameter_of(take_until(header, ';'));
        if (!equal_ignoring_case(parameter.name, "charset")) continue;
        if (!equal_ignoring_case(parameter.value, "utf-8")) return false;
    }
    return true;
}

std::optional<std::size_t> negotiate(std::string_view accept,
                                     std::span<const std::string_view> offered) {
    if (offered.empty()) return std::nullopt;
    if (trimmed(accept).empty()) return 0;
    std::optional<std::size_t> best;
    int best_weight = 0;
    for (std::size_t i = 0; i < offered.size(); ++i) {
        const int weight = weight_for(accept, offered[i]);
        if (weight <= best_weight) continue;
        best = i;
        best_weight = weight;
    }
    return best;
}

}  // namespace creditd::daemon
