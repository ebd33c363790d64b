#include "core/state_digest.hpp"

#include <bit>
#include <cstring>

namespace creditd {
namespace {

/// Little-endian integers and length-prefixed strings. Through a small buffer: a state of ten
/// million accounts has half a billion numbers.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    ~Writer() { drain(); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void number(std::uint64_t value) {
        if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
        if (size_ + sizeof value > buffer_.size()) drain();
        std::memcpy(buffer_.data() + size_, &value, sizeof value);
        size_ += sizeof value;
    }
    void number(std::int64_t value) { number(static_cast<std::uint64_t>(value)); }
    void wide(WideCredits value) {
        number(static_cast<std::uint64_t>(value));
        number(static_cast<std::uint64_t>(value >> 64));
    }
    template <class Tag, class Rep>
    void number(Strong<Tag, Rep> value) {
        if constexpr (std::is_signed_v<Rep>) {
            number(static_cast<std::int64_t>(value.value));
        } else {
            number(static_cast<std::uint64_t>(value.value));
        }
    }
    void flag(bool value) { raw({value ? "\1" : "\0", 1}); }
    void text(std::string_view value) {
        number(static_cast<std::uint64_t>(value.size()));
        raw(value);
    }
    template <std::size_t N>
    void bytes(const std::array<std::uint8_t, N>& value) {
        raw({reinterpret_cast<const char*>(value.data()), N});
    }
    void count(std::size_t value) { number(static_cast<std::uint64_t>(value)); }

private:
    void raw(std::string_view value) {
        if (size_ + value.size() > buffer_.size()) drain();
        if (value.size() > buffer_.size()) {
            out_.append(value);
            return;
        }
        std::memcpy(buffer_.data() + size_, value.data(), value.size());
        size_ += value.size();
    }
    void drain() {
        out_.append(buffer_.data(), size_);
        size_ = 0;
    }

    std::string& out_;
    std::size_t size_ = 0;
    std::array<char, 1024> buffer_;  // uninitialised: only what was written is read
};

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
}

/// Has the account nothing but what every account has? The totals stand apart.
bool is_plain(const AccountExtra& extra) {
    return extra.debt.is_zero() && extra.credit_limit.is_zero() && extra.pending.is_zero() &&
           extra.parent.empty() && extra.profile_seq == Seq{} && extra.holds.empty() &&
           extra.refusals_since == Timestamp{} && extra.refusals_count == 0 && !extra.closed;
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

void write_feature(Writer& writer, const Feature& feature) {
    const FeatureSet& set = feature.set;
    for (const std::string* text : {&set.key, &set.name, &set.category, &set.description}) {
        writer.text(*text);
    }
    writer.number(set.price);
    writer.flag(set.active);
    writer.number(set.price_book);
    writer.number(feature.created_at);
    writer.number(feature.updated_at);
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

}  // namespace

void append_canonical_ledger(std::string& out, const LedgerHead& head, const Catalog& catalog,
                             std::size_t account_count) {
    Writer writer(out);
    writer.bytes(head.ledger_id);
    writer.count(head.decimals);
    writer.number(head.epoch);
    writer.number(head.seq);
    writer.number(head.time);
    writer.number(catalog.price_book);
    writer.count(catalog.features.size());
    for (const auto& entry : catalog.features) write_feature(writer, entry.second);
    writer.count(catalog.api_keys.size());
    for (const auto& entry : catalog.api_keys) write_api_key(writer, entry.second);
    writer.count(account_count);
}

void append_canonical_ledger(std::string& out, const State& state) {
    append_canonical_ledger(out, state.head, state.catalog(), state.accounts.count());
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
