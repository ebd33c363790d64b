#include "core/losses.hpp"

#include <type_traits>

namespace creditd {

std::vector<GrantPart> lost_in(const EventBody& body) {
    return std::visit(
        [](const auto& kind) -> std::vector<GrantPart> {
            using Kind = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<Kind, GrantExpired> ||
                          std::is_same_v<Kind, GrantRevoked>) {
                return {{kind.grant, kind.amount}};
            } else if constexpr (requires { kind.restored; }) {
                std::vector<GrantPart> lost;
                for (const RestoredPart& part : kind.restored) {
                    if (part.into != RestoredInto::revoked_grant) continue;
                    lost.push_back({part.burned_from, part.amount});
                }
                return lost;
            } else if constexpr (requires { kind.expired; }) {
                return kind.expired;
            } else {
                return {};
            }
        },
        body);
}

}  // namespace creditd
