#include "tests/sim/workload_arrangements.hpp"

#include "tests/sim/daemon.hpp"
#include "tests/sim/reading_values.hpp"

namespace creditd::sim {
namespace {

std::string object_with(const std::string& members) {
    return members.empty() ? "{}" : "{" + members.substr(1) + "}";
}

}  // namespace

ArrangementWorkload::ArrangementWorkload(std::uint64_t seed, const Swarm& swarm)
    : rng_(Rng::of(seed, "arrangements")),
      time_(Rng::of(seed, "pauses of arrangements")),
      subscribes_(swarm.has(Fault::subscriptions)),
      budgets_(swarm.has(Fault::budgets)) {}

Request ArrangementWorkload::make(std::string name, std::string method, std::string path,
                                  std::string body) {
    Request request =
        request_of(std::move(name), std::move(method), std::move(path), std::move(body));
    request.key = "arr-key-" + std::to_string(++keys_made_);
    return request;
}

Duration ArrangementWorkload::pause() {
    if (!subscribes_ || !time_.one_in(200)) return {};
    return Duration::seconds(time_.between(3'600, 20 * 86'400));
}

Request ArrangementWorkload::next(const std::vector<std::string>& accounts) {
    const std::string account = rng_.one_in(40) ? "acct-nobody" : rng_.pick(accounts);
    const bool subscribes = subscribes_ && (!budgets_ || rng_.chance(50));
    if (!subscribes) return rng_.chance(40) ? budget(account) : use(account);
    if (plans_made_ < 3 || rng_.one_in(12)) return plan();
    return subscription(account);
}

Request ArrangementWorkload::plan() {
    const std::string path =
        "/v1/plans/pl" + std::to_string(plans_made_ < 3 ? plans_made_ : rng_.below(3));
    if (plans_made_ >= 3 && rng_.one_in(6)) return make("remove plan", "DELETE", path, {});
    ++plans_made_;
    std::string body = member("credits", std::to_string(10 * rng_.between(1, 5)));
    const auto dice = rng_.below(3);
    if (dice == 1) body += text_member("rollover", "unlimited");
    if (dice == 2) {
        body += text_member("rollover", "capped") +
                member("rollover_max", std::to_string(5 * rng_.between(1, 4)));
    }
    if (rng_.chance(50)) body += text_member("on_change", "expire");
    if (rng_.chance(50)) body += text_member("on_end", "keep");
    if (rng_.one_in(3)) body += member("trial_days", std::to_string(rng_.between(1, 14)));
    if (rng_.one_in(4)) body += member("priority", "10");
    if (rng_.one_in(6)) body += ",\"features\":[\"feature-1\"]";
    if (rng_.one_in(8)) body += member("active", "false");
    if (rng_.chance(60)) {
        body += R"(,"prices":[{"interval":"month","amount":900,"currency":"USD"})";
        if (rng_.chance(40)) body += R"(,{"interval":"year","amount":9000,"currency":"USD"})";
        body += "]";
    }
    return make("plan", "PUT", path, object_with(body));
}

Request ArrangementWorkload::subscription(const std::string& account) {
    const std::string path = "/v1/accounts/" + account + "/subscription";
    const auto dice = rng_.below(10);
    const std::string at_end = rng_.chance(60) ? ",\"at_period_end\":true" : "";
    if (dice >= 8) return make("resume subscription", "POST", path + "/resume", "{}");
    if (dice >= 6)
        return make("cancel subscription", "POST", path + "/cancel", object_with(at_end));
    std::string body = text_member("plan", "pl" + std::to_string(rng_.below(3)));
    if (rng_.one_in(6)) body += text_member("interval", "year");
    if (dice < 4) return make("subscribe", "PUT", path, object_with(body));
    return make("change subscription", "POST", path + "/change", object_with(body + at_end));
}

Request ArrangementWorkload::budget(const std::string& account) {
    const std::string path =
        "/v1/accounts/" + account + "/budgets/b" + std::to_string(rng_.below(3));
    if (rng_.one_in(6)) return make("remove budget", "DELETE", path, {});
    std::string body = member("limit", std::to_string(5 * rng_.between(1, 12)));
    body += text_member("window", rng_.chance(60) ? "day" : "month");
    if (rng_.chance(40)) body += text_member("user", "u" + std::to_string(rng_.below(2)));
    if (rng_.one_in(4)) body += text_member("feature", "feature-1");
    return make("budget", "PUT", path, object_with(body));
}

Request ArrangementWorkload::use(const std::string& account) {
    std::string body = rng_.one_in(4) ? text_member("feature", "feature-1")
                                      : member("amount", std::to_string(rng_.between(1, 15)));
    if (rng_.chance(70)) body += text_member("user", "u" + std::to_string(rng_.below(2)));
    const std::string path = "/v1/accounts/" + account;
    if (rng_.chance(70)) return make("deduct", "POST", path + "/deductions", object_with(body));
    body += text_member("expires_in", std::to_string(60 * rng_.between(1, 60)) + "s");
    if (rng_.chance(30)) body += text_member("on_expiry", "capture");
    return make("hold", "POST", path + "/holds", object_with(body));
}

bool is_of_arrangement(const Request& request) {
    return request.name.ends_with("subscription") || request.name == "subscribe" ||
           request.name == "budget" || request.name == "remove budget";
}

Wish arrangement_wish_of(const Request& request) {
    constexpr std::string_view start = "/v1/accounts/";
    Wish wish;
    wish.kind = wish_kind_of(request.name).value();
    wish.key = request.key;
    const std::string_view rest = std::string_view(request.path).substr(start.size());
    wish.account = rest.substr(0, rest.find('/'));
    const Json body = request.body.empty() ? Json{} : Json::parse(request.body);
    if (request.name.ends_with("budget")) {
        wish.id = rest.substr(rest.rfind('/') + 1);
        if (body.has("limit")) wish.amount = minor_units(body.at("limit").text);
        if (body.has("window")) wish.interval = body.at("window").text;
        if (body.has("user")) wish.user = body.at("user").text;
        if (body.has("feature")) wish.feature = body.at("feature").text;
        return wish;
    }
    if (body.has("plan")) wish.plan = body.at("plan").text;
    if (body.has("interval")) wish.interval = body.at("interval").text;
    if (body.has("at_period_end")) wish.at_period_end = body.at("at_period_end").text == "true";
    return wish;
}

}  // namespace creditd::sim
