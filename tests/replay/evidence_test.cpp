// Evidence against a naive look at all events, for every kind of command, on a ledger that lives.
#include "replay/evidence.hpp"

#include <algorithm>

#include "core/execute.hpp"
#include "replay/event_lookup.hpp"
#include "tests/replay/followers/world.hpp"

namespace creditd::tests {
namespace {

constexpr std::uint64_t accounts = 6;

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
    switch (any(14)) {
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
                                   Money{100, Currency::of("USD")}};
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
        default: return PutAccount{name, {}, Credits{50}, false};
    }
}

/// What a look at the events up to `as_of` says; what made a thing may be newer.
class Naive {
public:
    Naive(const World& world, Seq as_of) : events_(world.events()), as_of_(as_of) {}

    std::optional<Seq> key(const Digest& digest) const {
        std::optional<Seq> found;
        each([&](const Event& event) {
            if (event.origin && event.origin->key_digest == digest) found = event.seq;
        });
        return found;
    }
    std::optional<PaymentFact> payment(const Digest& digest) const {
        std::optional<PaymentFact> found;
        each([&](const Event& event) {
            const auto* body = std::get_if<CreditsPurchased>(&event.body);
            if (body == nullptr || body->payment_digest != digest) return;
            found = payment_fact_of(event, *body);
        });
        return found;
    }
    std::optional<GrantFact> grant(GrantId id) const {
        std::optional<GrantFact> found;
        for (const Event& event : events_) {
            if (event.seq == id.seq()) found = made_by(event, id);
        }
        if (!found) return found;
        each([&](const Event& event) {
            const auto* body = std::get_if<GrantRevoked>(&event.body);
            if (body != nullptr && body->grant == id && body->whole) found->revoked = true;
        });
        return found;
    }
    Credits refunded(DeductionId id) const {
        Credits total{};
        each([&](const Event& event) {
            const auto* body = std::get_if<CreditsRefunded>(&event.body);
            if (body != nullptr && body->deduction == id) total += body->amount;
        });
        return total;
    }
    const Event* at(Seq seq) const {
        return seq.value >= 1 && seq.value <= events_.size() ? &events_[seq.value - 1] : nullptr;
    }

private:
    void each(const auto& look) const {
        for (const Event& event : events_) {
            if (event.seq <= as_of_) look(event);
        }
    }
    static std::optional<GrantFact> made_by(const Event& event, GrantId id) {
        std::map<GrantId, GrantFact> made;
        const auto make = [&](GrantId grant, Credits amount, const GrantTerms& terms) {
            made[grant] = GrantFact{grant, event.account_no, amount, terms, false};
        };
        const GrantId first = GrantId::of(event.seq, 0);
        if (const auto* granted = std::get_if<CreditsGranted>(&event.body)) {
            make(first, granted->amount, granted->terms);
        } else if (const auto* bought = std::get_if<CreditsPurchased>(&event.body)) {
            make(first, bought->amount, bought->terms);
            if (bought->bonus.is_positive()) {
                make(GrantId::of(event.seq, 1), bought->bonus, bought->bonus_terms);
            }
        } else if (const auto* in = std::get_if<TransferredIn>(&event.body)) {
            for (std::size_t i = 0; i < in->moved.size(); ++i) {
                make(GrantId::of(event.seq, static_cast<std::uint16_t>(i)), in->moved[i].amount,
                     in->moved[i].terms);
            }
        } else if (const auto* refund = std::get_if<CreditsRefunded>(&event.body)) {
            for (const RestoredPart& part : refund->restored) {
                if (part.into == RestoredInto::new_grant) make(part.grant, part.amount, part.terms);
            }
        }
        return made.contains(id) ? std::optional{made[id]} : std::nullopt;
    }

    const std::vector<Event>& events_;
    Seq as_of_;
};

void expect_same(const GrantFact& found, const GrantFact& expected) {
    EXPECT_EQ(found.id, expected.id);
    EXPECT_EQ(found.account_no, expected.account_no);
    EXPECT_EQ(found.amount, expected.amount);
    EXPECT_EQ(found.terms, expected.terms);
    EXPECT_EQ(found.revoked, expected.revoked);
}

void expect_deduction(const Evidence& evidence, const Naive& naive, DeductionId id) {
    const Event* const event = naive.at(id.seq());
    const auto* deducted = event ? std::get_if<CreditsDeducted>(&event->body) : nullptr;
    const auto* captured = event ? std::get_if<HoldCaptured>(&event->body) : nullptr;
    ASSERT_EQ(evidence.deduction.has_value(), deducted != nullptr || captured != nullptr);
    if (!evidence.deduction) return;
    const DeductionFact& fact = *evidence.deduction;
    EXPECT_EQ(fact.id, id);
    EXPECT_EQ(fact.account_no, event->account_no);
    EXPECT_EQ(fact.amount, deducted ? deducted->amount : captured->amount);
    EXPECT_EQ(fact.debt, deducted ? deducted->debt : captured->debt);
    EXPECT_EQ(fact.burned, deducted ? deducted->burned : captured->burned);
    EXPECT_EQ(fact.refunded_total, naive.refunded(id));
    ASSERT_EQ(fact.grants.size(), fact.burned.size());
    for (std::size_t i = 0; i < fact.grants.size(); ++i) {
        expect_same(fact.grants[i], *naive.grant(fact.burned[i].grant));
    }
}

void expect_hold(const Evidence& evidence, const Naive& naive, HoldId id) {
    const Event* const event = naive.at(id.seq());
    const bool is_hold = event != nullptr && std::holds_alternative<HoldPlaced>(event->body);
    ASSERT_EQ(evidence.hold.has_value(), is_hold);
    if (!is_hold) return;
    EXPECT_EQ(evidence.hold->id, id);
    EXPECT_EQ(evidence.hold->account_no, event->account_no);
}

void expect_facts(const Command& command, const Naive& naive) {
    const Evidence& evidence = command.evidence;
    if (const auto* purchase = std::get_if<PurchaseCredits>(&command.body)) {
        EXPECT_EQ(evidence.payment, naive.payment(purchase->payment_digest));
    } else if (const auto* revoke = std::get_if<RevokeGrant>(&command.body)) {
        const auto expected = naive.grant(revoke->grant);
        ASSERT_EQ(evidence.grant.has_value(), expected.has_value());
        if (expected) expect_same(*evidence.grant, *expected);
    } else if (const auto* refund = std::get_if<RefundDeduction>(&command.body)) {
        expect_deduction(evidence, naive, refund->deduction);
    } else if (const auto* capture = std::get_if<CaptureHold>(&command.body)) {
        expect_hold(evidence, naive, capture->hold);
    } else if (const auto* extend = std::get_if<ExtendHold>(&command.body)) {
        expect_hold(evidence, naive, extend->hold);
    } else if (const auto* release = std::get_if<ReleaseHold>(&command.body)) {
        expect_hold(evidence, naive, release->hold);
    } else {
        EXPECT_FALSE(evidence.payment || evidence.grant || evidence.deduction || evidence.hold);
    }
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
        EXPECT_GE(kinds.size(), 14) << "seed " << seed;
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
