#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

/// What the catalog gives to a new account, as a grant of its own.
void emit_signup_credits(Context& context, const PutAccount& command, AccountNo no) {
    const CatalogSettings& settings = context.state.catalog().settings;
    GrantTerms terms;
    terms.kind = GrantKind::signup;
    terms.effective_at = context.now;
    if (settings.signup_expires_in.value != 0) {
        terms.expires_at = context.now + settings.signup_expires_in;
    }
    const Credits amount = settings.signup_credits;
    // The account as it will be once the event before this one has been applied.
    const Account account(command.account, context.now);
    Event& event = context.emit(no, account, CreditsGranted{amount, std::move(terms), Credits{}});
    event.balances.after += amount;
    event.balances.available += amount;
}

void emit_created(Context& context, const PutAccount& command) {
    const AccountNo no{static_cast<std::uint32_t>(context.state.accounts.count())};
    const bool has_credits = context.state.catalog().settings.signup_credits.is_positive();
    Event& event = context.emit(AccountCreated{command.parent.value_or(std::string{}),
                                               command.credit_limit.value_or(Credits{}), 0});
    event.account_no = no;
    event.account = command.account;
    if (has_credits) emit_signup_credits(context, command, no);
}

/// Does the parent exist for the caller? No parent always does.
bool finds_parent(const Context& context, const PutAccount& command) {
    if (!command.parent || command.parent->empty()) return true;
    return command.parent->starts_with(context.meta.account_prefix) &&
           context.state.accounts.find(*command.parent).has_value();
}

}  // namespace

Refusal decide(Context& context, const PutAccount& command, Target target) {
    if (!finds_parent(context, command)) return refuse(RefusalCode::account_not_found);
    if (target.account == nullptr) {
        const std::size_t created = context.out.size();
        emit_created(context, command);
        emit_signup_subscription(context);
        const std::size_t more = context.out.size() - created - 1;
        std::get<AccountCreated>(context.out[created].event.body).followed_by =
            static_cast<std::uint8_t>(more);
        return accepted;
    }
    if (target.account->closed()) return refuse(RefusalCode::account_closed);
    const AccountExtra& extra = target.account->extra();
    AccountUpdated updated{command.parent.value_or(extra.parent),
                           command.credit_limit.value_or(extra.credit_limit), extra.profile_seq};
    if (command.has_profile) updated.profile_seq = context.next_seq();
    context.emit(target.no, *target.account, std::move(updated));
    return accepted;
}

Refusal decide(Context& context, const CloseAccount&, Target target) {
    if (target.account->closed()) return refuse(RefusalCode::account_closed);
    context.emit(target.no, *target.account, AccountClosed{});
    return accepted;
}

Refusal decide(Context& context, const ReopenAccount&, Target target) {
    // Reopening an open account changes nothing, but is recorded like any other wish.
    if (target.account->closed()) {
        context.emit(target.no, *target.account, AccountReopened{});
    } else {
        const AccountExtra& extra = target.account->extra();
        context.emit(target.no, *target.account,
                     AccountUpdated{extra.parent, extra.credit_limit, extra.profile_seq});
    }
    return accepted;
}

Refusal decide(Context& context, const ForgetAccount&, Target target) {
    context.emit(target.no, *target.account, AccountForgotten{target.account->closed()});
    return accepted;
}

}  // namespace creditd::deciding
