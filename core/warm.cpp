#include "core/warm.hpp"

namespace creditd {
namespace {

/// The account that a command names by its id, if it does.
std::string_view account_named(const CommandBody& body) {
    return std::visit(
        [](const auto& command) -> std::string_view {
            if constexpr (requires { command.account; }) return command.account;
            else if constexpr (requires { command.from; }) return command.from;
            else return {};
        },
        body);
}

}  // namespace

void warm_account(const State& state, std::string_view id, WarmStep step) {
    if (id.empty()) return;
    switch (step) {
        case WarmStep::slots: return state.accounts.prefetch_slot(id);
        case WarmStep::accounts: return state.accounts.prefetch_account(id);
        case WarmStep::grants: return state.accounts.prefetch_grants(id);
    }
}

void warm(const State& state, const CommandMeta& meta, const CommandBody& body, WarmStep step) {
    warm_account(state, account_named(body), step);
    if (step == WarmStep::slots && !meta.key.empty()) state.window.prefetch_key(meta.key_digest);
}

}  // namespace creditd
