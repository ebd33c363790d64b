// What the bodies of several kinds of event have in common, as JSON: names, money, terms and
// parts of grants. For event_body_text.cpp and event_arrangement_text.cpp. Pure functions, any
// thread.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {

template <class Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
    return names.at(static_cast<std::size_t>(value));
}

inline constexpr std::array<std::string_view, 2> interval_names{"month", "year"};

/// E.g. `txn_42`.
std::string event_text(std::string_view prefix, Seq seq);
/// `grt_7`, `grt_7_2`; nothing for 0.
std::string grant_text(GrantId id);
/// E.g. `grant`.
std::string_view operation_name(Operation operation);

/// Left out where there is none.
void append_money(JsonText& json, std::string_view name, const Money& money);
void append_terms(JsonText& json, std::string_view name, const GrantTerms& terms);
void append_parts(JsonText& json, std::string_view name, const std::vector<GrantPart>& parts);
/// Under the name `restored`.
void append_restored(JsonText& json, const std::vector<RestoredPart>& parts);
void append_texts(JsonText& json, std::string_view name, const std::vector<std::string>& texts);

}  // namespace creditd::replay::tool
