// What an event's answer is written with, and the part of it that is special to each kind of event.
// Inside daemon/api only: the answers as a whole are render_event.hpp's.
#pragma once

#include <vector>

#include "core/event.hpp"
#include "daemon/api/ids.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {

struct Renderer {
    JsonWriter json;
    unsigned decimals;

    void credits(std::string_view name, Credits value) { json.credits(name, value, decimals); }
    void grant_id(std::string_view name, GrantId id) { json.text(name, grant_text(id)); }
    void raw_or_null(std::string_view name, std::string_view value) {
        value.empty() ? json.null(name) : json.raw(name, value);
    }
    void parts(std::string_view name, const std::vector<GrantPart>& list) {
        json.begin_array(name);
        for (const GrantPart& part : list) {
            json.begin_object();
            grant_id("grant", part.grant);
            credits("amount", part.amount);
            json.end_object();
        }
        json.end_array();
    }
    void money(const Money& value) {
        json.integer("amount", value.minor);
        json.text("currency", value.currency.text());
    }
};

/// The fields of its kind, into an open object; none for kinds that have none.
void render_event_body(Renderer& out, const Event& event);

}  // namespace creditd::daemon
