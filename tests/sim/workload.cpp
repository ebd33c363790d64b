#include "tests/sim/workload.hpp"

#include <algorithm>

#include "tests/sim/daemon.hpp"
#include "tests/sim/workload_payments.hpp"

namespace creditd::sim {
namespace {

constexpr std::size_t ids_kept = 60;  // few, so that the same ones come back

void keep(std::vector<std::string>& ids, const std::string& id, Rng& rng) {
    if (std::ranges::find(ids, id) != ids.end()) return;
    if (ids.size() < ids_kept) ids.push_back(id);
    else ids[rng.below(ids.size())] = id;
}

}  // namespace

std::string Request::content() const {
    std::string text = method + ' ' + path + ' ' + body;
    // One of a feature is what is used where no quantity is given.
    constexpr std::string_view one = R"(,"quantity":1)";
    const std::size_t at = text.find(one);
    if (at == std::string::npos) return text;
    const char next = text[at + one.size()];
    if (next == ',' || next == '}') text.erase(at, one.size());
    return text;
}

std::string member(std::string_view name, std::string_view value) {
    return ",\"" + std::string(name) + "\":" + std::string(value);
}
std::string text_member(std::string_view name, std::string_view value) {
    return member(name, '"' + std::string(value) + '"');
}

std::string Request::bytes() const {
    std::string out = method + ' ' + path + " HTTP/1.1\r\nHost: sim\r\nX-Request-Id: sim-1\r\n";
    if (!secret.empty()) out += "Authorization: Bearer " + secret + "\r\n";
    if (name == "stripe news") out += "Stripe-Signature: " + stripe_signature_of(*this) + "\r\n";
    if (!key.empty()) out += "Idempotency-Key: " + key + "\r\n";
    if (!body.empty()) out += "Content-Type: application/json\r\n";
    return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Workload::Workload(std::uint64_t seed, const Swarm& swarm)
    : swarm_(swarm), rng_(Rng::of(seed, "workload")) {
    const std::uint64_t count = 2 + rng_.below(12);
    for (std::uint64_t i = 0; i < count; ++i) accounts_.push_back("acct-" + std::to_string(i));
    first_accounts_ = accounts_.size();
}

// --- requests ------------------------------------------------------------------------------------

Request request_of(std::string name, std::string method, std::string path, std::string body) {
    Request request;
    request.name = std::move(name);
    request.method = std::move(method);
    request.path = std::move(path);
    request.body = std::move(body);
    request.secret = admin_secret;
    return request;
}

Request Workload::alone(const Wish& wish) {
    const std::string body =
        wish.fields.empty() ? "{}" : "{" + wish.fields.substr(1) + extras() + "}";
    const std::string account = "/v1/accounts/" + wish.target;
    std::string path;
    std::string method = "POST";
    if (wish.op == "account") {
        path = account;
        method = "PUT";
        return request_of(wish.op, method, path,
                          wish.fields.empty() ? "{}" : "{" + wish.fields.substr(1) + "}");
    }
    if (wish.op == "grant") path = account + "/grants";
    else if (wish.op == "purchase") path = account + "/purchases";
    else if (wish.op == "deduct") path = account + "/deductions";
    else if (wish.op == "hold") path = account + "/holds";
    else if (wish.op == "refund") path = "/v1/deductions/" + wish.target + "/refunds";
    else if (wish.op == "revoke") path = "/v1/grants/" + wish.target + "/revoke";
    else if (wish.op == "capture") path = "/v1/holds/" + wish.target + "/captures";
    else if (wish.op == "transfer") path = "/v1/transfers";
    else path = "/v1/holds/" + wish.target + "/" + wish.op;
    return request_of(wish.op, method, path, body);
}

Request Workload::batch(Timestamp now) {
    const bool is_atomic = rng_.chance(60);
    std::string operations;
    const std::uint64_t count = 1 + rng_.below(rng_.one_in(10) ? 40 : 6);
    for (std::uint64_t i = 0; i < count; ++i) {
        const Wish one = wish(now);
        const bool names_account = one.op == "account" || one.op == "grant" ||
                                   one.op == "purchase" || one.op == "deduct" || one.op == "hold";
        operations += i == 0 ? "{" : ",{";
        operations += text_member("op", one.op).substr(1);
        if (one.op != "transfer") {
            operations += text_member(names_account ? "account" : "id", one.target);
        }
        operations += one.fields + "}";
    }
    return request_of(is_atomic ? "atomic batch" : "batch", "POST", "/v1/batches",
                      std::string("{\"mode\":\"") + (is_atomic ? "atomic" : "independent") +
                          "\",\"operations\":[" + operations + "]}");
}

/// Enough for several chunks, at once.
Request Workload::many_accounts() {
    std::string operations;
    for (std::uint64_t i = 0; i < many_count; ++i) {
        operations += (i == 0 ? R"({"op":"account","account":"many-)"
                              : R"(,{"op":"account","account":"many-)") +
                      std::to_string(i) + R"("})";
    }
    return request_of("batch", "POST", "/v1/batches", R"({"operations":[)" + operations + "]}");
}

Request Workload::read() {
    const std::string path = "/v1/accounts/" + account();
    switch (rng_.below(6)) {
        case 0: return request_of("transactions", "GET", path + "/transactions?limit=5", {});
        case 1: return request_of("account", "GET", path, {});
        case 2:
            if (transactions_.empty()) break;
            return request_of("transaction", "GET", "/v1/transactions/" + rng_.pick(transactions_),
                              {});
        case 3:
            if (holds_.empty()) break;
            return request_of("hold", "GET", "/v1/holds/" + rng_.pick(holds_), {});
        default: break;
    }
    return request_of("balance", "GET", path + "/balance", {});
}

Request Workload::administer() {
    const auto dice = rng_.below(10);
    if (dice < 5 || !swarm_.has(Fault::key_revoked)) {
        const std::string key = "feature-" + std::to_string(rng_.below(4));
        const std::string path = "/v1/features/" + key;
        if (rng_.one_in(6)) return request_of("remove feature", "DELETE", path, {});
        draw_feature(key);
        return request_of("feature", "PUT", path, "{" + features_[key].substr(1) + "}");
    }
    if (dice < 8 || key_ids_.empty()) {
        return request_of("create key", "POST", "/v1/api-keys",
                          R"({"name":"sim","scopes":["ledger:write","ledger:read"]})");
    }
    auto at = key_ids_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(rng_.below(key_ids_.size())));
    revoking_.push_back(at->second);
    return request_of("revoke key", "DELETE", "/v1/api-keys/" + at->first, {});
}

/// What a use would cost; or the use itself, which is not to be done.
Request Workload::quote() {
    const std::string path = "/v1/accounts/" + account();
    if (rng_.chance(60))
        return request_of("quote", "POST", path + "/quotes", "{" + usage().substr(1) + "}");
    Request request = request_of("deduct", "POST", path + "/deductions",
                                 "{" + usage().substr(1) + ",\"dry_run\":true}");
    request.is_dry_run = true;
    request.key = new_key();
    return request;
}

Request Workload::next(Timestamp now) {
    // Somebody must be there before anything can happen.
    if (begun_++ == 0 && swarm_.has(Fault::offers)) {
        Request first = whole_catalog(now);
        first.key = new_key();
        return first;
    }
    if (keys_made_ < accounts_.size()) {
        Request first = alone({"account", accounts_[keys_made_], {}});
        first.key = new_key();
        return first;
    }
    if (swarm_.has(Fault::many_accounts) && keys_made_ == accounts_.size()) {
        Request first = many_accounts();
        first.key = new_key();
        return first;
    }
    const auto dice = rng_.below(100);
    if (dice < 10) return rng_.chance(30) ? quote() : read();
    Request request = dice < 13   ? administer()
                      : dice < 22 ? batch(now)
                      : dice < 26 && swarm_.has(Fault::offers)
                          ? (rng_.chance(50) ? change_catalog(now) : redeem())
                          : alone(wish(now));
    request.key = new_key();
    if (dice >= 26 && rng_.one_in(60)) spoil(request);
    if (!secrets_.empty() && dice > 40 && rng_.chance(20)) request.secret = rng_.pick(secrets_);
    return request;
}

Request Workload::reuse(const Request& first, Timestamp now) {
    constexpr std::string_view start = "/v1/accounts/";
    Request request = first;
    const std::size_t slash = first.path.find('/', start.size());
    if (rng_.chance(50) && first.path.starts_with(start) && slash != std::string::npos) {
        request.path = std::string(start) + rng_.pick(accounts_) + first.path.substr(slash);
    } else {
        request = alone(wish(now));
        request.key = first.key;
    }
    return request;
}

/// A field that is there twice: readers that take the first, or the last, would differ.
void Workload::spoil(Request& request) {
    if (request.body.size() < 3) return;
    const std::size_t colon = request.body.find(':');
    const std::size_t comma = std::min(request.body.find(',', colon), request.body.size() - 1);
    request.body.insert(comma, "," + request.body.substr(1, comma - 1));
    request.is_malformed = true;
}

// --- what answers teach --------------------------------------------------------------------------

bool Workload::is_revoked(const std::string& secret) const {
    return std::ranges::find(revoked_, secret) != revoked_.end();
}

bool Workload::may_be_revoked(const std::string& secret) const {
    return std::ranges::find(revoking_, secret) != revoking_.end();
}

void Workload::learn_ids(const Json& body) {
    const std::string& type = body.at("type").text;
    const std::string& id = body.at("id").text;
    if (type == "grant") keep(grants_, id, rng_);
    else if (type == "deduction" || type == "capture") keep(deductions_, id, rng_);
    else if (type == "hold" && id.starts_with("hold_")) keep(holds_, id, rng_);
    else if (type == "purchase") keep(grants_, body.at("grant").text, rng_);
    if (body.has("bonus.grant")) keep(grants_, body.at("bonus.grant").text, rng_);
    for (const auto& [name, moved] : body.at("moved").items) {
        keep(grants_, moved.at("grant").text, rng_);
    }
    if (id.starts_with("txn_")) keep(transactions_, id, rng_);
}

void Workload::learn(const Request& request, unsigned status, const Json& body) {
    if (request.name == "create key" && status == 201 && body.has("secret")) {
        key_ids_[body.at("id").text] = body.at("secret").text;
        secrets_.push_back(body.at("secret").text);
    }
    if (request.name == "revoke key" && status == 204) {
        const auto known = key_ids_.find(request.path.substr(request.path.rfind('/') + 1));
        if (known != key_ids_.end()) revoked_.push_back(known->second);
    }
    if (status >= 300 || request.is_dry_run) return;
    learn_ids(body);
    for (const auto& [name, result] : body.at("results").items) learn_ids(result.at("body"));
}

}  // namespace creditd::sim
