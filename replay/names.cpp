#include "replay/names.hpp"

#include <array>

namespace creditd::replay {

std::string_view transaction_type(const Event& event) {
    return transaction_type_of_kind(event.body.index());
}

std::string_view transaction_type_of_kind(std::size_t kind) {
    // In the order of EventBody; account, catalog and key events are no transactions.
    static constexpr std::array<std::string_view, 48> types{"",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "grant",
                                                            "purchase",
                                                            "",
                                                            "grant",
                                                            "expiry",
                                                            "revocation",
                                                            "deduction",
                                                            "refund",
                                                            "hold",
                                                            "hold",
                                                            "capture",
                                                            "release",
                                                            "transfer_out",
                                                            "transfer_in",
                                                            "refusal",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "subscription",
                                                            "grant",
                                                            "",
                                                            "grant",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "",
                                                            "revocation",
                                                            "grant",
                                                            ""};
    static_assert(types.size() == std::variant_size_v<EventBody>);
    return types[kind];
}

std::string_view name_of(GrantKind kind) {
    static constexpr std::array<std::string_view, 8> names{
        "signup", "plan", "purchase", "bonus", "promo", "referral", "admin", "refund"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace creditd::replay
