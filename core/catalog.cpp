#include "core/catalog.hpp"

namespace creditd {

bool Catalog::has_offer(OfferKind kind, std::string_view id) const {
    switch (kind) {
        case OfferKind::plan: return plans.contains(id);
        case OfferKind::package: return packages.contains(id);
        case OfferKind::promotion: return promotions.contains(id);
        case OfferKind::settings: return true;
    }
    assertion_failed("a kind of the enum", __FILE__, __LINE__);
}

void Catalog::remove_offer(OfferKind kind, const std::string& id) {
    switch (kind) {
        case OfferKind::plan: plans.erase(id); return;
        case OfferKind::package: packages.erase(id); return;
        case OfferKind::promotion: promotions.erase(id); return;
        case OfferKind::settings: break;
    }
    assertion_failed("a kind that can be removed", __FILE__, __LINE__);
}

}  // namespace creditd
