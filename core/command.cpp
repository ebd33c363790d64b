#include "core/command.hpp"

namespace creditd {

static_assert(std::is_nothrow_move_constructible_v<CommandBodies>);
template class OneOf<CommandBodies>;

// FNV-1a: the same on every machine and in every build, since facts are compared across both.
std::uint64_t hash_of_package(std::string_view package) {
    if (package.empty()) return 0;
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char letter : package) {
        hash ^= static_cast<unsigned char>(letter);
        hash *= 0x100000001b3;
    }
    return hash == 0 ? 1 : hash;
}

PaymentFact payment_fact_of(const Event& event, const CreditsPurchased& purchase) {
    return {event.seq,
            event.account_no,
            purchase.amount,
            purchase.payment,
            hash_of_package(purchase.package),
            purchase.bonus,
            event.time,
            purchase.terms.expires_at,
            purchase.bonus_terms.expires_at};
}

}  // namespace creditd
