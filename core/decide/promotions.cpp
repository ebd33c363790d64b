#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

GrantTerms terms_of(GrantKind kind, Timestamp now, Duration expires_in) {
    GrantTerms terms;
    terms.kind = kind;
    terms.effective_at = now;
    if (expires_in.value > 0) terms.expires_at = now + expires_in;
    return terms;
}

std::uint32_t redemptions_of(const Account& account, std::string_view code) {
    for (const Redemption& redemption : account.arrangements().redemptions) {
        if (redemption.code == code) return redemption.count;
    }
    return 0;
}

/// In the order of precedence: what the account has done before what the promotion is.
RefusalCode refusal_of(const Context& context, const Account& account, const Promotion& promotion) {
    if (redemptions_of(account, promotion.code) >= promotion.per_account_max) {
        return RefusalCode::already_redeemed;
    }
    if (!has_room(account, promotion.credits, 1)) return RefusalCode::balance_range;
    const std::uint64_t most = promotion.redemptions_max;
    if (most != 0 && context.state.redeemed(promotion.code) >= most) {
        return RefusalCode::promotion_exhausted;
    }
    const bool has_begun = promotion.starts_at <= context.now;
    if (!promotion.active || !has_begun || promotion.ends_at <= context.now) {
        return RefusalCode::promotion_inactive;
    }
    return RefusalCode::none;
}

/// What a referral gives to one side: nothing where the account cannot take it.
void emit_reward(Context& context, Target target, std::string partner, bool is_referrer,
                 Credits amount) {
    const Account& account = *target.account;
    ReferralRewarded body;
    body.partner = std::move(partner);
    body.is_referrer = is_referrer;
    if (amount.is_positive() && !account.closed() && has_room(account, amount, 1)) {
        const Duration expires_in = context.state.catalog().settings.referral.expires_in;
        body.amount = amount;
        body.terms = terms_of(GrantKind::referral, context.now, expires_in);
        body.debt_repaid = std::min(account.debt(), amount);
    }
    const Credits given = body.amount;
    Event& event = context.emit(target.no, account, std::move(body));
    event.balances.after += given;
    event.balances.available += given;
}

}  // namespace

Refusal decide(Context& context, const RedeemPromotion& command, Target target) {
    const Account& account = *target.account;
    const auto& promotions = context.state.catalog().promotions;
    const auto found = promotions.find(command.code);
    if (found == promotions.end()) return refuse(RefusalCode::promotion_not_found);
    if (account.closed()) return refuse(RefusalCode::account_closed);
    const Promotion& promotion = found->second.set;
    const RefusalCode code = refusal_of(context, account, promotion);
    if (code != RefusalCode::none) return refuse(code);
    PromotionRedeemed body;
    body.code = promotion.code;
    body.amount = promotion.credits;
    body.terms = terms_of(GrantKind::promo, context.now, promotion.expires_in);
    body.terms.priority = promotion.priority;
    body.terms.features = promotion.features;
    body.debt_repaid = std::min(account.debt(), promotion.credits);
    Event& event = context.emit(target.no, account, std::move(body));
    event.balances.after += promotion.credits;
    event.balances.available += promotion.credits;
    return accepted;
}

// Only who has bought nothing yet can still be referred: the first purchase rewards both. Two
// accounts have not brought each other.
Refusal decide(Context& context, const ReferAccount& command, Target referred, Target referrer) {
    const Account& account = *referred.account;
    if (account.closed() || referrer.account->closed()) return refuse(RefusalCode::account_closed);
    const bool is_late = account.total(Total::purchased) > 0;
    const bool is_mutual =
        referred.no == referrer.no || referrer.account->arrangements().referrer == account.id();
    if (is_late || is_mutual || !account.arrangements().referrer.empty()) {
        return refuse(RefusalCode::already_redeemed);
    }
    const ReferralRule& rule = context.state.catalog().settings.referral;
    if (rule.referrer.is_zero() && rule.referred.is_zero()) {
        return refuse(RefusalCode::promotion_inactive);
    }
    context.emit(referred.no, account, ReferralMade{command.referrer});
    return accepted;
}

void emit_referral_reward(Context& context, Target referred) {
    const ReferralRule& rule = context.state.catalog().settings.referral;
    const std::string referrer = referred.account->arrangements().referrer;
    const auto no = context.state.accounts.find(referrer);
    CREDITD_ASSERT(no);
    emit_reward(context, {*no, &context.state.accounts.get(*no)},
                std::string(referred.account->id()), true, rule.referrer);
    emit_reward(context, referred, referrer, false, rule.referred);
}

}  // namespace creditd::deciding
