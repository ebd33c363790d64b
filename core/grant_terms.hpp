// What is fixed when a grant is made, and parts of grants. Values only.
// Shared by the bodies of events and by the grants that the state keeps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/credits.hpp"
#include "core/types.hpp"

namespace creditd {

enum class GrantKind : std::uint8_t {
    signup,
    plan,
    purchase,
    bonus,
    promo,
    referral,
    admin,
    refund
};

/// The immutable part of a grant. `cost` is what was paid for `cost_credits` credits of it, so
/// that the unit cost survives refunds and transfers exactly; cost.minor = 0 means free.
struct GrantTerms {
    GrantKind kind = GrantKind::admin;
    std::uint16_t priority = limits::grant_priority_default;
    Timestamp effective_at{};
    Timestamp expires_at = Timestamp::never();
    std::vector<std::string> features;  // empty: every feature
    Money cost{};
    Credits cost_credits{};
    bool operator==(const GrantTerms&) const = default;
};

/// A part of one grant: burned, reserved, moved or expired.
struct GrantPart {
    GrantId grant{};
    Credits amount{};
    bool operator==(const GrantPart&) const = default;
};

}  // namespace creditd
