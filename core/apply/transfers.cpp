#include "core/apply/parts.hpp"

namespace creditd::applying {

void apply_body(State& state, const Event& event, const TransferredOut& body) {
    Account& account = state.accounts.touch(event.account_no);
    Credits burned{};
    for (const GrantPart& part : body.burned) {
        burn_free(account, part);
        burned += part.amount;
    }
    CREDITD_ASSERT(burned == body.amount);
    account.balance -= body.amount;
    account.add_to_total(Total::transferred_out, body.amount);
}

void apply_body(State& state, const Event& event, const TransferredIn& body) {
    Account& account = state.accounts.touch(event.account_no);
    Credits sum{};
    for (std::size_t i = 0; i < body.moved.size(); ++i) {
        const MovedPart& part = body.moved[i];
        const GrantId id = GrantId::of(event.seq, static_cast<std::uint16_t>(i));
        add_grant(state, account, id, part.amount, part.debt_repaid, part.terms);
        sum += part.amount;
    }
    CREDITD_ASSERT(sum == body.amount);
    account.add_to_total(Total::transferred_in, body.amount);
}

}  // namespace creditd::applying
