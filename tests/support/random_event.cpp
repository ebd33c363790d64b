#include "tests/support/random_event.hpp"

#include <array>

namespace creditd::tests {
namespace {

constexpr std::int64_t year_2100 = 4'102'444'800'000'000;

}  // namespace

// --- values --------------------------------------------------------------------------------------

Credits RandomEvents::amount() {
    if (chance(5)) return Credits{limits::credits_minor_max};
    return Credits{static_cast<std::int64_t>(below(std::uint64_t{1} << below(50)) %
                                             (limits::credits_minor_max + 1))};
}

Credits RandomEvents::small_amount() {
    return Credits{static_cast<std::int64_t>(1 + below(1'000'000'000))};
}

Credits RandomEvents::balance() { return chance(20) ? -amount() : amount(); }

Timestamp RandomEvents::time() { return Timestamp{static_cast<std::int64_t>(below(year_2100))}; }

GrantId RandomEvents::grant_id() {
    return GrantId::of(Seq{1 + below(seq_max)}, static_cast<std::uint16_t>(below(65'536)));
}

std::string RandomEvents::id() {
    static constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@-";
    const std::size_t size = chance(10) ? 1 + below(limits::id_bytes_max) : 1 + below(24);
    std::string result(size, 'a');
    for (std::size_t i = 1; i < size; ++i) result[i] = letters[below(letters.size())];
    return result;
}

std::string RandomEvents::text(std::size_t bytes_max) {
    std::string result(below(chance(10) ? bytes_max + 1 : 40), ' ');
    for (char& c : result) c = static_cast<char>(below(256));
    return result;
}

std::string RandomEvents::hex(std::size_t digits) {
    std::string result(digits, '0');
    for (char& c : result) c = "0123456789abcdef"[below(16)];
    return result;
}

std::string RandomEvents::key() {
    if (chance(10)) return {};
    if (chance(40)) return text(limits::idempotency_key_bytes_max);
    std::string uuid = hex(36);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) uuid[dash] = '-';
    // Almost a UUID: must come back as it is.
    if (chance(20)) uuid[below(36)] = chance(50) ? 'A' : '-';
    return uuid;
}

Digest RandomEvents::digest() {
    Digest result;
    for (auto& byte : result.bytes) byte = static_cast<std::uint8_t>(below(256));
    return result;
}

Hash256 RandomEvents::hash() {
    Hash256 result;
    for (auto& byte : result.bytes) byte = static_cast<std::uint8_t>(below(256));
    return result;
}

Money RandomEvents::money() {
    if (chance(40)) return {};
    static constexpr std::array<std::string_view, 4> codes{"USD", "IDR", "EUR", ""};
    return Money{static_cast<std::int64_t>(below(1'000'000'000)),
                 Currency::of(codes[below(codes.size())])};
}

GrantTerms RandomEvents::terms() {
    GrantTerms result;
    result.kind = any(GrantKind::refund);
    if (chance(50)) {
        result.priority = static_cast<std::uint16_t>(below(limits::grant_priority_max + 1));
    }
    result.effective_at = time();
    if (chance(50)) result.expires_at = time();
    const std::size_t features = chance(70) ? 0 : 1 + below(chance(5) ? 64 : 3);
    for (std::size_t i = 0; i < features; ++i) result.features.push_back(id());
    result.cost = money();
    if (chance(50)) result.cost_credits = amount();
    return result;
}

std::vector<GrantPart> RandomEvents::parts() {
    std::vector<GrantPart> result;
    const std::size_t count = chance(60) ? 1 : below(chance(5) ? 3000 : 6);
    for (std::size_t i = 0; i < count; ++i) result.push_back({grant_id(), small_amount()});
    return result;
}

Balances RandomEvents::balances() {
    Balances result{balance(), balance(), {}, chance(20) ? amount() : Credits{}};
    result.available = result.after - result.held;
    if (chance(20)) result.available -= small_amount();
    return result;
}

Origin RandomEvents::origin(Seq seq) {
    Origin result;
    result.key = key();
    if (!result.key.empty()) result.key_digest = digest();
    result.fingerprint = digest();
    result.actor = maybe_id();
    if (chance(50)) result.trace_id = hex(32);
    const std::uint64_t earlier = chance(70) ? 0 : below(2000);
    result.first_seq = Seq{seq.value - std::min(earlier, seq.value)};
    result.operation = any(Operation::forget);
    return result;
}

Usage RandomEvents::usage(Credits price) {
    Usage result;
    if (chance(30)) return result;
    result.feature = id();
    result.price_book = below(1000);
    if (chance(30)) result.quantity = static_cast<std::int64_t>(below(100'000));
    if (chance(60)) {
        result.lines.push_back({"flat", price});
    } else {
        const std::size_t count = below(5);
        for (std::size_t i = 0; i < count; ++i) result.lines.push_back({text(64), balance()});
    }
    if (chance(40)) result.user = text(limits::text_bytes_max);
    if (chance(40)) result.model = text(limits::text_bytes_max);
    const std::size_t units = chance(30) ? below(limits::price_units_max + 1) : 0;
    for (std::size_t i = 0; i < units; ++i) result.units.push_back({id(), measure()});
    const std::size_t options = chance(30) ? below(limits::price_options_max + 1) : 0;
    for (std::size_t i = 0; i < options; ++i) result.options.push_back(id());
    return result;
}

Measure RandomEvents::measure() { return Measure{amount().value}; }

Surcharge RandomEvents::surcharge() {
    const auto range = static_cast<std::uint64_t>(surcharge_millionths_max + millionths_of_one + 1);
    return {static_cast<std::int64_t>(below(range)) - millionths_of_one, balance()};
}

PriceRules RandomEvents::rules() {
    PriceRules rules;
    const auto some = [this]() -> std::size_t { return chance(50) ? below(4) : 0; };
    for (std::size_t i = some(); i > 0; --i) {
        rules.per.push_back({amount(), id(), Measure{1 + measure().value / 2},
                             static_cast<StepRounding>(below(4)), maybe_id()});
    }
    for (std::size_t i = some(); i > 0; --i) {
        TieredUnit& unit = rules.tiers.emplace_back(TieredUnit{id(), {}});
        for (std::size_t j = below(4); j > 0; --j) unit.tiers.push_back({measure(), amount()});
    }
    for (std::size_t i = some(); i > 0; --i) rules.options.push_back({id(), surcharge()});
    for (std::size_t i = some(); i > 0; --i) {
        rules.conditions.push_back({id(), measure(), surcharge()});
    }
    if (chance(30)) rules.minimum = amount();
    if (chance(30)) rules.maximum = amount();
    return rules;
}

HoldSummary RandomEvents::hold() {
    return HoldSummary{
        HoldId{1 + below(seq_max)}, amount(), amount(), amount(), any(HoldStatus::expired), time(),
        any(OnExpiry::capture)};
}

}  // namespace creditd::tests
