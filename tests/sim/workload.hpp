// What clients want: a stream of requests that aims at the ledger's corners (few busy accounts,
// small balances, the same grants, holds and deductions again and again). Learns from answers which
// ids there are. Owned by Clients.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"
#include "tests/sim/json.hpp"
#include "tests/sim/swarm.hpp"

namespace creditd::sim {

/// Members of a JSON object, each with the comma before it.
std::string member(std::string_view name, std::string_view value);
std::string text_member(std::string_view name, std::string_view value);

/// One HTTP request, before it has its bytes.
struct Request {
    std::string name;  // of the operation, e.g. `deduct`
    std::string method;
    std::string path;
    std::string body;
    std::string key;     // Idempotency-Key; empty for reads
    std::string secret;  // API key

    std::string bytes() const;
    /// What must be the same for the same answer, however it is spelled.
    std::string content() const;
    std::string text() const { return content() + " key " + key; }
    /// Nobody is owed anything by its answer.
    bool is_read() const { return key.empty() || is_dry_run; }
    bool is_malformed = false;  // the only answer is 400
    bool is_news = false;       // a provider's, which comes again until it is heard
    bool is_dry_run = false;
};

/// The administrator's, without a key.
Request request_of(std::string name, std::string method, std::string path, std::string body);

class Workload {
public:
    Workload(std::uint64_t seed, const Swarm& swarm);

    Request next(Timestamp now);
    /// The same key for something else, or for the same on another account.
    Request reuse(const Request& first, Timestamp now);
    void learn(const Request& request, unsigned status, const Json& body);

    const std::vector<std::string>& accounts() const { return accounts_; }
    /// Secrets of API keys: in no output but the answer that made them.
    const std::vector<std::string>& secrets() const { return secrets_; }
    /// Was this secret's revocation answered?
    bool is_revoked(const std::string& secret) const;
    /// Or at least asked for?
    bool may_be_revoked(const std::string& secret) const;

private:
    /// An operation as it stands in a batch; alone it loses `op` and what its path says.
    struct Wish {
        std::string op;
        std::string target;  // account or id; empty for a transfer
        std::string fields;  // JSON members, without the braces
    };

    /// What a use of a feature should say, as the price was when it was last asked for.
    struct Shape {
        std::vector<std::string> units;
        std::vector<std::string> options;
    };

    static constexpr std::uint64_t many_count = 400;  // accounts of Fault::many_accounts

    Wish wish(Timestamp now);
    Wish spend(const std::string& op);
    Wish grant(Timestamp now);
    Wish purchase();
    Wish on_hold();
    Request alone(const Wish& wish);
    Request batch(Timestamp now);
    Request many_accounts();
    Request read();
    void spoil(Request& request);
    Request administer();
    Request quote();
    // The catalog (workload_catalog.cpp).
    Request change_catalog(Timestamp now);
    Request whole_catalog(Timestamp now);
    Request redeem();
    void draw_feature(const std::string& key);
    void draw_package(const std::string& id);
    void draw_promotion(const std::string& code, Timestamp now);
    void draw_settings();
    std::string per_rule(const std::string& unit);
    std::string price(Shape& shape);
    std::string measures(const Shape& shape);
    std::string new_key();
    std::string account();
    std::string amount();
    std::string usage();
    std::string extras();
    std::string time(Timestamp at) const;
    void learn_ids(const Json& body);

    const Swarm swarm_;
    Rng rng_;
    std::vector<std::string> accounts_;
    std::vector<std::string> grants_;
    std::vector<std::string> deductions_;
    std::vector<std::string> holds_;
    std::vector<std::string> transactions_;
    std::vector<std::string> payments_;
    std::vector<std::string> secrets_;
    std::map<std::string, std::string> key_ids_;  // id → secret
    std::vector<std::string> revoking_;
    std::vector<std::string> revoked_;
    // What was last asked for, as members of JSON objects, by name.
    std::map<std::string, std::string> features_;
    std::map<std::string, std::string> packages_;
    std::map<std::string, std::string> promotions_;
    std::string settings_;
    std::map<std::string, Shape> shapes_;  // by feature
    std::map<std::string, std::string> package_prices_;
    std::size_t first_accounts_ = 0;
    std::uint64_t begun_ = 0;
    std::uint64_t keys_made_ = 0;
    std::uint64_t payments_made_ = 0;
};

}  // namespace creditd::sim
