// What creditd writes beside a payment at Stripe, and reads back from there: metadata whose keys
// begin with `creditd_`. Writer and reader of one format. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/payments/foreign_json.hpp"
#include "daemon/payments/provider_news.hpp"

namespace creditd::daemon {

/// The keys and values of what is not empty.
std::vector<std::pair<std::string_view, std::string>> stripe_metadata(const NewsGoods& goods);

/// What `metadata` says of what is still empty in `goods`.
void read_stripe_metadata(const ForeignObject& metadata, NewsGoods& goods);

std::string_view name_of(Interval interval);  // in Stripe's words: `month`, `year`

}  // namespace creditd::daemon
