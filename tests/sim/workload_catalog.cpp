// What clients want of the catalog: prices that people would set, offers that come, change and go.
// Few different values, so that rules meet their edges and the same catalog is put twice.
#include <array>
#include <iterator>

#include "tests/sim/workload.hpp"
#include "text/time_text.hpp"

namespace creditd::sim {
namespace {

std::string object(const std::string& members) { return "{" + members.substr(1) + "}"; }

std::string list_of(const std::map<std::string, std::string>& all, const char* name) {
    std::string list;
    for (const auto& [key, members] : all) {
        list += (list.empty() ? "" : ",") + object(text_member(name, key) + members);
    }
    return "[" + list + "]";
}

}  // namespace

// --- prices --------------------------------------------------------------------------------------

std::string Workload::per_rule(const std::string& unit) {
    static constexpr std::array credits{"1", "0.5", "0.01", "0.000001", "3"};
    static constexpr std::array steps{"1", "2", "3", "15", "1000"};
    static constexpr std::array rounds{"exact", "up", "down", "nearest"};
    std::string rule = member("credits", rng_.pick(credits)) + text_member("unit", unit) +
                       member("step", rng_.pick(steps));
    if (rng_.chance(75)) rule += text_member("round", rng_.pick(rounds));
    return rule;
}

std::string Workload::price(Shape& shape) {
    std::string rules;
    const auto dice = rng_.below(6);
    if (dice < 2) {
        shape.units = {"seconds"};
        std::string rule = per_rule("seconds");
        if (rng_.one_in(4)) {
            shape.units.emplace_back("months");
            rule += text_member("times", "months");
        }
        rules += ",\"per\":[" + object(rule) + "]";
    } else if (dice == 2) {
        shape.units = {"in", "out"};
        rules += ",\"per\":[" + object(per_rule("in")) + "," + object(per_rule("out")) + "]";
    } else if (dice == 3) {
        shape.units = {"seconds"};
        rules += R"(,"tiers":[{"unit":"seconds","tiers":[{"up_to":5,"credits":2},)"
                 R"({"up_to":10,"credits":4})";
        rules += rng_.chance(50) ? R"(,{"credits":9}]}])" : "]}]";
    } else {
        rules += member("flat", amount());
    }
    if (dice == 4 || rng_.one_in(4)) {
        shape.units = {"seconds"};
        rules += R"(,"conditions":[{"unit":"seconds","above":5,"percent":)" +
                 std::to_string(rng_.between(-2, 4) * 25 + 1) + "}]";
        if (dice == 2) shape.units = {"in", "out", "seconds"};
        else if (rules.find("months") != std::string::npos) shape.units.emplace_back("months");
    }
    if (rng_.chance(50)) {
        shape.options = {"hd", "logo", "4k"};
        rules += R"(,"options":{"hd":{"percent":)" + std::to_string(rng_.between(-1, 3) * 50 + 1) +
                 R"(},"logo":{"credits":2},"4k":{"percent":33.3333,"credits":0.5}})";
    }
    if (rng_.one_in(3)) rules += member("minimum", std::to_string(rng_.below(3)));
    if (rng_.one_in(3)) rules += member("maximum", std::to_string(3 + rng_.below(9)));
    return rules;
}

/// Sometimes without one of them, or with another one: that has no price.
std::string Workload::measures(const Shape& shape) {
    static constexpr std::array values{"0",  "1",  "2.5",  "4.999999", "5",  "5.000001", "7.5",
                                       "10", "15", "15.5", "22.5",     "46", "1500"};
    std::string units;
    for (const std::string& unit : shape.units) {
        if (!rng_.one_in(30)) units += member(unit, rng_.pick(values));
    }
    if (rng_.one_in(40)) units += member("pages", "1");
    std::string out = units.empty() ? "" : ",\"units\":" + object(units);
    if (shape.options.empty() || rng_.chance(50)) return out;
    std::string options = '"' + rng_.pick(shape.options) + '"';
    if (rng_.chance(30) && options != "\"hd\"") options += ",\"hd\"";
    if (rng_.one_in(30)) options += ",\"8k\"";
    return out + ",\"options\":[" + options + "]";
}

// --- one thing -----------------------------------------------------------------------------------

void Workload::draw_feature(const std::string& key) {
    Shape& shape = shapes_[key] = {};
    std::string members;
    if (swarm_.has(Fault::rules) && rng_.chance(70)) members = ",\"price\":" + object(price(shape));
    else members = member("credits", amount());
    if (rng_.one_in(6)) members += member("active", "false");
    features_[key] = members;
}

void Workload::draw_package(const std::string& id) {
    const std::string money = std::to_string(100 * (1 + rng_.below(3)));
    std::string members = member("credits", std::to_string(10 + rng_.below(3) * 20)) +
                          ",\"price\":{\"amount\":" + money + ",\"currency\":\"USD\"}";
    if (rng_.chance(70)) members += member("bonus", rng_.chance(50) ? "5" : "0.5");
    if (rng_.chance(40)) members += text_member("expires_in", rng_.chance(50) ? "1h" : "30d");
    if (rng_.chance(40)) members += text_member("bonus_expires_in", "20m");
    if (rng_.one_in(8)) members += member("active", "false");
    packages_[id] = members;
    package_prices_[id] = money;
}

void Workload::draw_promotion(const std::string& code, Timestamp now) {
    std::string members = member("credits", amount());
    if (rng_.chance(60)) members += member("redemptions_max", std::to_string(2 + rng_.below(12)));
    if (rng_.chance(50)) members += member("per_account_max", std::to_string(1 + rng_.below(3)));
    if (rng_.chance(30)) {
        members += text_member("starts_at", time(now + Duration::seconds(rng_.between(-99, 300))));
    }
    if (rng_.chance(30)) {
        members += text_member("ends_at", time(now + Duration::seconds(rng_.between(301, 3'000))));
    }
    if (rng_.chance(40)) members += text_member("expires_in", "15m");
    if (rng_.chance(30)) members += member("priority", "10");
    if (rng_.chance(20)) members += ",\"features\":[\"feature-1\"]";
    if (rng_.one_in(8)) members += member("active", "false");
    promotions_[code] = members;
}

void Workload::draw_settings() {
    settings_.clear();
    if (rng_.chance(70)) {
        std::string signup = member("credits", amount());
        if (rng_.chance(50)) signup += text_member("expires_in", "2h");
        settings_ += ",\"signup\":" + object(signup);
    }
    if (rng_.one_in(3)) {
        settings_ +=
            R"(,"custom":{"min":11,"max":13,"per":12,"price":{"amount":100,"currency":"USD"}})";
    }
}

// --- requests ------------------------------------------------------------------------------------

Request Workload::whole_catalog(Timestamp now) {
    if (begun_ == 1) {
        for (const char* const key : {"feature-0", "feature-1", "feature-2"}) draw_feature(key);
        for (const char* const id : {"p1", "p2", "p3"}) draw_package(id);
        for (const char* const code : {"SPRING", "FALL"}) draw_promotion(code, now);
        draw_settings();
    } else if (rng_.chance(60)) {
        draw_settings();
        if (rng_.chance(30)) promotions_.erase("MAY");  // what it leaves out is gone
        if (rng_.chance(30)) packages_.erase("p4");
    }
    std::string body = ",\"features\":" + list_of(features_, "key") +
                       ",\"packages\":" + list_of(packages_, "id") +
                       ",\"promotions\":" + list_of(promotions_, "code");
    if (!settings_.empty()) body += ",\"settings\":" + object(settings_);
    return request_of("catalog", "PUT", "/v1/catalog", object(body));
}

Request Workload::change_catalog(Timestamp now) {
    const auto dice = rng_.below(10);
    if (dice < 3) return whole_catalog(now);
    if (dice < 7) {
        const std::string id = "p" + std::to_string(1 + rng_.below(4));
        const std::string path = "/v1/packages/" + id;
        if (rng_.one_in(5)) return request_of("remove package", "DELETE", path, {});
        draw_package(id);
        return request_of("package", "PUT", path, object(packages_[id]));
    }
    const std::string code = rng_.chance(60) ? "SPRING" : rng_.chance(60) ? "FALL" : "MAY";
    const std::string path = "/v1/promotions/" + code;
    if (rng_.one_in(8)) return request_of("remove promotion", "DELETE", path, {});
    draw_promotion(code, now);
    return request_of("promotion", "PUT", path, object(promotions_[code]));
}

Request Workload::redeem() {
    const std::string code = rng_.chance(50) ? "SPRING" : rng_.chance(60) ? "FALL" : "MAY";
    return request_of("redeem", "POST", "/v1/promotions/" + code + "/redeem",
                      "{" + text_member("account", account()).substr(1) + "}");
}

}  // namespace creditd::sim
