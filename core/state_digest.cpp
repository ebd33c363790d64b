#include "core/state_digest.hpp"

#include "core/digest_arrangements.hpp"
#include "core/digest_writer.hpp"

namespace creditd {
namespace {

using digesting::Writer;

void write_grant(Writer& writer, const Grant& grant, const SharedTerms& terms) {
    writer.number(grant.id);
    writer.number(grant.amount);
    writer.number(grant.remaining);
    writer.number(grant.reserved);
    writer.number(grant.effective_at);
    writer.number(grant.expires_at);
    writer.count(grant.priority);
    writer.flag(grant.pending);
    writer.count(static_cast<std::size_t>(terms.kind));
    writer.number(terms.cost.minor);
    writer.text(terms.cost.currency.text());
    writer.number(terms.cost_credits);
    writer.count(terms.features.size());
    for (const std::string& feature : terms.features) writer.text(feature);
}

void write_parts(Writer& writer, const std::vector<GrantPart>& parts) {
    writer.count(parts.size());
    for (const GrantPart& part : parts) {
        writer.number(part.grant);
        writer.number(part.amount);
    }
}

// What is measured stands only where it is: ledgers without it hash as they did before it was.
void write_measured(Writer& writer, const Usage& usage) {
    if (usage.units.empty() && usage.options.empty()) return;
    writer.count(usage.units.size());
    for (const MeasuredUnit& unit : usage.units) {
        writer.text(unit.unit);
        writer.number(unit.measure);
    }
    writer.count(usage.options.size());
    for (const std::string& option : usage.options) writer.text(option);
}

void write_hold(Writer& writer, const Hold& hold) {
    writer.number(hold.id);
    writer.number(hold.amount);
    writer.number(hold.captured);
    writer.number(hold.expires_at);
    writer.count(static_cast<std::size_t>(hold.on_expiry));
    write_parts(writer, hold.reserved);
    writer.number(hold.on_credit);
    writer.text(hold.usage.feature);
    writer.number(hold.usage.quantity);
    writer.number(hold.usage.price_book);
    writer.count(hold.usage.lines.size());
    for (const PriceLine& line : hold.usage.lines) {
        writer.text(line.rule);
        writer.number(line.amount);
    }
    writer.text(hold.usage.user);
    writer.text(hold.usage.model);
    write_measured(writer, hold.usage);
    digesting::write_waived(writer, hold.waived);
}

/// Has the account nothing but what every account has? The totals stand apart.
bool is_plain(const AccountExtra& extra) {
    return extra.debt.is_zero() && extra.credit_limit.is_zero() && extra.pending.is_zero() &&
           extra.parent.empty() && extra.profile_seq == Seq{} && extra.holds.empty() &&
           extra.refusals_since == Timestamp{} && extra.refusals_count == 0 && !extra.closed &&
           extra.arrangements == Boxed<Arrangements>{};
}

// Whether rare fields have a place of their own is not part of the state: only their values.
void write_extra(Writer& writer, const AccountExtra& extra) {
    writer.flag(!is_plain(extra));
    if (is_plain(extra)) return;
    writer.number(extra.debt);
    writer.number(extra.credit_limit);
    writer.number(extra.pending);
    writer.text(extra.parent);
    writer.number(extra.profile_seq);
    writer.number(extra.refusals_since);
    writer.count(extra.refusals_count);
    writer.flag(extra.closed);
    writer.count(extra.holds.size());
    for (const Hold& hold : extra.holds) write_hold(writer, hold);
    if (extra.arrangements) digesting::write_arrangements(writer, *extra.arrangements);
}

/// Which totals are not zero, a bit each, then those.
void write_totals(Writer& writer, const Account& account) {
    std::uint64_t present = 0;
    for (std::size_t i = 0; i < totals_count; ++i) {
        if (account.total(static_cast<Total>(i)) != 0) present |= std::uint64_t{1} << i;
    }
    writer.number(present);
    for (std::size_t i = 0; i < totals_count; ++i) {
        if ((present >> i & 1) != 0) writer.wide(account.total(static_cast<Total>(i)));
    }
}

void write_account(Writer& writer, const Account& account, const TermsTable& terms) {
    writer.text(account.id());
    writer.number(account.created_at());
    writer.number(account.balance);
    writer.number(account.held);
    write_totals(writer, account);
    writer.count(account.grants.count());
    for (const Grant& grant : account.grants) write_grant(writer, grant, terms.get(grant.terms));
    write_extra(writer, account.extra());
}

void write_api_key(Writer& writer, const ApiKey& key) {
    writer.text(key.created.id);
    writer.text(key.created.name);
    writer.count(key.created.scopes);
    writer.text(key.created.account_prefix);
    writer.number(key.created.expires_at);
    writer.bytes(key.created.secret_hash.bytes);
    writer.number(key.created_at);
    writer.number(key.seq);
}

/// Nothing where there is none: a ledger from before there were any has the digest that it had.
void write_endpoints(Writer& writer, const Offers<Endpoint>& endpoints) {
    if (endpoints.empty()) return;
    writer.mark("endpoints");
    writer.count(endpoints.size());
    for (const auto& [id, offered] : endpoints) {
        const Endpoint& endpoint = offered.set;
        writer.text(id);
        writer.text(endpoint.url);
        writer.text(endpoint.description);
        writer.count(endpoint.events.size());
        for (const std::string& name : endpoint.events) writer.text(name);
        writer.text(endpoint.account_prefix);
        writer.choice(endpoint.status);
        writer.count(endpoint.secret);
        writer.number(endpoint.previous_until);
        writer.number(offered.created_at);
        writer.number(offered.updated_at);
    }
}

}  // namespace

void append_canonical_ledger(std::string& out, const LedgerHead& head, const Catalog& catalog,
                             const Redemptions& redemptions, std::size_t account_count) {
    Writer writer(out);
    writer.bytes(head.ledger_id);
    writer.count(head.decimals);
    writer.number(head.epoch);
    writer.number(head.seq);
    writer.number(head.time);
    writer.number(catalog.price_book);
    writer.count(catalog.features.size());
    for (const auto& entry : catalog.features) digesting::write_feature(writer, entry.second);
    writer.count(catalog.api_keys.size());
    for (const auto& entry : catalog.api_keys) write_api_key(writer, entry.second);
    writer.count(account_count);
    digesting::write_offers(writer, catalog);
    digesting::write_test_clock(writer, head);
    digesting::write_redemptions(writer, redemptions);
    write_endpoints(writer, catalog.endpoints);
}

void append_canonical_ledger(std::string& out, const State& state) {
    append_canonical_ledger(out, state.head, state.catalog(), state.redemptions(),
                            state.accounts.count());
}

void append_canonical_account(std::string& out, const Account& account, const TermsTable& terms) {
    Writer writer(out);
    write_account(writer, account, terms);
}

void append_canonical_chunk(std::string& out, const State& state, std::size_t chunk) {
    const std::size_t begin = chunk * limits::chunk_accounts;
    const std::size_t end = std::min(begin + limits::chunk_accounts, state.accounts.count());
    for (std::size_t i = begin; i < end; ++i) {
        const AccountNo no{static_cast<std::uint32_t>(i)};
        append_canonical_account(out, state.accounts.get(no), state.terms);
    }
}

}  // namespace creditd
