#include <set>

#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

/// Emits the events of one change after another, each with the next version of the price book.
class Replacement {
public:
    explicit Replacement(Context& context)
        : context_(context), catalog_(context.state.catalog()), price_book_(catalog_.price_book) {}

    void set(const SetFeature& wanted) {
        features_.insert(wanted.key);
        const FeatureSet set{wanted.key,         wanted.name,  wanted.category,
                             wanted.description, wanted.price, wanted.active,
                             price_book_ + 1,    wanted.rules, wanted.resource_template};
        const auto today = catalog_.features.find(wanted.key);
        if (today != catalog_.features.end() && is_same(today->second.set, set)) return;
        emit(set);
    }
    void set(const Offer& wanted) {
        std::visit([&](const auto& offer) { set_offer(offer); }, wanted);
    }
    void remove_the_rest() {
        for (const auto& [key, feature] : catalog_.features) {
            if (!features_.contains(key)) emit(FeatureRemoved{key, price_book_ + 1});
        }
        remove_the_rest_of(catalog_.plans, OfferKind::plan);
        remove_the_rest_of(catalog_.packages, OfferKind::package);
        remove_the_rest_of(catalog_.promotions, OfferKind::promotion);
    }

private:
    static bool is_same(FeatureSet today, const FeatureSet& wanted) {
        today.price_book = wanted.price_book;
        return today == wanted;
    }
    void set_offer(const CatalogSettings& settings) {
        if (settings != catalog_.settings) emit(OfferSet{settings, price_book_ + 1});
    }
    template <class Kind>
    void set_offer(const Kind& offer) {
        const std::string id{id_of(offer)};
        ids_[static_cast<std::size_t>(kind_of(Offer{offer}))].insert(id);
        const Offers<Kind>& today = catalog_.offers_of(offer);
        const auto found = today.find(id);
        if (found != today.end() && found->second.set == offer) return;
        emit(OfferSet{offer, price_book_ + 1});
    }
    template <class Kind>
    void remove_the_rest_of(const Offers<Kind>& today, OfferKind kind) {
        for (const auto& [id, offer] : today) {
            if (ids_[static_cast<std::size_t>(kind)].contains(id)) continue;
            emit(OfferRemoved{kind, id, price_book_ + 1});
        }
    }
    void emit(EventBody body) {
        context_.emit(std::move(body));
        ++price_book_;
    }

    Context& context_;
    const Catalog& catalog_;
    std::uint64_t price_book_;
    std::set<std::string, std::less<>> features_;
    std::array<std::set<std::string, std::less<>>, std::variant_size_v<Offer>> ids_;
};

}  // namespace

Refusal decide(Context& context, const ReplaceCatalog& command) {
    const std::uint64_t today = context.state.catalog().price_book;
    if (command.price_book.value_or(today) != today) return refuse(RefusalCode::version_mismatch);
    Replacement replacement(context);
    for (const SetFeature& feature : command.features) replacement.set(feature);
    for (const Offer& offer : command.offers) replacement.set(offer);
    replacement.remove_the_rest();
    return accepted;
}

}  // namespace creditd::deciding
