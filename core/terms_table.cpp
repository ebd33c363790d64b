#include "core/terms_table.hpp"

namespace creditd {

bool SharedTerms::allows(std::string_view feature) const {
    return features.empty() ||
           std::find(features.begin(), features.end(), feature) != features.end();
}

std::size_t hash_value(const SharedTerms& terms) {
    std::size_t seed = static_cast<std::size_t>(terms.kind);
    boost::hash_combine(seed, terms.cost.minor);
    boost::hash_combine(seed, terms.cost_credits.value);
    for (const char c : terms.cost.currency.code) boost::hash_combine(seed, c);
    for (const std::string& feature : terms.features) boost::hash_combine(seed, feature);
    return seed;
}

TermsTable::TermsTable(const TermsTable* base)
    : base_(base), base_count_(base == nullptr ? 0 : base->count()) {}

std::optional<TermsNo> TermsTable::find(const SharedTerms& terms) const {
    const auto found = numbers_.find(terms);
    if (found != numbers_.end()) return found->second;
    return base_ == nullptr ? std::nullopt : base_->find(terms);
}

TermsNo TermsTable::intern(const GrantTerms& terms) {
    return intern(SharedTerms{terms.kind, terms.features, terms.cost, terms.cost_credits});
}

TermsNo TermsTable::intern(SharedTerms shared) {
    if (const auto known = find(shared)) return *known;
    CREDITD_ASSERT(count() < UINT32_MAX);
    const TermsNo no{static_cast<std::uint32_t>(count())};
    numbers_.emplace(shared, no);
    terms_.push_back(std::move(shared));
    return no;
}

const SharedTerms& TermsTable::get(TermsNo no) const {
    if (no.value < base_count_) return base_->get(no);
    CREDITD_ASSERT(no.value - base_count_ < terms_.size());
    return terms_[no.value - base_count_];
}

GrantTerms terms_of(const Grant& grant, const TermsTable& table) {
    const SharedTerms& shared = table.get(grant.terms);
    return GrantTerms{shared.kind,     grant.priority, grant.effective_at, grant.expires_at,
                      shared.features, shared.cost,    shared.cost_credits};
}

Grant make_grant(GrantId id, Credits amount, Credits remaining, const GrantTerms& terms,
                 TermsTable& table) {
    Grant grant;
    grant.id = id;
    grant.amount = amount;
    grant.remaining = remaining;
    grant.effective_at = terms.effective_at;
    grant.expires_at = terms.expires_at;
    grant.terms = table.intern(terms);
    grant.priority = terms.priority;
    grant.paid = terms.cost.minor > 0;
    return grant;
}

}  // namespace creditd
