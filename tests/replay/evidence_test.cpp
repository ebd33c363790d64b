// Evidence against a naive look at all events, for every kind of command, on a ledger that lives.
#include "replay/evidence.hpp"

#include <algorithm>

#include "core/execute.hpp"
#include "replay/event_lookup.hpp"
#include "tests/replay/naive_facts.hpp"

namespace creditd::tests {
namespace {

constexpr std::uint64_t accounts = 6;
const Money price_of_payments{100, Currency::of("USD")};

/// A ledger with its journal and its followers, and random commands for it.
class Shop {
public:
    explicit Shop(unsigned seed) : world(Backend::memory, 60, seed) {
        apply(state, world.events().front());
        for (std::uint64_t i = 0; i < accounts; ++i)
            run(PutAccount{account(i), {}, Credits{50}, false});
    }

    std::string account(std::uint64_t i) const { return "account-" + std::to_string(i); }
    std::uint64_t any(std::uint64_t count) { return world.random() % count; }

    /// A command under a key that is new, mostly.
    Command command(CommandBody body) {
        Command result;
        result.body = std::move(body);
        const std::uint64_t number = any(8) == 0 && keys_ > 0 ? 1 + any(keys_) : ++keys_;
        result.meta.key = "key-" + std::to_string(number);
        result.meta.key_digest = digest_of(number);
        return result;
    }

    CommandBody random_body();
    /// Of a few payments, orders and notifications, so that much is told twice.
    CommandBody random_money(const std::string& name);
    /// Gathers the evidence, compares it, executes, and makes the events durable.
    void run(CommandBody body);

    State state;
    World world;
    Timestamp now{1'800'000'000'000'000};
    std::size_t executed = 0;
    std::size_t old_keys = 0;

private:
    /// A grant, deduction or hold that exists, or some number that does not fit.
    Seq some_event(auto is_it);
    void compare(const Command& command);

    std::uint64_t keys_ = 0;
};

Seq Shop::some_event(auto is_it) {
    for (int tries = 0; tries < 20; ++tries) {
        const Event& event = world.events()[any(world.events().size())];
        if (is_it(event)) return event.seq;
    }
    return Seq{1 + any(world.events().size() + 20)};
}

CommandBody Shop::random_body() {
    const auto holds = [](const auto&... kinds) { return (kinds || ...); };
    const auto amount = [&] { return Credits{1 + static_cast<std::int64_t>(any(30))}; };
    const std::string name = account(any(accounts));
    const auto deduction = [&] {
        return DeductionId{some_event([&](const Event& event) {
                               return holds(std::holds_alternative<CreditsDeducted>(event.body),
                                            std::holds_alternative<HoldCaptured>(event.body));
                           }).value};
    };
    const auto grant = [&] {
        const Seq seq = some_event([&](const Event& event) {
            return holds(std::holds_alternative<CreditsGranted>(event.body),
                         std::holds_alternative<CreditsPurchased>(event.body),
                         std::holds_alternative<CreditsRefunded>(event.body),
                         std::holds_alternative<TransferredIn>(event.body));
        });
        return GrantId::of(seq, static_cast<std::uint16_t>(any(3) == 0 ? any(3) : 0));
    };
    const auto hold = [&] {
        return HoldId{some_event([&](const Event& event) {
                          return std::holds_alternative<HoldPlaced>(event.body);
                      }).value};
    };
    const auto some_amount = [&] { return any(2) == 0 ? std::optional{amount()} : std::nullopt; };
    PriceRequest price;
    price.amount = amount();
    switch (any(20)) {
        case 0:
        case 1: {
            GrantCredits body{name, amount(), GrantKind::admin, 50, {}, {}, {}, {}};
            if (any(2) == 0) body.expiry.in = Duration::seconds(60 + static_cast<int>(any(3'000)));
            return body;
        }
        case 2: {
            const std::uint64_t payment = any(40);
            return PurchaseCredits{name,
                                   Credits{20},
                                   {},
                                   "bank",
                                   std::to_string(payment),
                                   digest_of(5'000'000 + payment),
                                   price_of_payments};
        }
        case 3:
        case 4: return DeductCredits{name, price, any(3) == 0};
        case 5:
        case 6: return RefundDeduction{deduction(), some_amount()};
        case 7: return RevokeGrant{grant(), some_amount()};
        case 8: return PlaceHold{name, price, Duration::seconds(1'000), OnExpiry::capture};
        case 9: return CaptureHold{hold(), some_amount(), any(2) == 0};
        case 10: return ExtendHold{hold(), some_amount(), {}};
        case 11: return ReleaseHold{hold()};
        case 12: return TransferCredits{account(any(3)), account(3 + any(3)), amount()};
        case 13: return PutAccount{name, {}, Credits{50}, false};
        default: return random_money(name);
    }
}

CommandBody Shop::random_money(const std::string& name) {
    const std::uint64_t number = any(40);
    PaymentNews news{"bank",
                     std::to_string(number),
                     digest_of(5'000'000 + number),
                     any(2) == 0,
                     price_of_payments,
                     0,
                     {},
                     {}};
    const std::string order = std::to_string(any(20));
    const Digest order_digest = digest_of(6'000'000 + number % 20);
    switch (any(8)) {
        case 0:
            return PlaceOrder{name, order,       order_digest,      {},    {},
                              {},   Credits{20}, price_of_payments, "bank"};
        case 1: {
            ChangeOrder change;
            change.id = order;
            change.digest = order_digest;
            change.reference = std::to_string(any(5));
            return change;
        }
        case 2: {
            NoteNotification note;
            note.notification.id = std::to_string(any(20));
            note.notification.digest = digest_of(7'000'000 + any(20));
            note.notification.outcome = static_cast<NotificationOutcome>(any(4));
            return note;
        }
        case 3: news.disputes = {{"dp", static_cast<DisputeStatus>(any(3))}}; break;
        case 4:
        case 5: news.refunds = {{"re_" + order, 30, static_cast<RefundStatus>(any(3))}}; break;
        default: news.paid = true;
    }
    NotePayment note{news, name, {}, {}, {}, Credits{20}};
    if (any(3) == 0) {
        note.order = order;
        note.order_digest = order_digest;
    }
    return note;
}

void Shop::compare(const Command& command) {
    const replay::EvidenceReader reader(world.journal(), *world.indexes.keys);
    const Naive naive(world, world.indexes.keys->synced());
    Command quick = command;
    if (reader.quick(quick)) {
        EXPECT_EQ(quick.evidence.as_of, world.indexes.keys->synced());
        EXPECT_FALSE(naive.key(command.meta.key_digest));
        const auto* purchase = std::get_if<PurchaseCredits>(&command.body);
        if (purchase) {
            EXPECT_FALSE(naive.payment(purchase->payment_digest));
        }
        EXPECT_FALSE(std::holds_alternative<RevokeGrant>(command.body));
        EXPECT_FALSE(std::holds_alternative<RefundDeduction>(command.body));
    }
}

void Shop::run(CommandBody body) {
    Command next = command(std::move(body));
    compare(next);
    const replay::EvidenceReader reader(world.journal(), *world.indexes.keys);
    const Naive naive(world, world.indexes.keys->synced());
    const auto old = must(reader.gather(next), "gather");
    const auto expected = naive.key(next.meta.key_digest);
    ASSERT_EQ(old.has_value(), expected.has_value());
    if (old) {
        EXPECT_EQ(old->seq, *expected);
        ++old_keys;
        replay::EventLookup lookup(world.journal());
        const auto answer = must(lookup.read_answer(old->seq), "answer");
        ASSERT_FALSE(answer.empty());
        EXPECT_EQ(answer.back().event, world.events()[old->seq.value - 1]);
        EXPECT_EQ(answer.front().event.seq, answer.back().event.origin->first_seq);
        return;
    }
    EXPECT_EQ(next.evidence.as_of, world.indexes.keys->synced());
    expect_facts(next, naive);
    now = now + Duration::seconds(static_cast<std::int64_t>(any(60)));
    std::vector<DecidedEvent> decided;
    const Outcome outcome = execute(state, next, now, Policy{}, decided);
    EXPECT_NE(outcome.kind, OutcomeKind::stale_evidence);
    if (outcome.kind == OutcomeKind::done) ++executed;
    if (decided.empty()) return;
    std::vector<Event> events;
    for (DecidedEvent& one : decided) events.push_back(std::move(one.event));
    world.append_as_they_are(events);
    world.feed();
    for (followers::Follower* follower : world.indexes.all()) must(follower->work(), "work");
}

TEST(Evidence, is_what_a_look_at_all_events_says) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
        Shop shop(seed);
        for (int i = 0; i < 1'200; ++i) {
            shop.run(shop.random_body());
            if (i % 300 == 299) shop.world.finish_work();
        }
        EXPECT_GT(shop.executed, 500) << "seed " << seed;
        EXPECT_GT(shop.old_keys, 20) << "seed " << seed;
        std::map<std::size_t, int> kinds;
        for (const Event& event : shop.world.events()) ++kinds[event.body.index()];
        EXPECT_GE(kinds.size(), 19) << "seed " << seed;
    }
}

TEST(Evidence, of_a_batch_is_that_of_its_operations) {
    Shop shop(9);
    for (int i = 0; i < 400; ++i) shop.run(shop.random_body());
    for (int round = 0; round < 50; ++round) {
        AtomicBatch batch;
        batch.meta = shop.command(ReleaseHold{}).meta;
        for (int i = 0; i < 10; ++i) {
            Command operation;
            operation.body = shop.random_body();
            batch.operations.push_back(std::move(operation));
        }
        const replay::EvidenceReader reader(shop.world.journal(), *shop.world.indexes.keys);
        const Naive naive(shop.world, shop.world.indexes.keys->synced());
        AtomicBatch quick = batch;
        const bool is_quick = reader.quick(quick);
        const auto old = must(reader.gather(batch), "gather");
        EXPECT_EQ(old.has_value(), naive.key(batch.meta.key_digest).has_value());
        if (old) {
            EXPECT_FALSE(is_quick);
            continue;
        }
        EXPECT_EQ(batch.as_of, shop.world.indexes.keys->synced());
        for (const Command& operation : batch.operations) {
            EXPECT_EQ(operation.evidence.as_of, batch.as_of);
            expect_facts(operation, naive);
            if (is_quick) {
                EXPECT_FALSE(std::holds_alternative<RefundDeduction>(operation.body));
            }
        }
    }
}

TEST(Evidence, a_command_without_a_key_is_quick) {
    Shop shop(3);
    Command put;
    put.body = PutAccount{"account-1", {}, {}, false};
    const replay::EvidenceReader reader(shop.world.journal(), *shop.world.indexes.keys);
    EXPECT_TRUE(reader.quick(put));
    EXPECT_EQ(put.evidence.as_of, shop.world.indexes.keys->synced());
}

TEST(Evidence, an_index_of_another_journal_is_an_error) {
    Shop shop(5);
    for (int i = 0; i < 300; ++i) shop.run(shop.random_body());
    // The same index, but a journal in which the purchase is something else.
    World other(Backend::memory, 1'000, 77);
    Event event;
    event.body = FeatureSet{};
    other.append(std::vector<Event>(1'000, event));
    const replay::EvidenceReader reader(other.journal(), *shop.world.indexes.keys);
    Command purchase;
    bool is_found = false;
    for (const Event& made : shop.world.events()) {
        const auto* body = std::get_if<CreditsPurchased>(&made.body);
        if (body == nullptr || made.seq > shop.world.indexes.keys->synced()) continue;
        PurchaseCredits again;
        again.payment_digest = body->payment_digest;
        purchase.body = again;
        is_found = true;
    }
    ASSERT_TRUE(is_found);
    const auto gathered = reader.gather(purchase);
    ASSERT_FALSE(gathered);
    EXPECT_EQ(gathered.error().fault, replay::JournalFault::damaged);
}

}  // namespace
}  // namespace creditd::tests
