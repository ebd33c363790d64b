#include "core/state_digest.hpp"
#include "replay/tool/reports/differences.hpp"
#include "replay/tool/text.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::array<const char*, totals_count> total_names{
    "granted", "purchased", "consumed",       "refunded",
    "expired", "revoked",   "transferred_in", "transferred_out"};

using Figures = std::vector<std::pair<std::string, WideCredits>>;

Figures figures_of(const Account& account) {
    Figures figures{{"balance", account.balance.value},
                    {"held", account.held.value},
                    {"debt", account.debt().value},
                    {"pending", account.pending().value},
                    {"credit_limit", account.credit_limit().value}};
    for (std::size_t i = 0; i < totals_count; ++i) {
        figures.emplace_back(total_names[i], account.total(static_cast<Total>(i)));
    }
    return figures;
}

Side side_of(const State& state) {
    Side side;
    side.seq = state.head.seq;
    side.accounts = state.accounts.count();
    side.sums = figures_of(Account{});
    for (std::uint32_t i = 0; i < state.accounts.count(); ++i) {
        const Figures figures = figures_of(state.accounts.get(AccountNo{i}));
        for (std::size_t at = 0; at < figures.size(); ++at) {
            side.sums[at].second += figures[at].second;
        }
    }
    return side;
}

std::string digest_of(const State& state, const Account& account) {
    std::string bytes;
    append_canonical_account(bytes, account, state.terms);
    return bytes;
}

class Comparison {
public:
    Comparison(const State& before, const State& after, Differences& out)
        : before_(before), after_(after), out_(out) {}

    void run() {
        out_.decimals = before_.head.decimals;
        out_.has_other_head = before_.head.ledger_id != after_.head.ledger_id ||
                              before_.head.decimals != after_.head.decimals ||
                              before_.head.test_clock != after_.head.test_clock;
        fill(out_.sides[0], before_);
        fill(out_.sides[1], after_);
        compare_accounts();
        const Catalog& a = before_.catalog();
        const Catalog& b = after_.catalog();
        compare("feature", a.features, b.features);
        compare("plan", a.plans, b.plans);
        compare("package", a.packages, b.packages);
        compare("promotion", a.promotions, b.promotions);
        compare("api_key", a.api_keys, b.api_keys);
        compare("endpoint", a.endpoints, b.endpoints);
        if (a.settings != b.settings) out_.catalog.push_back({"settings", "", Sides::both});
    }

private:
    /// Keeps the name, which is the caller's.
    static void fill(Side& side, const State& state) {
        const std::string name = side.name;
        side = side_of(state);
        side.name = name;
    }
    void compare_accounts() {
        for (std::uint32_t i = 0; i < before_.accounts.count(); ++i) {
            const Account& account = before_.accounts.get(AccountNo{i});
            const auto other = after_.accounts.find(account.id());
            if (other) {
                compare(account, after_.accounts.get(*other));
            } else {
                out_.accounts.push_back({std::string(account.id()), Sides::only_before, {}, false});
            }
        }
        for (std::uint32_t i = 0; i < after_.accounts.count(); ++i) {
            const Account& account = after_.accounts.get(AccountNo{i});
            if (before_.accounts.find(account.id())) continue;
            AccountDifference added{std::string(account.id()), Sides::only_after, {}, false};
            for (const auto& [name, value] : figures_of(account)) {
                if (value == 0) continue;
                added.fields.push_back({name, "0", fixed_text(value, out_.decimals)});
            }
            out_.accounts.push_back(std::move(added));
        }
    }
    void compare(const Account& before, const Account& after) {
        if (digest_of(before_, before) == digest_of(after_, after)) return;
        AccountDifference changed{std::string(before.id()), Sides::both, {}, false};
        const Figures a = figures_of(before);
        const Figures b = figures_of(after);
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (a[i].second == b[i].second) continue;
            changed.fields.push_back({a[i].first, fixed_text(a[i].second, out_.decimals),
                                      fixed_text(b[i].second, out_.decimals)});
        }
        if (before.closed() != after.closed()) {
            const auto word = [](bool closed) { return closed ? "true" : "false"; };
            changed.fields.push_back({"closed", word(before.closed()), word(after.closed())});
        }
        changed.has_more = changed.fields.empty();
        out_.accounts.push_back(std::move(changed));
    }
    template <class Map>
    void compare(const char* kind, const Map& before, const Map& after) {
        for (const auto& [id, entry] : before) {
            const auto other = after.find(id);
            if (other == after.end()) {
                out_.catalog.push_back({kind, id, Sides::only_before});
            } else if (!(other->second == entry)) {
                out_.catalog.push_back({kind, id, Sides::both});
            }
        }
        for (const auto& [id, entry] : after) {
            if (before.find(id) == before.end()) {
                out_.catalog.push_back({kind, id, Sides::only_after});
            }
        }
    }

    const State& before_;
    const State& after_;
    Differences& out_;
};

}  // namespace

void compare_states(const State& before, const State& after, Differences& out) {
    Comparison(before, after, out).run();
}

}  // namespace creditd::replay::tool
