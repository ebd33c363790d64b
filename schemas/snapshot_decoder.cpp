#include "schemas/aligned_bytes.hpp"
#include "schemas/arrangement_images.hpp"
#include "schemas/endpoint_bodies.hpp"
#include "schemas/event_parts.hpp"
#include "schemas/offer_parts.hpp"
#include "schemas/snapshot_codec.hpp"
#include "schemas/snapshot_generated.h"
#include "schemas/snapshot_identifiers.hpp"

namespace creditd::schemas {
namespace {

using Place = flatbuffers::uoffset_t;

/// Chunk, account, extra, arrangements, budget, its terms.
constexpr flatbuffers::uoffset_t depth_max = 6;
/// 64 accounts that all have 4096 holds with 60 lines of price each.
constexpr flatbuffers::uoffset_t tables_max = 1U << 24;
/// Features, offers and API keys: far more than anybody sells or hands out.
constexpr std::size_t catalog_entries_max = 1'000'000;

template <class Root>
const Root* verified_root(const AlignedBytes& bytes, const char* identifier) {
    flatbuffers::Verifier::Options options;
    options.max_depth = depth_max;
    options.max_tables = tables_max;
    if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return nullptr;
    flatbuffers::Verifier verifier(bytes.data(), bytes.size(), options);
    if (!verifier.VerifyBuffer<Root>(identifier)) return nullptr;
    return flatbuffers::GetRoot<Root>(bytes.data());
}

// --- accounts ------------------------------------------------------------------------------------

void read_hold(FieldReader& reader, const fbs::HoldImage& stored, Hold& out) {
    reader.require_known(stored, fbs::HoldImage::VT_WAIVED, "hold");
    out.id = HoldId{stored.id()};
    out.amount = reader.amount(stored.amount(), "hold.amount");
    out.captured = reader.amount(stored.captured(), "hold.captured");
    out.expires_at = reader.time(stored.expires_at(), "hold.expires_at");
    out.on_expiry = reader.value(stored.on_expiry(), OnExpiry::capture, "hold.on_expiry");
    out.on_credit = reader.amount(stored.on_credit(), "hold.on_credit");
    read_parts(reader, nullptr, stored.reserved(), out.reserved);
    out.waived = reader.amount(stored.waived(), "hold.waived");
    read_usage(reader, stored, price_of(out.amount, out.waived), out.usage);
}

void read_totals(const fbs::RareTotals* stored, const fbs::AccountBasics& basics, Account& out) {
    static constexpr std::array<std::uint64_t, totals_count> no_high{};
    const std::array<std::uint64_t, 3> frequent{basics.granted(), basics.purchased(),
                                                basics.consumed()};
    for (std::size_t i = 0; i < totals_count; ++i) {
        const auto place = static_cast<Place>(i);
        std::uint64_t low = i < frequent.size() ? frequent[i] : 0;
        if (stored != nullptr && i >= frequent.size()) {
            low = stored->low()->Get(place - static_cast<Place>(frequent.size()));
        }
        const std::uint64_t high = stored == nullptr ? no_high[i] : stored->high()->Get(place);
        out.restore_total(static_cast<Total>(i), low, high);
    }
}

void read_extra(FieldReader& reader, const fbs::AccountExtra& stored, AccountExtra& out) {
    reader.require_known(stored, fbs::AccountExtra::VT_ARRANGEMENTS, "extra");
    out.debt = reader.amount(stored.debt(), "debt");
    out.credit_limit = reader.amount(stored.credit_limit(), "credit_limit");
    out.pending = reader.amount(stored.pending(), "pending");
    reader.text(stored.parent(), limits::id_bytes_max, out.parent, "parent");
    out.profile_seq = Seq{stored.profile_seq()};
    out.refusals_since = reader.time(stored.refusals_since(), "refusals_since");
    reader.require(stored.refusals_count() <= limits::refusals_recorded_max,
                   CodecFault::out_of_range, "refusals_count");
    out.refusals_count = stored.refusals_count();
    out.closed = stored.closed();
    out.holds.resize(reader.count(stored.holds(), limits::account_holds_max, "holds"));
    for (std::size_t i = 0; i < out.holds.size() && reader.ok(); ++i) {
        read_hold(reader, *stored.holds()->Get(static_cast<Place>(i)), out.holds[i]);
    }
    const fbs::ArrangementsImage* const arrangements = stored.arrangements();
    if (arrangements != nullptr) {
        read_arrangements(reader, *arrangements, out.arrangements.touch());
    }
}

/// The chunk's terms under their numbers in the table of the state.
struct InternedTerms {
    std::vector<TermsNo> numbers;
    std::vector<bool> paid;
};

Grant read_grant(FieldReader& reader, const fbs::GrantImage& stored, const InternedTerms& terms) {
    Grant grant;
    grant.id = GrantId{stored.id()};
    grant.amount = reader.amount(stored.amount(), "grant.amount");
    grant.remaining = reader.amount(stored.remaining(), "grant.remaining");
    grant.reserved = reader.amount(stored.reserved(), "grant.reserved");
    reader.require(grant.remaining.is_positive() && grant.remaining <= grant.amount &&
                       grant.reserved <= grant.remaining,
                   CodecFault::inconsistent, "grant.remaining");
    grant.effective_at = reader.time(stored.effective_at(), "grant.effective_at");
    grant.expires_at = reader.time(stored.expires_at(), "grant.expires_at");
    reader.require(stored.priority() <= limits::grant_priority_max, CodecFault::out_of_range,
                   "grant.priority");
    grant.priority = stored.priority();
    grant.pending = stored.pending();
    if (stored.terms() < terms.numbers.size()) {
        grant.terms = terms.numbers[stored.terms()];
        grant.paid = terms.paid[stored.terms()];
    } else {
        reader.fail(CodecFault::out_of_range, "grant.terms");
    }
    return grant;
}

void read_grants(FieldReader& reader, const fbs::AccountImage& stored, const InternedTerms& terms,
                 GrantList& out) {
    const auto* const grants = stored.grants();
    const std::size_t count = reader.count(grants, limits::account_grants_max, "grants");
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        const Grant grant = read_grant(reader, *grants->Get(static_cast<Place>(i)), terms);
        reader.require(i == 0 || burns_before(*(out.end() - 1), grant), CodecFault::inconsistent,
                       "grants");
        out.insert(grant);
    }
}

void read_account(FieldReader& reader, const fbs::AccountImage& stored, const InternedTerms& terms,
                  std::vector<Account>& out) {
    reader.require_known(stored, fbs::AccountImage::VT_EXTRA, "account");
    const std::size_t id_bytes = stored.id()->size();
    reader.require(id_bytes >= 1 && id_bytes <= limits::id_bytes_max, CodecFault::too_long, "id");
    const fbs::AccountBasics& basics = *stored.basics();
    const Timestamp created_at = reader.time(basics.created_at(), "created_at");
    if (!reader.ok()) return;
    Account& account =
        out.emplace_back(std::string_view(stored.id()->c_str(), id_bytes), created_at);
    account.balance = reader.balance(basics.balance(), "balance");
    account.held = reader.amount(basics.held(), "held");
    read_grants(reader, stored, terms, account.grants);
    const fbs::AccountExtra* const extra = stored.extra();
    if (extra != nullptr) read_extra(reader, *extra, account.touch_extra());
    read_totals(extra == nullptr ? nullptr : extra->totals(), basics, account);
}

void intern_terms(FieldReader& reader, const fbs::AccountChunk& stored, TermsTable& table,
                  InternedTerms& out) {
    constexpr std::size_t count_max = limits::chunk_accounts * limits::account_grants_max;
    const std::size_t count = reader.count(stored.terms(), count_max, "terms");
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        const fbs::SharedTerms& shared = *stored.terms()->Get(static_cast<Place>(i));
        reader.require_known(shared, fbs::SharedTerms::VT_COST_CREDITS, "terms");
        SharedTerms terms;
        terms.kind = reader.value(shared.kind(), GrantKind::refund, "terms.kind");
        read_texts(reader, shared.features(), limits::grant_features_max, terms.features,
                   "terms.features");
        terms.cost = read_money(reader, shared.cost(), "terms.cost");
        terms.cost_credits = reader.amount(shared.cost_credits(), "terms.cost_credits");
        out.paid.push_back(terms.cost.minor > 0);
        out.numbers.push_back(table.intern(std::move(terms)));
    }
}

// --- the rest ------------------------------------------------------------------------------------

void read_head(FieldReader& reader, const fbs::LedgerImage& stored, LedgerHead& out) {
    out.ledger_id = core_as<std::array<std::uint8_t, 16>>(*stored.ledger_id());
    reader.require(stored.decimals() <= limits::decimals_max, CodecFault::out_of_range, "decimals");
    out.decimals = stored.decimals();
    out.epoch = Epoch{stored.epoch()};
    out.seq = Seq{stored.seq()};
    out.time = reader.time(stored.time(), "time");
    out.test_clock = stored.test_clock();
}

void read_features(FieldReader& reader, const fbs::LedgerImage& stored, Catalog& out) {
    const std::size_t count = reader.count(stored.features(), catalog_entries_max, "features");
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        const fbs::FeatureImage& image = *stored.features()->Get(static_cast<Place>(i));
        reader.require_known(image, fbs::FeatureImage::VT_UPDATED_AT, "feature");
        Feature feature;
        read_feature(reader, *image.set(), feature.set);
        feature.created_at = reader.time(image.created_at(), "feature.created_at");
        feature.updated_at = reader.time(image.updated_at(), "feature.updated_at");
        const std::string key = feature.set.key;
        const bool is_new = out.features.emplace(key, std::move(feature)).second;
        reader.require(is_new, CodecFault::inconsistent, "feature.key");
    }
}

void read_api_keys(FieldReader& reader, const fbs::LedgerImage& stored, Catalog& out) {
    const std::size_t count = reader.count(stored.api_keys(), catalog_entries_max, "api_keys");
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        const fbs::ApiKeyImage& image = *stored.api_keys()->Get(static_cast<Place>(i));
        reader.require_known(image, fbs::ApiKeyImage::VT_SEQ, "api_key");
        ApiKey key;
        read_api_key(reader, *image.created(), key.created);
        key.created_at = reader.time(image.created_at(), "api_key.created_at");
        key.seq = Seq{image.seq()};
        const std::string id = key.created.id;
        const bool is_new = out.api_keys.emplace(id, std::move(key)).second;
        reader.require(is_new, CodecFault::inconsistent, "api_key.id");
    }
}

void read_endpoints(FieldReader& reader, const fbs::LedgerImage& stored, Catalog& out) {
    const std::size_t count = reader.count(stored.endpoints(), limits::endpoints_max, "endpoints");
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        const fbs::EndpointImage& image = *stored.endpoints()->Get(static_cast<Place>(i));
        reader.require_known(image, fbs::EndpointImage::VT_UPDATED_AT, "endpoint");
        Offered<Endpoint> endpoint;
        read_endpoint(reader, *image.set(), endpoint.set);
        endpoint.created_at = reader.time(image.created_at(), "endpoint.created_at");
        endpoint.updated_at = reader.time(image.updated_at(), "endpoint.updated_at");
        const std::string id = endpoint.set.id;
        const bool is_new = out.endpoints.emplace(id, std::move(endpoint)).second;
        reader.require(is_new, CodecFault::inconsistent, "endpoint.id");
    }
}

bool restore_offer(Catalog& catalog, const fbs::OfferImage&, const CatalogSettings& settings) {
    catalog.settings = settings;
    return true;
}
template <class Kind>
bool restore_offer(Catalog& catalog, const fbs::OfferImage& image, const Kind& offer) {
    return catalog.offers_of(offer)
        .try_emplace(std::string(id_of(offer)), Offered<Kind>{offer, Timestamp{image.created_at()},
                                                              Timestamp{image.updated_at()}})
        .second;
}

void read_offers(FieldReader& reader, const fbs::LedgerImage& stored, Catalog& out) {
    const std::size_t count = reader.count(stored.offers(), catalog_entries_max, "offers");
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        const fbs::OfferImage& image = *stored.offers()->Get(static_cast<Place>(i));
        reader.require_known(image, fbs::OfferImage::VT_UPDATED_AT, "offer");
        Offer offer;
        read_offer(reader, *image.set(), offer);
        reader.time(image.created_at(), "offer.created_at");
        reader.time(image.updated_at(), "offer.updated_at");
        const bool is_new =
            std::visit([&](const auto& kind) { return restore_offer(out, image, kind); }, offer);
        reader.require(is_new, CodecFault::inconsistent, "offer.id");
    }
}

}  // namespace

std::expected<LedgerImage, CodecError> decode_ledger(std::string_view bytes) {
    const AlignedBytes aligned(bytes);
    const auto* const stored = verified_root<fbs::LedgerImage>(aligned, ledger_identifier);
    if (stored == nullptr) return std::unexpected(CodecError{CodecFault::damaged, "ledger"});
    FieldReader reader;
    reader.require_known(*stored, fbs::LedgerImage::VT_ENDPOINTS, "ledger");
    LedgerImage image;
    read_head(reader, *stored, image.head);
    image.catalog.price_book = stored->price_book();
    read_features(reader, *stored, image.catalog);
    read_api_keys(reader, *stored, image.catalog);
    read_offers(reader, *stored, image.catalog);
    read_endpoints(reader, *stored, image.catalog);
    read_redemptions(reader, stored->redemptions(), image.redemptions);
    reader.require(stored->accounts() < UINT32_MAX, CodecFault::out_of_range, "accounts");
    image.account_count = stored->accounts();
    if (!reader.ok()) return std::unexpected(reader.result().error());
    return image;
}

std::expected<void, CodecError> decode_chunk(std::string_view bytes, AccountNo first,
                                             TermsTable& terms, std::vector<Account>& out) {
    const AlignedBytes aligned(bytes);
    const auto* const stored = verified_root<fbs::AccountChunk>(aligned, chunk_identifier);
    if (stored == nullptr) return std::unexpected(CodecError{CodecFault::damaged, "chunk"});
    FieldReader reader;
    reader.require_known(*stored, fbs::AccountChunk::VT_ACCOUNTS, "chunk");
    reader.require(stored->first_account() == first.value, CodecFault::inconsistent,
                   "first_account");
    InternedTerms interned;
    intern_terms(reader, *stored, terms, interned);
    const std::size_t count = reader.count(stored->accounts(), limits::chunk_accounts, "accounts");
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        read_account(reader, *stored->accounts()->Get(static_cast<Place>(i)), interned, out);
    }
    return reader.result();
}

std::expected<std::size_t, CodecError> restore_ledger(std::string_view bytes, State& state) {
    auto image = decode_ledger(bytes);
    if (!image) return std::unexpected(image.error());
    state.head = image->head;
    state.change_catalog() = std::move(image->catalog);
    state.restore_redemptions(std::move(image->redemptions));
    return image->account_count;
}

std::expected<void, CodecError> restore_chunk(std::string_view bytes, State& state) {
    const AccountNo first{static_cast<std::uint32_t>(state.accounts.count())};
    std::vector<Account> accounts;
    accounts.reserve(limits::chunk_accounts);
    auto decoded = decode_chunk(bytes, first, state.terms, accounts);
    if (!decoded) return decoded;
    for (Account& account : accounts) state.restore_account(std::move(account));
    return {};
}

}  // namespace creditd::schemas
