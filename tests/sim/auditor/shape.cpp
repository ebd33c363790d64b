#include "tests/sim/auditor/shape.hpp"

#include <vector>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

namespace {

/// PUT, PATCH and DELETE need no key, nor do close and reopen.
bool needs_key(WishKind kind) {
    return kind != WishKind::put_account && kind != WishKind::close_account &&
           kind != WishKind::reopen_account && kind != WishKind::put_feature &&
           kind != WishKind::delete_feature && kind != WishKind::put_package &&
           kind != WishKind::delete_package && kind != WishKind::put_promotion &&
           kind != WishKind::delete_promotion && kind != WishKind::put_catalog &&
           kind != WishKind::put_plan && kind != WishKind::delete_plan && kind != WishKind::quote;
}

bool fits(WishKind kind, const Wish& wish) {
    switch (kind) {
        case WishKind::grant: return wish.amount && !(wish.expires_at && wish.expires_in_s);
        case WishKind::purchase:
            return wish.amount.has_value() != wish.package.has_value() && wish.payment &&
                   !(wish.expires_at && wish.expires_in_s);
        case WishKind::place_hold:
            if (!wish.expires_in_s) return false;
            [[fallthrough]];
        case WishKind::deduct:
        case WishKind::quote:
            return wish.amount.has_value() != wish.feature.has_value() &&
                   !(wish.quantity && !wish.feature);
        case WishKind::extend: return wish.amount || wish.expires_in_s;
        case WishKind::transfer: return wish.amount && wish.account != wish.to;
        case WishKind::put_feature: return wish.amount.has_value() || !wish.catalog.empty();
        default: return true;
    }
}

std::optional<Outcome> malformed_body(const Wish& wish) {
    const bool negative_limit = wish.credit_limit && *wish.credit_limit < 0;
    if (negative_limit || wish.credit_limit.value_or(0) >= amount_limit ||
        wish.amount.value_or(1) <= 0 || wish.amount.value_or(1) >= amount_limit) {
        return refused(400, "amount_range");
    }
    if (!fits(wish.kind, wish)) return refused(400, "invalid_request");
    return {};
}

}  // namespace

std::optional<Outcome> malformed(const Wish& wish) {
    for (const Wish& operation : wish.operations) {
        if (const auto bad = malformed_body(operation)) return bad;
        if (!operation.key.empty() || operation.dry_run) return refused(400, "invalid_request");
    }
    if (const auto bad = malformed_body(wish)) return bad;
    if (wish.key.empty() && needs_key(wish.kind)) return refused(400, "idempotency_key_missing");
    return {};
}

std::optional<Outcome> out_of_time(std::int64_t now, const Wish& wish) {
    if (wish.kind != WishKind::grant && wish.kind != WishKind::purchase) return {};
    std::optional<std::int64_t> end = wish.expires_at;
    if (wish.expires_in_s) end = now + *wish.expires_in_s * microseconds;
    if (!end || *end > std::max(now, wish.effective_at.value_or(now))) return {};
    return refused(400, "invalid_request");
}

Wish fingerprint(const Wish& wish) {
    Wish same = wish;
    same.key.clear();
    same.dry_run = false;
    if (wish.kind == WishKind::grant) {
        same.grant_kind = wish.grant_kind.value_or("admin");
        same.priority = wish.priority.value_or(50);
        same.features = wish.features.value_or(std::vector<std::string>());
    }
    if (wish.feature) same.quantity = wish.quantity.value_or(1);
    same.allow_partial = wish.allow_partial.value_or(false);
    same.on_expiry = wish.on_expiry.value_or("release");
    same.final_capture = wish.final_capture.value_or(false);
    same.active = wish.active.value_or(true);
    for (Wish& operation : same.operations) operation = fingerprint(operation);
    return same;
}

}  // namespace creditd::sim::audit
