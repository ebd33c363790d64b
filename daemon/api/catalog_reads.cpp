#include "daemon/api/body.hpp"
#include "daemon/api/list_query.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/render_catalog.hpp"

namespace creditd::daemon {
namespace {

/// Looks for one thing on the ledger thread and answers with it, or with `missing`.
template <class Thing, class Find, class Render>
void respond_with_one(Call& call, ProblemCode missing, const Find& find, const Render& render) {
    struct Found {
        std::optional<Thing> thing;
        Seq seq{};
    };
    auto found = std::make_shared<Found>();
    inspect(
        call,
        [found, find](const LedgerTurn& turn) {
            found->thing = find(turn.state.catalog());
            found->seq = turn.state.head.seq;
        },
        [&call, found, missing, render] {
            if (!found->thing) {
                call.respond_problem(missing);
                return;
            }
            render(call.begin_json(200), *found->thing, found->seq);
            call.finish();
        });
}

/// Things of one catalog map as a page, in order of their keys.
template <class Map, class Accept, class Render>
void respond_with_page(Call& call, const Map& (*map_of)(const Catalog&), Accept accept,
                       Render render) {
    const auto query = read_list_query(call, {"category"});
    if (!query) return;
    auto page = std::make_shared<ListPage>();
    inspect(
        call,
        [page, map_of, accept, render, query](const LedgerTurn& turn) {
            const Map& map = map_of(turn.state.catalog());
            page->seq = turn.state.head.seq;
            for (auto at = map.upper_bound(query->after); at != map.end(); ++at) {
                if (!accept(at->second, *query)) continue;
                if (page->count == query->limit) {
                    page->has_more = true;
                    break;
                }
                page->last = at->first;
                page->add([&](std::string& out) { render(out, at->second); });
            }
        },
        [&call, page] { respond_with_list(call, *page); });
}

const std::map<std::string, Feature, std::less<>>& features_of(const Catalog& catalog) {
    return catalog.features;
}
const std::map<std::string, ApiKey, std::less<>>& api_keys_of(const Catalog& catalog) {
    return catalog.api_keys;
}

const Offers<Plan>& plans_of(const Catalog& catalog) { return catalog.plans; }
const Offers<Package>& packages_of(const Catalog& catalog) { return catalog.packages; }
const Offers<Promotion>& promotions_of(const Catalog& catalog) { return catalog.promotions; }

template <class Map>
auto find_in(const Map& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional{found->second};
}

template <class Kind>
void respond_with_offer(Call& call, ProblemCode missing,
                        const Offers<Kind>& (*offers_of)(const Catalog&)) {
    respond_with_one<Offered<Kind>>(
        call, missing,
        [id = call.parameter(), offers_of](const Catalog& catalog) {
            return find_in(offers_of(catalog), id);
        },
        [&call](std::string& out, const Offered<Kind>& offered, Seq seq) {
            render_offer(out, offered, call.decimals(), seq);
        });
}

template <class Kind>
void respond_with_offers(Call& call, const Offers<Kind>& (*offers_of)(const Catalog&)) {
    respond_with_page(
        call, offers_of, [](const Offered<Kind>&, const ListQuery&) { return true; },
        [decimals = call.decimals()](std::string& out, const Offered<Kind>& offered) {
            render_offer(out, offered, decimals, std::nullopt);
        });
}

}  // namespace

void handle_get_feature(Call& call) {
    respond_with_one<Feature>(
        call, ProblemCode::feature_not_found,
        [key = call.parameter()](const Catalog& catalog) { return find_in(catalog.features, key); },
        [&call](std::string& out, const Feature& feature, Seq seq) {
            render_feature(out, feature, call.decimals(), seq);
        });
}

void handle_list_features(Call& call) {
    respond_with_page(
        call, &features_of,
        [](const Feature& feature, const ListQuery& query) {
            const auto category = query.filter("category");
            return !category || feature.set.category == *category;
        },
        [decimals = call.decimals()](std::string& out, const Feature& feature) {
            render_feature(out, feature, decimals, std::nullopt);
        });
}

void handle_get_offer(Call& call, OfferKind kind) {
    switch (kind) {
        case OfferKind::plan:
            return respond_with_offer(call, ProblemCode::plan_not_found, &plans_of);
        case OfferKind::package:
            return respond_with_offer(call, ProblemCode::package_not_found, &packages_of);
        case OfferKind::promotion:
            return respond_with_offer(call, ProblemCode::promotion_not_found, &promotions_of);
        case OfferKind::settings: break;
    }
    assertion_failed("a kind that has ids", __FILE__, __LINE__);
}

void handle_list_offers(Call& call, OfferKind kind) {
    switch (kind) {
        case OfferKind::plan: return respond_with_offers(call, &plans_of);
        case OfferKind::package: return respond_with_offers(call, &packages_of);
        case OfferKind::promotion: return respond_with_offers(call, &promotions_of);
        case OfferKind::settings: break;
    }
    assertion_failed("a kind that has ids", __FILE__, __LINE__);
}

namespace {

/// `?key=`: a feature, or empty for all; nothing: answered already with 400.
std::optional<std::string> read_pricing_key(Call& call) {
    return read_query(call, [](QueryReader& reader) {
        return std::string(reader.id("key").value_or(std::string_view{}));
    });
}

}  // namespace

void handle_pricing(Call& call) {
    const auto key = read_pricing_key(call);
    if (!key) return;
    struct PriceList {
        bool is_public = true;
        std::string text;
    };
    auto list = std::make_shared<PriceList>();
    inspect(
        call,
        [list, decimals = call.decimals(), key = *key](const LedgerTurn& turn) {
            const Catalog& catalog = turn.state.catalog();
            list->is_public = catalog.settings.public_pricing;
            render_pricing(list->text, catalog, key, decimals, turn.state.head.seq);
        },
        [&call, list] {
            if (!list->is_public && find_caller(call) == nullptr) {
                call.respond_problem(ProblemCode::unauthorized);
            } else if (list->text.empty()) {
                call.respond_problem(ProblemCode::feature_not_found);
            } else {
                call.begin_json(200) += list->text;
                call.finish();
            }
        });
}

void handle_get_catalog(Call& call) {
    auto text = std::make_shared<std::string>();
    inspect(
        call,
        [text, decimals = call.decimals()](const LedgerTurn& turn) {
            render_catalog(*text, turn.state.catalog(), decimals, turn.state.head.seq);
        },
        [&call, text] {
            call.begin_json(200) += *text;
            call.finish();
        });
}

void handle_get_api_key(Call& call) {
    respond_with_one<ApiKey>(
        call, ProblemCode::key_not_found,
        [id = call.parameter()](const Catalog& catalog) { return find_in(catalog.api_keys, id); },
        [](std::string& out, const ApiKey& key, Seq seq) { render_api_key(out, key, seq); });
}

void handle_list_api_keys(Call& call) {
    respond_with_page(
        call, &api_keys_of, [](const ApiKey&, const ListQuery&) { return true; },
        [](std::string& out, const ApiKey& key) { render_api_key(out, key, std::nullopt); });
}

}  // namespace creditd::daemon
