#include "replay/tool/reports/edge_text.hpp"

namespace creditd::replay::tool {
namespace {

/// A moment, `event 81234`, or `none`.
std::string edge_text(const std::optional<Position>& position, const char* none) {
    if (!position) return none;
    return position->time ? time_text(*position->time)
                          : "event " + std::to_string(position->seq->value);
}

}  // namespace

std::string period_text(const Period& period) {
    return "from " + edge_text(period.from, "the beginning") + " up to, and without, " +
           edge_text(period.to, "the end");
}

void append_edge(JsonText& json, std::string_view name, const std::optional<Position>& position) {
    if (!position) {
        json.raw(name, "null");
    } else if (position->time) {
        json.time(name, *position->time);
    } else {
        json.number(name, *position->seq);
    }
}

}  // namespace creditd::replay::tool
