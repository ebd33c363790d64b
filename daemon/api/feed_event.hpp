// The log as others hear of it: names and JSON of its events, the same in feeds and in what is sent
// to receivers. Keys, claims, budgets, and what is arranged otherwise, are nobody's news. Pure.
#pragma once

#include <string>
#include <string_view>

#include "daemon/api/render_event.hpp"

namespace creditd::daemon {

/// `credits.deducted` and the like; empty: nobody's news.
std::string_view feed_name(const Event& event);
/// Is there such a name?
bool is_feed_name(std::string_view name);

/// {"id":"evt_7","seq":7,"type":…,"timestamp":…,"account":…,"data":{…}}. A transaction's data is
/// the transaction. Only for events with a name.
void render_feed_event(std::string& out, const EventRecord& record, unsigned decimals);

}  // namespace creditd::daemon
