#include "tests/replay/power_cut_events.hpp"

#include "replay/sha256.hpp"

namespace creditd::tests {
namespace {

constexpr std::uint64_t account_every = 10;  // the others repeat with it, too
constexpr std::uint64_t new_account_at = 2;
constexpr std::uint64_t order_placed_at = 3;
constexpr std::uint64_t order_settled_at = 9;

EventBody order_of(Seq placed, OrderStatus status) {
    Order order;
    order.id = "order-" + std::to_string(placed.value);
    order.digest = power_cut_order(placed);
    order.placed = placed;
    order.status = status;
    order.package = "small";
    order.credits = Credits{5};
    order.provider = "manual";
    return OrderSet{order};
}

void deduct(Event& event) {
    CreditsDeducted body;
    body.amount = Credits{static_cast<std::int64_t>(event.seq.value)};
    body.required = body.amount;
    body.burned = {{GrantId{1}, body.amount}};
    body.usage.feature = power_cut_feature;
    event.balances.before = body.amount;
    event.body = std::move(body);
}

}  // namespace

Digest power_cut_key(Seq seq) { return replay::digest128('k', std::to_string(seq.value)); }
Digest power_cut_order(Seq placed) { return replay::digest128('o', std::to_string(placed.value)); }
std::string power_cut_personal(Seq seq) { return "personal " + std::to_string(seq.value); }

Event power_cut_event(Seq seq, Timestamp time) {
    const std::uint64_t turn = seq.value % account_every;
    const bool is_new = turn == new_account_at;
    Event event;
    event.seq = seq;
    event.time = time;
    // Both events of an order fall to one account.
    const Seq placed{seq.value - (order_settled_at - order_placed_at)};
    const bool is_settled = turn == order_settled_at && seq.value > order_settled_at;
    const std::uint64_t owner = (is_settled ? placed : seq).value % power_cut_accounts;
    const std::uint64_t no = is_new ? 100 + seq.value : owner;
    event.account_no = AccountNo{static_cast<std::uint32_t>(no)};
    event.account = "account-" + std::to_string(no);
    if (is_new) event.body = AccountCreated{};
    else if (turn == order_placed_at) event.body = order_of(seq, OrderStatus::pending);
    else if (is_settled) event.body = order_of(placed, OrderStatus::settled);
    else deduct(event);
    event.origin.emplace();
    event.origin->key = "key-" + std::to_string(seq.value);
    event.origin->key_digest = power_cut_key(seq);
    event.origin->first_seq = seq;
    if (seq.value % 5 == 0) event.personal_hash = replay::sha256(power_cut_personal(seq));
    return event;
}

}  // namespace creditd::tests
