// The judge about payments: what providers tell is carried out when the log says that it was heard,
// and orders and answers are compared with what the auditor makes of that.
#include <algorithm>

#include "tests/sim/auditor/lines.hpp"
#include "tests/sim/crash.hpp"
#include "tests/sim/judge.hpp"
#include "tests/sim/reading_payments.hpp"

namespace creditd::sim {
namespace {

[[noreturn]] void news_differs(const Event& event, const std::string& what) {
    throw Failure{"the auditor comes to the same",
                  what + ", at seq " + std::to_string(event.seq.value)};
}

[[noreturn]] void fail_order(const char* check, const Request& request, const Json& body,
                             const std::string& what) {
    throw Failure{check, what + ": " + request.text() + " was answered with status " +
                             body.at("status").text + ", code " + body.at("code").text +
                             ", outcome " + body.at("outcome").text};
}

std::string name_of(NotificationOutcome outcome) {
    switch (outcome) {
        case NotificationOutcome::applied: return "applied";
        case NotificationOutcome::ignored: return "ignored";
        case NotificationOutcome::quarantined: return "quarantined";
        case NotificationOutcome::dismissed: break;
    }
    return "dismissed";
}

std::string name_of(OrderStatus status) {
    static constexpr std::array<const char*, 7> names{"pending",  "settled",  "failed",  "expired",
                                                      "canceled", "refunded", "disputed"};
    return names[static_cast<std::size_t>(status)];
}

std::string told_name(const std::string& provider, const std::string& id) {
    return provider + ' ' + id;
}

}  // namespace

void Judge::told(News news) {
    const std::string name = told_name(news.provider, news.id);
    told_.insert_or_assign(name, std::move(news));
}

/// A command that no client has sent under a key.
void Judge::carry_out_own(const Event& event) {
    // What the provider has made for an order says nothing new of it.
    if (std::holds_alternative<OrderSet>(event.body)) return;
    const auto* const noted = std::get_if<NotificationNoted>(&event.body);
    if (noted == nullptr) news_differs(event, "nobody asked for an event without a key");
    const Notification& is = noted->notification;
    const auto found = told_.find(told_name(is.provider, is.id));
    if (found == told_.end()) news_differs(event, "nobody has told " + is.id);
    const Noted predicted = auditor_.hear(event.time.value, found->second);
    if (!auditor_.violation().empty()) throw Failure{"the auditor is sound", auditor_.violation()};
    const std::string outcome = name_of(is.outcome);
    const bool has_reason = outcome == "quarantined";
    if (predicted.outcome != outcome || (has_reason && predicted.reason != is.reason)) {
        news_differs(event, is.id + " was " + outcome + " (" + is.reason + "), predicted: " +
                                predicted.outcome + " (" + predicted.reason + ")");
    }
    noted_[found->first].emplace_back(event.seq, outcome);
}

void Judge::note_order(const Event& event) {
    const auto* const set = std::get_if<OrderSet>(&event.body);
    if (set == nullptr) return;
    order_history_[set->order.id].emplace_back(event.seq, name_of(set->order.status));
    touched_orders_.push_back(set->order.id);
}

/// At the end of a command: the orders that it has changed.
void Judge::check_orders(const Event& event) {
    for (const std::string& id : touched_orders_) {
        const auto found = auditor_.orders().find(id);
        const std::string& status = order_history_.at(id).back().second;
        if (found == auditor_.orders().end()) news_differs(event, "nobody has placed " + id);
        if (found->second.status != status) {
            news_differs(event, id + " is " + status + ", predicted " + found->second.status);
        }
    }
    touched_orders_.clear();
}

/// Whoever was told 200 need not come again: it must be in the log.
void Judge::check_news(const Answered& at, unsigned status, const Json& body) const {
    if (status != 200) return;
    const std::string& outcome = body.at("outcome").text;
    const auto is_it = [&](const std::pair<Seq, std::string>& one) {
        if (outcome == "known") return one.second != "quarantined";
        return one.second == outcome && one.first > at.plea.log_end;
    };
    const auto is_there = [&](const auto& noted) {
        return std::ranges::any_of(noted.second, is_it);
    };
    // Of Midtrans's notifications nothing is believed but the order's name.
    const Json sent = Json::parse(at.request.body);
    const std::string name = sent.has("order_id")
                                 ? told_name("midtrans", sent.at("order_id").text + "/")
                                 : told_name("stripe", sent.at("id").text);
    const auto begin = noted_.lower_bound(name);
    const auto end = std::ranges::find_if(
        begin, noted_.end(), [&](const auto& noted) { return !noted.first.starts_with(name); });
    if (std::any_of(begin, end, is_there)) return;
    fail_order("what is heard is in the log", at.request, body, "it is not there");
}

void Judge::check_order(const Answered& at, const Wish& wish, const Outcome& said,
                        const Json& body) const {
    if (said.status == 502) return;
    const auto found = cases_.find(wish.key);
    const bool is_done = !wish.key.empty() && found != cases_.end() && found->second.is_done;
    if (said.status >= 300) {
        const bool is_predicted =
            is_done && found->second.predicted && found->second.predicted->code == said.code;
        if (!is_predicted) check_refusal(at, wish, said);
        return;
    }
    const auto order = auditor_.orders().find(body.at("order_id").text);
    if (order == auditor_.orders().end() || order->first != wish.id) {
        fail_order("what is done is in the log", at.request, body, "no such order");
    }
    const audit::Order& mine = order->second;
    const bool is_same =
        mine.account == body.at("account").text && mine.provider == body.at("provider").text &&
        mine.price.amount == static_cast<std::int64_t>(body.at("price").at("amount").number()) &&
        mine.package.has_value() == body.has("package") &&
        mine.package.value_or(body.at("package").text) == body.at("package").text;
    if (!is_same)
        fail_order("the auditor predicts the same answer", at.request, body, "another order");
    const auto& history = order_history_.at(wish.id);
    const Seq seq{body.at("seq").number()};
    const auto is_shown = [&](const auto& one) {
        return one.first == seq && one.second == body.at("status").text;
    };
    const auto shown = std::ranges::find_if(history, is_shown);
    if (shown == history.end()) fail_order("reads are true", at.request, body, "it never was so");
    const bool was_old =
        std::next(shown) != history.end() && std::next(shown)->first <= at.plea.log_end;
    if (was_old) fail_order("numbers follow real time", at.request, body, "it was older");
    if (wish.kind != WishKind::settle_order || is_done) return;
    if (mine.paid_by == audit::PaymentName("manual", wish.payment.value().id)) return;
    fail_order("what is done is in the log", at.request, body, "it was not settled by this");
}

}  // namespace creditd::sim
