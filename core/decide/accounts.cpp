#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

void emit_created(Context& context, const PutAccount& command) {
    const AccountNo no{static_cast<std::uint32_t>(context.state.accounts.count())};
    Event& event = context.emit(AccountCreated{command.parent.value_or(std::string{}),
                                               command.credit_limit.value_or(Credits{})});
    event.account_no = no;
    event.account = command.account;
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
        emit_created(context, command);
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

}  // namespace creditd::deciding
