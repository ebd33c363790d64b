// Grant terms, each distinct one kept once: ten million accounts with the same sign-up grant share
// one entry. Numbers are internal and never leave the process.
#pragma once

#include <deque>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/account.hpp"

namespace creditd {

/// The part of GrantTerms that grants share; times and priority stand in the grant itself.
struct SharedTerms {
    GrantKind kind = GrantKind::admin;
    std::vector<std::string> features;
    Money cost{};
    Credits cost_credits{};
    bool operator==(const SharedTerms&) const = default;

    bool allows(std::string_view feature) const;
};
std::size_t hash_value(const SharedTerms& terms);

class TermsTable {
public:
    /// `base`, if any, is read first and never changed: its numbers stay valid here.
    explicit TermsTable(const TermsTable* base = nullptr);

    TermsNo intern(const GrantTerms& terms);
    TermsNo intern(SharedTerms terms);
    const SharedTerms& get(TermsNo no) const;
    std::size_t count() const { return base_count_ + terms_.size(); }

private:
    std::optional<TermsNo> find(const SharedTerms& terms) const;

    const TermsTable* base_;
    std::size_t base_count_;
    std::deque<SharedTerms> terms_;
    boost::unordered_flat_map<SharedTerms, TermsNo> numbers_;
};

/// The whole terms of a live grant, put together again.
GrantTerms terms_of(const Grant& grant, const TermsTable& table);
/// A live grant made under `terms`; nothing reserved, `pending` left to the caller.
Grant make_grant(GrantId id, Credits amount, Credits remaining, const GrantTerms& terms,
                 TermsTable& table);

}  // namespace creditd
