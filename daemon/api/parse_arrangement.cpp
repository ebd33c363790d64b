#include "daemon/api/arrangement_json.hpp"
#include "daemon/api/parse_command.hpp"

namespace creditd::daemon {

CommandBody read_arrangement(CommandKind kind, ObjectReader& reader, std::string_view target,
                             const ParseContext& context) {
    // An account's id in a path: one that is not valid names no account.
    std::string account(is_valid_id(target) ? target : std::string_view{});
    switch (kind) {
        case CommandKind::subscribe: return read_subscribe(reader, std::move(account));
        case CommandKind::change_subscription:
            return read_subscription_change(reader, std::move(account));
        case CommandKind::cancel_subscription: return read_cancellation(reader, std::move(account));
        case CommandKind::resume_subscription: return ResumeSubscription{std::move(account)};
        case CommandKind::renew_subscription: return read_renewal(reader, std::move(account));
        case CommandKind::suspend_subscription: return SuspendSubscription{std::move(account)};
        case CommandKind::redeem: return read_redemption(reader, target);
        case CommandKind::refer: return read_referral(reader);
        case CommandKind::set_budget:
            return read_budget(reader, std::move(account), context.second, context.decimals);
        case CommandKind::set_alert:
            return read_alert(reader, std::move(account), context.second, context.decimals);
        case CommandKind::set_auto_top_up:
            return read_auto_top_up(reader, std::move(account), context.decimals);
        default: break;
    }
    assertion_failed("a command about an arrangement", __FILE__, __LINE__);
}

}  // namespace creditd::daemon
