#include "core/targets.hpp"

#include <type_traits>

namespace creditd {
namespace {

using deciding::Context;
using deciding::refuse;
using deciding::Target;

template <class Body, class... Kinds>
inline constexpr bool is_any_of = (std::is_same_v<Body, Kinds> || ...);

template <class Body>
inline constexpr bool has_no_account =
    is_any_of<Body, SetFeature, RemoveFeature, CreateApiKey, RevokeApiKey, SetOffer, RemoveOffer,
              ChangeFeature, ReplaceCatalog, AdvanceClock, CreateEndpoint, ChangeEndpoint,
              RemoveEndpoint, NoteNotification>;
template <class Body>
inline constexpr bool has_two_accounts = is_any_of<Body, TransferCredits, ReferAccount>;

/// Accounts outside the key's prefix do not exist for the caller.
bool is_visible(std::string_view id, const CommandMeta& meta) {
    return id.starts_with(meta.account_prefix);
}

Targets missing(RefusalCode code) { return {refuse(code), AccountNo::none(), AccountNo::none()}; }

Targets by_id(const State& state, const CommandMeta& meta, std::string_view id) {
    const auto no = is_visible(id, meta) ? state.accounts.find(id) : std::nullopt;
    if (!no) return missing(RefusalCode::account_not_found);
    return {{}, *no, AccountNo::none()};
}

Targets by_number(const State& state, const CommandMeta& meta, std::optional<AccountNo> no,
                  RefusalCode otherwise) {
    if (!no || !is_visible(state.accounts.get(*no).id(), meta)) return missing(otherwise);
    return {{}, *no, AccountNo::none()};
}

Targets of_put(const State& state, const CommandMeta& meta, const PutAccount& body) {
    if (!is_visible(body.account, meta)) return missing(RefusalCode::account_not_found);
    return {{}, state.accounts.find(body.account).value_or(AccountNo::none()), AccountNo::none()};
}

Targets of_two(const State& state, const CommandMeta& meta, std::string_view account,
               std::string_view other) {
    Targets targets = by_id(state, meta, account);
    const Targets receiver = by_id(state, meta, other);
    if (targets.refusal.code == RefusalCode::none) targets.refusal = receiver.refusal;
    targets.receiver = receiver.account;
    return targets;
}

Targets of_hold(const State& state, const Command& command, HoldId id) {
    std::optional<AccountNo> no = state.account_of_hold(id);
    if (!no && command.evidence.hold) no = command.evidence.hold->account_no;
    return by_number(state, command.meta, no, RefusalCode::hold_not_found);
}

std::optional<AccountNo> account_of_order(const State& state, const Evidence& evidence,
                                          const Digest& order) {
    if (const OrderFact* const recent = state.window.find_order(order)) return recent->account_no;
    if (!evidence.order || evidence.order->order.digest != order) return std::nullopt;
    return evidence.order->account_no;
}

Targets of_grant(const State& state, const Command& command) {
    const auto& fact = command.evidence.grant;
    const auto no = fact ? std::optional{fact->account_no} : std::nullopt;
    return by_number(state, command.meta, no, RefusalCode::grant_not_found);
}

Targets of_deduction(const State& state, const Command& command) {
    const auto& fact = command.evidence.deduction;
    const auto no = fact ? std::optional{fact->account_no} : std::nullopt;
    return by_number(state, command.meta, no, RefusalCode::transaction_not_found);
}

/// Who bought by the payment, else whose order it pays, else whom the news names; none of them is
/// an account that is not known yet.
Targets of_payment(const State& state, const Command& command, const NotePayment& body) {
    const Digest& payment = body.news.payment_digest;
    const auto found = [](AccountNo no) { return Targets{{}, no, AccountNo::none()}; };
    const auto recent = state.window.find_payment(payment);
    if (recent) return found(recent->account_no);
    if (const StandingFact* const known = state.window.find_standing(payment)) {
        if (!known->account_no.is_none()) return found(known->account_no);
    }
    const Evidence& evidence = command.evidence;
    if (evidence.payment) return found(evidence.payment->account_no);
    if (evidence.standing && !evidence.standing->account_no.is_none()) {
        return found(evidence.standing->account_no);
    }
    if (const auto no = account_of_order(state, evidence, body.order_digest)) return found(*no);
    const Targets named = by_id(state, command.meta, body.account);
    return found(named.account);
}

template <class Body>
Targets resolve(const State& state, const Command& command, const Body& body) {
    if constexpr (has_no_account<Body>) {
        return {};
    } else if constexpr (std::is_same_v<Body, PutAccount>) {
        return of_put(state, command.meta, body);
    } else if constexpr (std::is_same_v<Body, TransferCredits>) {
        return of_two(state, command.meta, body.from, body.to);
    } else if constexpr (std::is_same_v<Body, ReferAccount>) {
        return of_two(state, command.meta, body.account, body.referrer);
    } else if constexpr (is_any_of<Body, CaptureHold, ExtendHold, ReleaseHold>) {
        return of_hold(state, command, body.hold);
    } else if constexpr (std::is_same_v<Body, NotePayment>) {
        return of_payment(state, command, body);
    } else if constexpr (std::is_same_v<Body, ChangeOrder>) {
        return by_number(state, command.meta,
                         account_of_order(state, command.evidence, body.digest),
                         RefusalCode::order_not_found);
    } else if constexpr (std::is_same_v<Body, RevokeGrant>) {
        return of_grant(state, command);
    } else if constexpr (std::is_same_v<Body, RefundDeduction>) {
        return of_deduction(state, command);
    } else {
        return by_id(state, command.meta, body.account);
    }
}

Target target_of(const State& state, AccountNo no) {
    return {no, no.is_none() ? nullptr : &state.accounts.get(no)};
}

}  // namespace

Targets resolve_targets(const State& state, const Command& command) {
    return std::visit([&](const auto& body) { return resolve(state, command, body); },
                      command.body);
}

Refusal decide_body(Context& context, const CommandBody& body, const Targets& targets) {
    return std::visit(
        [&](const auto& command) {
            using Body = std::decay_t<decltype(command)>;
            if constexpr (has_no_account<Body>) {
                return deciding::decide(context, command);
            } else if constexpr (has_two_accounts<Body>) {
                return deciding::decide(context, command, target_of(context.state, targets.account),
                                        target_of(context.state, targets.receiver));
            } else {
                return deciding::decide(context, command,
                                        target_of(context.state, targets.account));
            }
        },
        body);
}

Operation operation_of(const CommandBody& body) {
    // In the order of CommandBody.
    static constexpr std::array operations{Operation::account,
                                           Operation::close,
                                           Operation::reopen,
                                           Operation::grant,
                                           Operation::purchase,
                                           Operation::deduct,
                                           Operation::refund,
                                           Operation::revoke,
                                           Operation::hold,
                                           Operation::capture,
                                           Operation::extend,
                                           Operation::release,
                                           Operation::transfer,
                                           Operation::feature,
                                           Operation::remove_feature,
                                           Operation::create_key,
                                           Operation::revoke_key,
                                           Operation::offer,
                                           Operation::remove_offer,
                                           Operation::change_feature,
                                           Operation::catalog,
                                           Operation::subscribe,
                                           Operation::change_subscription,
                                           Operation::cancel_subscription,
                                           Operation::resume_subscription,
                                           Operation::renew_subscription,
                                           Operation::suspend_subscription,
                                           Operation::redeem,
                                           Operation::refer,
                                           Operation::set_budget,
                                           Operation::remove_budget,
                                           Operation::set_alert,
                                           Operation::remove_alert,
                                           Operation::set_auto_top_up,
                                           Operation::remove_auto_top_up,
                                           Operation::advance_clock,
                                           Operation::create_endpoint,
                                           Operation::change_endpoint,
                                           Operation::remove_endpoint,
                                           Operation::place_order,
                                           Operation::change_order,
                                           Operation::note_payment,
                                           Operation::note_notification,
                                           Operation::follow_subscription,
                                           Operation::forget};
    static_assert(operations.size() == std::variant_size_v<CommandBody>);
    return operations[body.index()];
}

}  // namespace creditd
