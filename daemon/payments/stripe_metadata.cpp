#include "daemon/payments/stripe_metadata.hpp"

#include <array>

namespace creditd::daemon {
namespace {

using TextOfGoods = std::pair<std::string_view, std::string NewsGoods::*>;
constexpr std::array<TextOfGoods, 5> texts{{{"creditd_account", &NewsGoods::account},
                                            {"creditd_order", &NewsGoods::order},
                                            {"creditd_package", &NewsGoods::package},
                                            {"creditd_credits", &NewsGoods::credits},
                                            {"creditd_plan", &NewsGoods::plan}}};
constexpr std::string_view interval_key = "creditd_interval";

}  // namespace

std::string_view name_of(Interval interval) {
    return interval == Interval::month ? "month" : "year";
}

std::vector<std::pair<std::string_view, std::string>> stripe_metadata(const NewsGoods& goods) {
    std::vector<std::pair<std::string_view, std::string>> pairs;
    for (const auto& [key, text] : texts) {
        if (!(goods.*text).empty()) pairs.emplace_back(key, goods.*text);
    }
    if (goods.interval) pairs.emplace_back(interval_key, name_of(*goods.interval));
    return pairs;
}

void read_stripe_metadata(const ForeignObject& metadata, NewsGoods& goods) {
    for (const auto& [key, text] : texts) {
        if ((goods.*text).empty()) goods.*text = metadata.text(key);
    }
    const std::string interval = metadata.text(interval_key);
    if (interval.empty() || goods.interval) return;
    if (interval == "month") goods.interval = Interval::month;
    else if (interval == "year") goods.interval = Interval::year;
    else metadata.fail(interval_key, "must be month or year");
}

}  // namespace creditd::daemon
