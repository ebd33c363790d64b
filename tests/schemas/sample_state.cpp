#include "tests/schemas/sample_state.hpp"

#include "tests/schemas/sample_times.hpp"

namespace creditd::tests {
namespace {

GrantTerms paid_terms() {
    return GrantTerms{GrantKind::purchase,
                      7,
                      noon,
                      next_year,
                      {"image.generate", "chat"},
                      Money{4999, Currency::of("USD")},
                      Credits{5'000'000'000}};
}

Account plain_account(TermsTable& terms) {
    GrantTerms signup;
    signup.kind = GrantKind::signup;
    signup.effective_at = noon;
    Account account("user-0000064", noon);
    account.grants.insert(make_grant(GrantId::of(Seq{4}, 0), Credits{50'000'000},
                                     Credits{20'000'000}, signup, terms));
    account.balance = Credits{20'000'000};
    account.restore_total(Total::granted, 50'000'000, 0);
    account.restore_total(Total::consumed, 30'000'000, 0);
    return account;
}

Hold sample_hold() {
    Usage usage{
        "image.generate", 3,          12, {{"base", Credits{1'000'000}}, {"hd", Credits{750'001}}},
        "user-77",        "flux-pro", {}, {}};
    return Hold{HoldId{40},         Credits{9'000'000},
                Credits{2'000'000}, next_year,
                OnExpiry::capture,  {{GrantId::of(Seq{9}, 3), Credits{6'000'000}}},
                Credits{1'000'000}, std::move(usage)};
}

void fill_extra(AccountExtra& extra) {
    extra.debt = Credits{5'000'000};
    extra.credit_limit = Credits{10'000'000};
    extra.pending = Credits{600'000};
    extra.parent = "org-1";
    extra.profile_seq = Seq{41};
    extra.holds.push_back(sample_hold());
    extra.refusals_since = noon;
    extra.refusals_count = 3;
    extra.closed = true;
}

Account full_account(TermsTable& terms) {
    Account account("an-account-whose-id-is-longer-than-what-fits-inline", noon);
    Grant paid = make_grant(GrantId::of(Seq{9}, 3), Credits{70'000'000}, Credits{60'000'000},
                            paid_terms(), terms);
    paid.reserved = Credits{6'000'000};
    account.grants.insert(paid);
    GrantTerms later;
    later.kind = GrantKind::promo;
    later.effective_at = next_year;
    Grant pending =
        make_grant(GrantId::of(Seq{12}, 0), Credits{600'000}, Credits{600'000}, later, terms);
    pending.pending = true;
    account.grants.insert(pending);
    account.balance = Credits{55'000'000};
    account.held = Credits{7'000'000};
    fill_extra(account.touch_extra());
    for (std::size_t i = 0; i < totals_count; ++i) {
        account.restore_total(static_cast<Total>(i), 1'000'000 + i, i % 2);
    }
    return account;
}

}  // namespace

std::vector<Account> sample_accounts(TermsTable& terms) {
    std::vector<Account> accounts;
    accounts.push_back(plain_account(terms));
    accounts.push_back(full_account(terms));
    accounts.push_back(Account("e", noon));
    return accounts;
}

schemas::LedgerImage sample_ledger() {
    schemas::LedgerImage image;
    for (std::uint8_t i = 0; i < 16; ++i) image.head.ledger_id[i] = i;
    image.head.decimals = 2;
    image.head.epoch = Epoch{3};
    image.head.seq = Seq{42};
    image.head.time = noon;
    image.catalog.price_book = 13;
    const FeatureSet set{
        "image.generate", "Images", "media", "One picture", Credits{1'000'000}, false, 13, {}, {}};
    image.catalog.features.emplace(set.key, Feature{set, noon, next_year});
    ApiKeyCreated key{"key_9", "backend", 0x2b, "org-1:", next_year, {}};
    key.secret_hash.bytes.fill(0xc0);
    image.catalog.api_keys.emplace(key.id, ApiKey{key, noon, Seq{5}});
    image.account_count = 67;
    return image;
}

}  // namespace creditd::tests
