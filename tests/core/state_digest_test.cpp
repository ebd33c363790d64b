// Rules of the state digest: equal states give equal bytes, any difference gives other bytes.
#include <gtest/gtest.h>

#include <set>

#include "core/state_digest.hpp"
#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

Scene busy() {
    return given(feature("image", 2), create_key("key_1"), account("org"),
                 account("ann", {.credit_limit = 5, .parent = "org"}),
                 grant("ann", 10, {.priority = 3, .expires_in = 60, .features = {"image"}}),
                 grant("ann", 10, {.effective_in = 60, .cost = 99}), purchase("ann", 20, "p1"),
                 use("ann", "image"), hold("ann", 7), refund(1, 1), transfer("ann", "org", 2));
}

TEST(StateDigest, IsEqualAfterReplayOfTheSameEvents) {
    Scene scene = busy();
    State replayed;
    for (const DecidedEvent& decided : scene.world().events()) apply(replayed, decided.event);
    EXPECT_EQ(canonical_bytes(replayed), canonical_bytes(scene.world().state()));
}

TEST(StateDigest, DiffersAfterAnyChange) {
    const std::vector<Ask> changes{feature("image", 3),
                                   feature("text", 2),
                                   remove_feature("image"),
                                   create_key("key_2"),
                                   revoke_key("key_1"),
                                   account("cyd"),
                                   account("ann", {.credit_limit = 6}),
                                   account("ann", {.parent = ""}),
                                   close("ann"),
                                   grant("ann", 10),
                                   grant("ann", 10, {.priority = 4}),
                                   grant("ann", 10, {.expires_in = 61}),
                                   grant("ann", 10, {.effective_in = 5}),
                                   grant("ann", 10, {.features = {"image"}}),
                                   grant("ann", 10, {.cost = 1}),
                                   grant("ann", 10, {.kind = GrantKind::promo}),
                                   grant("org", 10),
                                   deduct("ann", 1),
                                   deduct("ann", 2),
                                   hold("ann", 1),
                                   hold("ann", 1, {.on_expiry = OnExpiry::capture}),
                                   hold("ann", 1, {.expires_in = 601}),
                                   capture(1, 1),
                                   capture(1, 1, true),
                                   release(1),
                                   extend(1, 1),
                                   extend(1, {}, 700),
                                   refund(1, 1),
                                   revoke(1, 1),
                                   revoke(2, 1),
                                   transfer("ann", "org", 1),
                                   transfer("org", "ann", 1)};
    std::set<std::string> seen{canonical_bytes(busy().world().state())};
    for (const Ask& change : changes) {
        Scene scene = busy();
        scene.given(change);
        EXPECT_TRUE(seen.insert(canonical_bytes(scene.world().state())).second)
            << "change " << &change - changes.data();
    }
}

TEST(StateDigest, KnowsAccountsApart) {
    const auto bytes_of = [](std::initializer_list<std::string_view> ids) {
        World world;
        for (const std::string_view id : ids) {
            world.run(PutAccount{std::string(id), {}, {}, false}, {.key = std::string(id)});
        }
        return canonical_bytes(world.state());
    };
    EXPECT_NE(bytes_of({"ann", "bob"}), bytes_of({"bob", "ann"}));
    EXPECT_NE(bytes_of({"ab", "c"}), bytes_of({"a", "bc"}));
    EXPECT_EQ(bytes_of({"ann", "bob"}), bytes_of({"ann", "bob"}));
}

TEST(StateDigest, DoesNotCountWhereRareFieldsStand) {
    Account lean("ann", Timestamp{5});
    Account fat("ann", Timestamp{5});
    fat.touch_extra();
    const TermsTable terms;
    std::string lean_bytes;
    std::string fat_bytes;
    append_canonical_account(lean_bytes, lean, terms);
    append_canonical_account(fat_bytes, fat, terms);
    EXPECT_EQ(lean_bytes, fat_bytes);
}

TEST(StateDigest, KnowsEachRareField) {
    const std::vector<std::function<void(AccountExtra&)>> changes{
        [](AccountExtra&) {},
        [](AccountExtra& extra) { extra.debt = Credits{1}; },
        [](AccountExtra& extra) { extra.credit_limit = Credits{1}; },
        [](AccountExtra& extra) { extra.pending = Credits{1}; },
        [](AccountExtra& extra) { extra.parent = "org"; },
        [](AccountExtra& extra) { extra.profile_seq = Seq{1}; },
        [](AccountExtra& extra) { extra.holds.emplace_back(); },
        [](AccountExtra& extra) { extra.refusals_since = Timestamp{1}; },
        [](AccountExtra& extra) { extra.refusals_count = 1; },
        [](AccountExtra& extra) { extra.closed = true; }};
    std::set<std::string> seen;
    for (const auto& change : changes) {
        Account account("ann", Timestamp{5});
        change(account.touch_extra());
        std::string bytes;
        append_canonical_account(bytes, account, TermsTable{});
        EXPECT_TRUE(seen.insert(bytes).second) << "change " << &change - changes.data();
    }
}

TEST(StateDigest, KnowsTextsOfAnyLength) {
    const auto bytes_of = [](std::string description) {
        State state;
        state.change_catalog().features["image"].set.description = std::move(description);
        return canonical_bytes(state);
    };
    for (const std::size_t size : {1U, 1023U, 1024U, 1025U, 5000U}) {
        const std::string text(size, 'x');
        EXPECT_EQ(bytes_of(text), bytes_of(text));
        EXPECT_NE(bytes_of(text), bytes_of(std::string(size - 1, 'x') + "y"));
        EXPECT_EQ(bytes_of(text).size(), bytes_of("").size() + size);
    }
}

TEST(StateDigest, KnowsThePriceLinesOfAHold) {
    const auto bytes_of = [](std::vector<PriceLine> lines) {
        Account account("ann", Timestamp{5});
        Hold hold;
        hold.usage.lines = std::move(lines);
        account.touch_extra().holds.push_back(std::move(hold));
        std::string bytes;
        append_canonical_account(bytes, account, TermsTable{});
        return bytes;
    };
    EXPECT_NE(bytes_of({}), bytes_of({{"flat", Credits{1}}}));
    EXPECT_NE(bytes_of({{"flat", Credits{2}}}), bytes_of({{"flat", Credits{1}}}));
    EXPECT_NE(bytes_of({{"unit", Credits{1}}}), bytes_of({{"flat", Credits{1}}}));
}

TEST(StateDigest, KnowsWhatAHoldHasMeasured) {
    const std::vector<std::function<void(Usage&)>> changes{
        [](Usage&) {},
        [](Usage& usage) { usage.units = {{"ab", Measure{1}}}; },
        [](Usage& usage) { usage.units = {{"ab", Measure{2}}}; },
        [](Usage& usage) { usage.units = {{"a", Measure{1}}}; },
        [](Usage& usage) { usage.units = {{"a", Measure{1}}, {"b", Measure{1}}}; },
        [](Usage& usage) { usage.options = {"ab"}; },
        [](Usage& usage) { usage.options = {"a", "b"}; },
        [](Usage& usage) {
            usage.units = {{"ab", Measure{1}}};
            usage.options = {"ab"};
        }};
    std::set<std::string> seen;
    for (const auto& change : changes) {
        Account account("ann", Timestamp{5});
        Hold hold;
        change(hold.usage);
        account.touch_extra().holds.push_back(std::move(hold));
        std::string bytes;
        append_canonical_account(bytes, account, TermsTable{});
        EXPECT_TRUE(seen.insert(bytes).second) << "change " << &change - changes.data();
    }
}

TEST(StateDigest, OfChunksIsThatOfTheirAccountsInOrder) {
    Scene scene;
    for (std::size_t i = 0; i < limits::chunk_accounts + 3; ++i) {
        scene.given(account("a" + std::to_string(i)));
    }
    const State& state = scene.world().state();
    EXPECT_EQ(state.accounts.chunk_count(), 2U);
    std::string bytes;
    append_canonical_ledger(bytes, state);
    append_canonical_chunk(bytes, state, 0);
    append_canonical_chunk(bytes, state, 1);
    EXPECT_EQ(bytes, canonical_bytes(state));
}

TEST(StackedState, LeavesItsBaseAlone) {
    Scene scene = busy();
    const std::string before = canonical_bytes(scene.world().state());
    State trial(scene.world().state());
    EXPECT_EQ(canonical_bytes(trial), before);
    std::vector<DecidedEvent> events;
    Command command{
        scene.world().meta_of({.key = "trial"}), deduct("org", 1).body(scene.world()), {}};
    command.evidence.as_of = scene.world().state().head.seq;
    const Outcome outcome = execute(trial, command, scene.world().now(), Policy{}, events);
    EXPECT_EQ(outcome.kind, OutcomeKind::done);
    EXPECT_NE(canonical_bytes(trial), before);
    EXPECT_EQ(canonical_bytes(scene.world().state()), before);
    EXPECT_FALSE(scene.world().state().window.find_key(command.meta.key_digest));
    EXPECT_TRUE(trial.window.find_key(command.meta.key_digest));
}

TEST(StackedState, CountsRedemptionsOnTopOfItsBase) {
    State base;
    base.add_redemption("SPRING");
    base.add_redemption("AUTUMN");
    State trial(base);
    trial.add_redemption("SPRING");
    trial.add_redemption("WINTER");
    EXPECT_EQ(trial.redeemed("SPRING"), 2U);
    EXPECT_EQ(trial.redeemed("AUTUMN"), 1U);
    EXPECT_EQ(trial.redeemed("SUMMER"), 0U);
    EXPECT_EQ(trial.redemptions(), (Redemptions{{"AUTUMN", 1U}, {"SPRING", 2U}, {"WINTER", 1U}}));
    EXPECT_EQ(base.redemptions(), (Redemptions{{"AUTUMN", 1U}, {"SPRING", 1U}}));
    State same;
    for (const auto& [code, count] : trial.redemptions()) {
        for (std::uint64_t i = 0; i < count; ++i) same.add_redemption(code);
    }
    EXPECT_EQ(canonical_bytes(same), canonical_bytes(trial));
    EXPECT_NE(canonical_bytes(base), canonical_bytes(trial));
}

}  // namespace
}  // namespace creditd::tests
