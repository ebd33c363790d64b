#include "tests/sim/auditor/story.hpp"

#include <map>

namespace creditd::sim {

std::optional<WishKind> wish_kind_of(std::string_view word) {
    static const std::map<std::string_view, WishKind> kinds{
        {"account", WishKind::put_account},
        {"close", WishKind::close_account},
        {"reopen", WishKind::reopen_account},
        {"grant", WishKind::grant},
        {"purchase", WishKind::purchase},
        {"deduct", WishKind::deduct},
        {"refund", WishKind::refund},
        {"revoke", WishKind::revoke},
        {"hold", WishKind::place_hold},
        {"capture", WishKind::capture},
        {"extend", WishKind::extend},
        {"release", WishKind::release},
        {"transfer", WishKind::transfer},
        {"put_feature", WishKind::put_feature},
        {"feature", WishKind::put_feature},
        {"delete_feature", WishKind::delete_feature},
        {"remove feature", WishKind::delete_feature},
        {"package", WishKind::put_package},
        {"remove package", WishKind::delete_package},
        {"promotion", WishKind::put_promotion},
        {"remove promotion", WishKind::delete_promotion},
        {"catalog", WishKind::put_catalog},
        {"redeem", WishKind::redeem},
        {"quote", WishKind::quote},
        {"batch", WishKind::batch},
        {"atomic batch", WishKind::batch},
        {"balance", WishKind::read_balance},
        {"read_hold", WishKind::read_hold},
        {"order", WishKind::place_order},
        {"settle order", WishKind::settle_order},
        {"cancel order", WishKind::cancel_order},
        {"read order", WishKind::read_order},
        {"plan", WishKind::put_plan},
        {"remove plan", WishKind::delete_plan},
        {"subscribe", WishKind::subscribe},
        {"change subscription", WishKind::change_subscription},
        {"cancel subscription", WishKind::cancel_subscription},
        {"resume subscription", WishKind::resume_subscription},
        {"budget", WishKind::put_budget},
        {"remove budget", WishKind::remove_budget},
    };
    const auto found = kinds.find(word);
    return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace creditd::sim
