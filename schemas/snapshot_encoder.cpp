#include <boost/unordered/unordered_flat_map.hpp>

#include "schemas/arrangement_images.hpp"
#include "schemas/endpoint_bodies.hpp"
#include "schemas/event_parts.hpp"
#include "schemas/offer_parts.hpp"
#include "schemas/snapshot_codec.hpp"
#include "schemas/snapshot_generated.h"
#include "schemas/snapshot_identifiers.hpp"

namespace creditd::schemas {
namespace {

constexpr std::size_t totals_frequent = totals_count - 5;
constexpr auto total_at = [](std::size_t place) { return static_cast<Total>(place); };

flatbuffers::Offset<fbs::HoldImage> write_hold(FlatBuilder& builder, const Hold& hold) {
    const UsageImage usage = write_usage(builder, hold.usage, price_of(hold.amount, hold.waived));
    const auto reserved = write_parts(builder, hold.reserved);
    fbs::HoldImageBuilder table(builder);
    table.add_waived(hold.waived.value);
    table.add_id(hold.id.value);
    table.add_amount(hold.amount.value);
    table.add_captured(hold.captured.value);
    table.add_expires_at(hold.expires_at.value);
    table.add_on_credit(hold.on_credit.value);
    table.add_reserved(reserved);
    add_usage(table, hold.usage, usage);
    table.add_on_expiry(static_cast<fbs::OnExpiry>(hold.on_expiry));
    return table.Finish();
}

fbs::RareTotals write_totals(const Account& account) {
    std::array<std::uint64_t, totals_count - totals_frequent> low{};
    std::array<std::uint64_t, totals_count> high{};
    for (std::size_t i = 0; i < totals_count; ++i) {
        const WideCredits total = account.total(total_at(i));
        if (i >= totals_frequent) low[i - totals_frequent] = static_cast<std::uint64_t>(total);
        high[i] = static_cast<std::uint64_t>(total >> 64);
    }
    return fbs::RareTotals(low, high);
}

flatbuffers::Offset<fbs::AccountExtra> write_extra(FlatBuilder& builder, const Account& account) {
    // Whether there is a place for rare fields is not part of the state: only their values are.
    if (!account.has_extra() || account.extra() == AccountExtra{}) return {};
    const AccountExtra& extra = account.extra();
    std::vector<flatbuffers::Offset<fbs::HoldImage>> holds;
    holds.reserve(extra.holds.size());
    for (const Hold& hold : extra.holds) holds.push_back(write_hold(builder, hold));
    const auto stored_holds = holds.empty() ? 0 : builder.CreateVector(holds);
    const TextOffset parent = write_text(builder, extra.parent, limits::id_bytes_max);
    const auto arrangements = write_arrangements(builder, account.arrangements());
    const fbs::RareTotals totals = write_totals(account);
    return fbs::CreateAccountExtra(builder, &totals, extra.debt.value, extra.credit_limit.value,
                                   extra.pending.value, parent, extra.profile_seq.value,
                                   stored_holds, extra.refusals_since.value, extra.refusals_count,
                                   extra.closed, arrangements);
}

fbs::AccountBasics write_basics(const Account& account) {
    const auto low = [&](Total which) { return static_cast<std::uint64_t>(account.total(which)); };
    return fbs::AccountBasics(account.created_at().value, account.balance.value, account.held.value,
                              low(Total::granted), low(Total::purchased), low(Total::consumed));
}

flatbuffers::Offset<fbs::SharedTerms> write_shared_terms(FlatBuilder& builder,
                                                         const SharedTerms& terms) {
    const TextListOffset features = write_texts(builder, terms.features);
    const fbs::Money cost = write_money(terms.cost);
    return fbs::CreateSharedTerms(builder, static_cast<fbs::GrantKind>(terms.kind), features,
                                  terms.cost == Money{} ? nullptr : &cost,
                                  terms.cost_credits.value);
}

flatbuffers::Offset<fbs::FeatureImage> write_feature_image(FlatBuilder& builder,
                                                           const Feature& feature) {
    const auto set = write_feature(builder, feature.set);
    return fbs::CreateFeatureImage(builder, set, feature.created_at.value,
                                   feature.updated_at.value);
}

using OfferImages = std::vector<flatbuffers::Offset<fbs::OfferImage>>;

template <class Kind>
void write_offer_images(FlatBuilder& builder, const Offers<Kind>& offers, OfferImages& out) {
    for (const auto& entry : offers) {
        const auto set = write_offer(builder, entry.second.set, 0);
        out.push_back(fbs::CreateOfferImage(builder, set, entry.second.created_at.value,
                                            entry.second.updated_at.value));
    }
}

OfferImages write_offer_images(FlatBuilder& builder, const Catalog& catalog) {
    OfferImages images;
    write_offer_images(builder, catalog.plans, images);
    write_offer_images(builder, catalog.packages, images);
    write_offer_images(builder, catalog.promotions, images);
    if (catalog.settings != CatalogSettings{}) {
        const auto set = write_offer(builder, catalog.settings, 0);
        images.push_back(fbs::CreateOfferImage(builder, set));
    }
    return images;
}

flatbuffers::Offset<fbs::ApiKeyImage> write_api_key_image(FlatBuilder& builder, const ApiKey& key) {
    const auto created = write_api_key(builder, key.created);
    return fbs::CreateApiKeyImage(builder, created, key.created_at.value, key.seq.value);
}

std::string_view bytes_of(const FlatBuilder& builder) {
    return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

/// Numbers of terms in the table → places in the chunk's own list.
class ChunkTerms {
public:
    void clear() {
        places_.clear();
        numbers_.clear();
    }
    std::uint32_t place_of(TermsNo no) {
        const auto next = static_cast<std::uint32_t>(numbers_.size());
        const auto [entry, is_new] = places_.emplace(no.value, next);
        if (is_new) numbers_.push_back(no);
        return entry->second;
    }
    const std::vector<TermsNo>& numbers() const { return numbers_; }

private:
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> places_;
    std::vector<TermsNo> numbers_;
};

fbs::GrantImage write_grant(const Grant& grant, ChunkTerms& terms) {
    return fbs::GrantImage(grant.id.value, grant.amount.value, grant.remaining.value,
                           grant.reserved.value, grant.effective_at.value, grant.expires_at.value,
                           terms.place_of(grant.terms), grant.priority, grant.pending);
}

flatbuffers::Offset<fbs::AccountImage> write_account(FlatBuilder& builder, const Account& account,
                                                     ChunkTerms& terms) {
    const auto extra = write_extra(builder, account);
    ListOffset<const fbs::GrantImage*> grants;
    if (account.grants.count() != 0) {
        fbs::GrantImage* images = nullptr;
        grants = builder.CreateUninitializedVectorOfStructs(account.grants.count(), &images);
        for (const Grant& grant : account.grants) *images++ = write_grant(grant, terms);
    }
    const std::string_view id = account.id();
    const TextOffset stored_id = builder.CreateString(id.data(), id.size());
    const fbs::AccountBasics basics = write_basics(account);
    return fbs::CreateAccountImage(builder, &basics, stored_id, grants, extra);
}

}  // namespace

struct SnapshotEncoder::Parts {
    FlatBuilder builder{16 * 1024};
    ChunkTerms terms;
    std::vector<flatbuffers::Offset<fbs::AccountImage>> accounts;
    std::vector<flatbuffers::Offset<fbs::SharedTerms>> shared_terms;
};

SnapshotEncoder::SnapshotEncoder() : parts_(std::make_unique<Parts>()) {}
SnapshotEncoder::~SnapshotEncoder() = default;
SnapshotEncoder::SnapshotEncoder(SnapshotEncoder&&) noexcept = default;
SnapshotEncoder& SnapshotEncoder::operator=(SnapshotEncoder&&) noexcept = default;

std::string_view SnapshotEncoder::encode_chunk(AccountNo first, std::span<const Account> accounts,
                                               const TermsTable& terms) {
    CREDITD_ASSERT(accounts.size() <= limits::chunk_accounts);
    FlatBuilder& builder = parts_->builder;
    builder.Clear();
    parts_->terms.clear();
    parts_->accounts.clear();
    parts_->shared_terms.clear();
    for (const Account& account : accounts) {
        parts_->accounts.push_back(write_account(builder, account, parts_->terms));
    }
    for (const TermsNo no : parts_->terms.numbers()) {
        parts_->shared_terms.push_back(write_shared_terms(builder, terms.get(no)));
    }
    const auto stored_accounts = builder.CreateVector(parts_->accounts);
    const auto stored_terms = builder.CreateVector(parts_->shared_terms);
    fbs::FinishAccountChunkBuffer(
        builder, fbs::CreateAccountChunk(builder, first.value, stored_terms, stored_accounts));
    return bytes_of(builder);
}

namespace {

flatbuffers::Offset<fbs::EndpointImage> write_endpoint_image(FlatBuilder& builder,
                                                             const Offered<Endpoint>& endpoint) {
    const auto set = write_endpoint(builder, endpoint.set);
    return fbs::CreateEndpointImage(builder, set, endpoint.created_at.value,
                                    endpoint.updated_at.value);
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fbs::EndpointImage>>> write_endpoints(
    FlatBuilder& builder, const Offers<Endpoint>& endpoints) {
    if (endpoints.empty()) return {};
    std::vector<flatbuffers::Offset<fbs::EndpointImage>> images;
    for (const auto& entry : endpoints) {
        images.push_back(write_endpoint_image(builder, entry.second));
    }
    return builder.CreateVector(images);
}

}  // namespace

std::string_view SnapshotEncoder::encode_ledger(const LedgerHead& head, const Catalog& catalog,
                                                const Redemptions& redemptions,
                                                std::size_t account_count) {
    FlatBuilder& builder = parts_->builder;
    builder.Clear();
    std::vector<flatbuffers::Offset<fbs::FeatureImage>> features;
    features.reserve(catalog.features.size());
    for (const auto& entry : catalog.features) {
        features.push_back(write_feature_image(builder, entry.second));
    }
    std::vector<flatbuffers::Offset<fbs::ApiKeyImage>> api_keys;
    api_keys.reserve(catalog.api_keys.size());
    for (const auto& entry : catalog.api_keys) {
        api_keys.push_back(write_api_key_image(builder, entry.second));
    }
    const OfferImages offers = write_offer_images(builder, catalog);
    const auto stored_features = builder.CreateVector(features);
    const auto stored_offers = offers.empty() ? 0 : builder.CreateVector(offers);
    const auto stored_keys = builder.CreateVector(api_keys);
    const auto stored_redemptions = write_redemptions(builder, redemptions);
    const auto endpoints = write_endpoints(builder, catalog.endpoints);
    const auto id = stored_as<fbs::Bytes16>(head.ledger_id);
    const auto image = fbs::CreateLedgerImage(
        builder, &id, head.decimals, head.epoch.value, head.seq.value, head.time.value,
        account_count, catalog.price_book, stored_features, stored_keys, stored_offers,
        stored_redemptions, head.test_clock, endpoints);
    builder.Finish(image, ledger_identifier);
    return bytes_of(builder);
}

}  // namespace creditd::schemas
