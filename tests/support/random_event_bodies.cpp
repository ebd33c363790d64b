#include <array>

#include "tests/support/random_event.hpp"

namespace creditd::tests {
namespace {

Credits sum_of(const std::vector<GrantPart>& parts) {
    Credits sum{};
    for (const GrantPart& part : parts) sum += part.amount;
    return sum;
}

}  // namespace

void RandomEvents::fill(LedgerOpened& body) {
    body.ledger_id = digest().bytes;
    body.decimals = static_cast<std::uint8_t>(below(limits::decimals_max + 1));
    body.test_clock = chance(20);
}
void RandomEvents::fill(EpochClaimed& body) { body.epoch = Epoch{random_()}; }
void RandomEvents::fill(AccountCreated& body) {
    body.parent = maybe_id();
    if (chance(30)) body.credit_limit = amount();
    if (chance(30)) body.followed_by = static_cast<std::uint8_t>(below(256));
}
void RandomEvents::fill(AccountUpdated& body) {
    body.parent = maybe_id();
    if (chance(30)) body.credit_limit = amount();
    if (chance(50)) body.profile_seq = Seq{below(seq_max)};
}
void RandomEvents::fill(CreditsGranted& body) {
    body.amount = amount();
    body.terms = terms();
    if (chance(20)) body.debt_repaid = amount();
}
void RandomEvents::fill(CreditsPurchased& body) {
    body.amount = amount();
    body.terms = terms();
    if (chance(20)) body.debt_repaid = amount();
    body.provider = id();
    body.payment_id = text(200);
    body.payment_digest = digest();
    body.payment = money();
    if (chance(30)) body.package = id();
    if (chance(30)) body.bonus = amount();
    if (body.bonus.is_positive()) {
        body.bonus_terms = terms();
        if (chance(20)) body.bonus_debt_repaid = amount();
    }
}
void RandomEvents::fill(PurchaseRepeated& body) { body.original = Seq{1 + below(seq_max)}; }
void RandomEvents::fill(GrantActivated& body) {
    body = {grant_id(), amount(), chance(20) ? amount() : Credits{}};
}
void RandomEvents::fill(GrantExpired& body) { body = {grant_id(), amount()}; }
void RandomEvents::fill(GrantRevoked& body) { body = {grant_id(), amount(), chance(50)}; }

void RandomEvents::fill(CreditsDeducted& body) {
    body.burned = parts();
    if (chance(20)) body.debt = small_amount();
    if (chance(10)) {
        body.burned.clear();
        body.debt = {};
        body.waived = amount();
    }
    body.amount = sum_of(body.burned) + body.debt;
    body.required = body.amount;
    body.partial_allowed = chance(20);
    if (body.partial_allowed && chance(50)) body.required += small_amount();
    body.usage = usage(chance(50) ? body.required : body.waived);
}

void RandomEvents::fill(CreditsRefunded& body) {
    body.deduction = DeductionId{1 + below(seq_max)};
    body.amount = amount();
    body.refunded_total = amount();
    if (chance(30)) body.debt_reversed = amount();
    body.restored = restored_parts();
    if (chance(30)) body.user = text(limits::text_bytes_max);
    body.feature = maybe_id();
    if (chance(80)) body.deducted_at = time();
    if (chance(30)) body.model = text(limits::text_bytes_max);
}

void RandomEvents::fill(HoldPlaced& body) {
    body.hold = hold();
    if (chance(20)) body.waived = amount();
    body.usage = usage(chance(50) ? body.hold.amount : body.waived);
    body.reserved = parts();
    if (chance(20)) body.on_credit = amount();
}
void RandomEvents::fill(HoldExtended& body) {
    body.hold = hold();
    body.amount = amount();
    body.reserved = parts();
    if (chance(20)) body.on_credit = amount();
}
void RandomEvents::fill(HoldCaptured& body) {
    body.hold = hold();
    body.amount = amount();
    if (chance(20)) body.waived = amount();
    body.usage = usage(chance(50) ? body.hold.amount : body.waived);
    body.burned = parts();
    if (chance(20)) body.debt = amount();
    if (chance(50)) body.released = amount();
    if (chance(20)) body.expired = parts();
}
void RandomEvents::fill(HoldReleased& body) {
    body.hold = hold();
    body.released = amount();
    if (chance(20)) body.expired = parts();
}

void RandomEvents::fill(TransferredOut& body) { body = {id(), amount(), parts()}; }
void RandomEvents::fill(TransferredIn& body) {
    body.from = id();
    body.amount = amount();
    body.sender = balances();
    const std::size_t count = 1 + below(4);
    for (std::size_t i = 0; i < count; ++i) {
        body.moved.push_back(
            {grant_id(), small_amount(), chance(20) ? small_amount() : Credits{}, terms()});
    }
}

void RandomEvents::fill(CommandRefused& body) {
    static constexpr std::array<RefusalCode, 5> codes{
        RefusalCode::insufficient_credits, RefusalCode::budget_exceeded,
        RefusalCode::account_closed, RefusalCode::feature_inactive, RefusalCode::balance_range};
    body.operation = any(Operation::forget);
    body.refusal.code = codes[below(codes.size())];
    if (body.refusal.code == RefusalCode::budget_exceeded) {
        body.refusal.detail.touch().budget = id();
        body.refusal.detail.touch().window = "24h";
        body.refusal.detail.touch().resets_at = time();
        body.refusal.detail.touch().name = text(10);
        body.refusal.detail.touch().fault = any(UnitFault::beyond);
        body.refusal.detail.touch().top_up_url = text(64);
    }
    if (body.refusal.code >= RefusalCode::insufficient_credits) {
        body.refusal.required = amount();
        body.refusal.available = balance();
        body.refusal.shortfall = body.refusal.required - body.refusal.available;
    }
    body.feature = maybe_id();
    if (chance(20)) body.index = static_cast<std::uint32_t>(below(1000));
}
void RandomEvents::fill(FeatureSet& body) {
    body = {id(),
            text(limits::text_bytes_max),
            text(64),
            text(limits::text_bytes_max),
            amount(),
            chance(80),
            below(1000),
            rules(),
            chance(30) ? text(64) : std::string{}};
}
void RandomEvents::fill(FeatureRemoved& body) { body = {id(), below(1000)}; }
void RandomEvents::fill(ApiKeyCreated& body) {
    body.id = id();
    body.name = text(limits::text_bytes_max);
    body.scopes = static_cast<std::uint32_t>(random_());
    body.account_prefix = maybe_id();
    if (chance(50)) body.expires_at = time();
    body.secret_hash = hash();
}
void RandomEvents::fill(ApiKeyRevoked& body) { body.id = id(); }

// --- endpoints -----------------------------------------------------------------------------------

void RandomEvents::fill(EndpointSet& body) {
    Endpoint& endpoint = body.endpoint;
    endpoint.id = id();
    endpoint.url = text(limits::text_bytes_max);
    endpoint.description = text(limits::text_bytes_max);
    endpoint.events = ids();
    endpoint.account_prefix = maybe_id();
    endpoint.status = any(EndpointStatus::failing);
    endpoint.secret = 1 + static_cast<std::uint32_t>(below(1000));
    if (chance(30)) endpoint.previous_until = time();
}
void RandomEvents::fill(EndpointRemoved& body) { body.id = id(); }

// --- offers --------------------------------------------------------------------------------------

std::vector<std::string> RandomEvents::ids() {
    std::vector<std::string> ids(below(4));
    for (std::string& one : ids) one = id();
    return ids;
}

Plan RandomEvents::plan() {
    Plan plan;
    plan.id = id();
    plan.name = text(limits::text_bytes_max);
    plan.description = text(limits::text_bytes_max);
    plan.active = chance(80);
    plan.unlimited = chance(20);
    plan.credits = chance(20) ? Credits{} : amount();
    if (chance(70)) plan.prices.push_back({Interval::month, money()});
    if (chance(70)) plan.prices.push_back({Interval::year, money()});
    plan.rollover = any(Rollover::unlimited);
    if (plan.rollover == Rollover::capped) plan.rollover_max = amount();
    plan.on_change = any(Leftover::expire);
    plan.on_end = any(Leftover::expire);
    plan.priority = static_cast<std::uint16_t>(below(1000));
    plan.features = ids();
    plan.trial_days = static_cast<std::uint16_t>(below(100));
    plan.grace_days = static_cast<std::uint16_t>(below(100));
    plan.alerts = percents();
    return plan;
}

Package RandomEvents::package() {
    return {id(),
            text(limits::text_bytes_max),
            text(64),
            chance(80),
            amount(),
            chance(50) ? Credits{} : amount(),
            money(),
            maybe_duration(),
            maybe_duration()};
}

Promotion RandomEvents::promotion() {
    Promotion promotion;
    promotion.code = id();
    promotion.description = text(limits::text_bytes_max);
    promotion.active = chance(80);
    promotion.credits = amount();
    promotion.starts_at = time();
    if (chance(50)) promotion.ends_at = time();
    promotion.redemptions_max = below(1000);
    promotion.per_account_max = static_cast<std::uint32_t>(below(10));
    promotion.expires_in = maybe_duration();
    promotion.priority = static_cast<std::uint16_t>(below(1000));
    promotion.features = ids();
    return promotion;
}

CatalogSettings RandomEvents::settings() {
    CatalogSettings settings;
    if (chance(50)) settings.time_zone = "Asia/Jakarta";
    if (chance(50)) settings.signup_credits = amount();
    settings.signup_expires_in = maybe_duration();
    settings.signup_plan = maybe_id();
    if (chance(50)) settings.custom = {amount(), amount(), money(), amount()};
    if (chance(50)) settings.referral = {amount(), amount(), maybe_duration()};
    if (chance(50)) settings.top_up_url = "https://example.com/" + id();
    settings.public_pricing = chance(50);
    settings.claw_back = any(ClawBack::write_off);
    return settings;
}

void RandomEvents::fill(OfferSet& body) {
    switch (below(4)) {
        case 0: body.offer = plan(); break;
        case 1: body.offer = package(); break;
        case 2: body.offer = promotion(); break;
        default: body.offer = settings();
    }
    body.price_book = below(1000);
}
void RandomEvents::fill(OfferRemoved& body) {
    body = {any(OfferKind::promotion), id(), below(1000)};
}

// --- events --------------------------------------------------------------------------------------

template <std::size_t Kind>
EventBody RandomEvents::body_of(std::size_t kind) {
    if constexpr (Kind + 1 < std::variant_size_v<EventBody>) {
        if (kind != Kind) return body_of<Kind + 1>(kind);
    }
    std::variant_alternative_t<Kind, EventBody> body;
    fill(body);
    return body;
}

Event RandomEvents::of_kind(std::size_t kind) {
    Event event;
    event.seq = Seq{1 + below(seq_max)};
    event.time = time();
    if (chance(80)) {
        event.account_no = AccountNo{static_cast<std::uint32_t>(below(UINT32_MAX))};
        event.account = id();
        event.balances = balances();
    }
    if (chance(70)) event.origin = origin(event.seq);
    if (chance(30)) event.personal_hash = hash();
    event.body = body_of(kind);
    return event;
}

Event RandomEvents::next() { return of_kind(below(std::variant_size_v<EventBody>)); }

}  // namespace creditd::tests
