// The operations that clients wish for, alone or in a batch.
#include "tests/sim/workload.hpp"
#include "text/time_text.hpp"

namespace creditd::sim {

// --- pieces --------------------------------------------------------------------------------------

std::string Workload::new_key() { return "key-" + std::to_string(++keys_made_); }

std::string Workload::account() {
    if (swarm_.has(Fault::many_accounts) && rng_.chance(40)) {
        return "many-" + std::to_string(rng_.below(many_count));
    }
    return rng_.one_in(40) ? "acct-nobody" : rng_.pick(accounts_);
}

std::string Workload::amount() {
    const auto dice = rng_.below(10);
    if (dice < 6) return std::to_string(1 + rng_.below(20));
    if (dice < 8) return std::to_string(rng_.below(9)) + ".5";
    if (dice < 9) return "0.000001";
    return std::to_string(50 + rng_.below(500));
}

std::string Workload::extras() {
    std::string out;
    if (rng_.one_in(6)) out += text_member("description", "d" + std::to_string(rng_.below(9)));
    if (rng_.one_in(8)) out += ",\"metadata\":{\"a\":" + std::to_string(rng_.below(9)) + "}";
    return out;
}

std::string Workload::usage() {
    if (rng_.chance(70)) return member("amount", amount());
    const std::string feature = "feature-" + std::to_string(rng_.below(4));
    std::string out = text_member("feature", feature) + measures(shapes_[feature]);
    if (rng_.chance(50))
        out += member("quantity", std::to_string(1 + rng_.below(rng_.one_in(8) ? 3'000 : 5)));
    return out;
}

std::string Workload::time(Timestamp at) const {
    std::string out;
    append_timestamp(out, at);
    return out;
}

// --- operations ----------------------------------------------------------------------------------

Workload::Wish Workload::spend(const std::string& op) {
    Wish wish{op, account(), usage()};
    if (op == "deduct" && rng_.chance(15)) wish.fields += member("allow_partial", "true");
    if (op == "deduct" && rng_.one_in(8)) wish.fields += text_member("resource", "r1");
    if (op == "hold") {
        wish.fields += text_member("expires_in", std::to_string(1 + rng_.below(600)) + "s");
        if (rng_.chance(30)) wish.fields += text_member("on_expiry", "capture");
    }
    return wish;
}

Workload::Wish Workload::grant(Timestamp now) {
    Wish wish{"grant", account(), member("amount", amount())};
    if (rng_.chance(25)) wish.fields += member("priority", std::to_string(rng_.below(3) * 40));
    if (rng_.chance(15)) wish.fields += ",\"features\":[\"feature-1\"]";
    if (rng_.chance(20)) wish.fields += ",\"cost\":{\"amount\":500,\"currency\":\"EUR\"}";
    const std::int64_t length_s = rng_.between(1, 4'000);
    if (rng_.chance(15)) {
        wish.fields +=
            text_member("effective_at", time(now + Duration::seconds(rng_.between(1, 600))));
        if (rng_.chance(50)) {
            wish.fields += text_member("expires_at", time(now + Duration::seconds(600 + length_s)));
        }
    } else if (rng_.chance(50)) {
        wish.fields += text_member("expires_in", std::to_string(length_s) + "s");
    }
    return wish;
}

Workload::Wish Workload::purchase() {
    std::uint64_t payment = payments_made_;
    if (payments_made_ > 0 && rng_.chance(30)) payment = rng_.below(payments_made_);
    else ++payments_made_;
    // The same payment mostly comes with the same amount, for the same account.
    const std::string whose = accounts_[payment % first_accounts_];
    std::string money = std::to_string(rng_.one_in(12) ? 99 : 100 + 100 * (payment % 7 / 5));
    std::string what = member("amount", std::to_string(10 + payment % 5));
    if (!package_prices_.empty() && payment % 2 == 0) {
        auto package = package_prices_.begin();
        std::advance(package, static_cast<std::ptrdiff_t>(payment / 2 % package_prices_.size()));
        what = text_member("package", package->first);
        if (!rng_.one_in(12)) money = package->second;
    }
    return {"purchase", rng_.one_in(12) ? account() : whose,
            what + ",\"payment\":{\"provider\":\"stripe\",\"id\":\"pay-" + std::to_string(payment) +
                "\",\"amount\":" + money + ",\"currency\":\"USD\"}"};
}

Workload::Wish Workload::on_hold() {
    Wish wish{"capture", holds_.empty() ? "hold_1" : rng_.pick(holds_), {}};
    const auto dice = rng_.below(10);
    if (dice < 5) {
        // Measures instead of an amount: the hold may be of a feature that has them, or not.
        const bool is_measured = swarm_.has(Fault::rules) && rng_.chance(20);
        if (is_measured) wish.fields += measures({{"seconds"}, {}});
        else if (rng_.chance(70)) wish.fields += member("amount", amount());
        if (rng_.chance(25)) wish.fields += member("final", "true");
    } else if (dice < 8) {
        wish.op = "release";
    } else {
        wish.op = "extend";
        wish.fields += text_member("expires_in", std::to_string(1 + rng_.below(600)) + "s");
        if (rng_.chance(50)) wish.fields += member("amount", amount());
    }
    return wish;
}

Workload::Wish Workload::wish(Timestamp now) {
    const auto dice = rng_.below(100);
    if (dice < 8) {
        Wish put{"account", account(), {}};
        if (put.target == "acct-nobody") put.target = accounts_.front();
        // A new one is given what the catalog says.
        if (swarm_.has(Fault::offers) && accounts_.size() < 24 && rng_.chance(20)) {
            put.target = "acct-" + std::to_string(accounts_.size());
            accounts_.push_back(put.target);
        }
        if (rng_.chance(40)) put.fields += member("credit_limit", std::to_string(rng_.below(30)));
        if (rng_.chance(30)) put.fields += text_member("name", "n" + std::to_string(rng_.below(9)));
        return put;
    }
    if (dice < 26) return grant(now);
    if (dice < 50) return spend("deduct");
    if (dice < 60) return spend("hold");
    if (dice < 74) return on_hold();
    if (dice < 80) return purchase();
    if (dice < 90 && !deductions_.empty()) {
        Wish refund{"refund", rng_.pick(deductions_), {}};
        if (rng_.chance(60)) refund.fields += member("amount", amount());
        return refund;
    }
    if (dice < 94 && !grants_.empty()) {
        Wish revoke{"revoke", rng_.pick(grants_), {}};
        if (rng_.chance(50)) revoke.fields += member("amount", amount());
        return revoke;
    }
    return {
        "transfer",
        {},
        text_member("from", account()) + text_member("to", account()) + member("amount", amount())};
}

}  // namespace creditd::sim
