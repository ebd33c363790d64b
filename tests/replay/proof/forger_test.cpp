// The forger: has the disk, the program and the log's private key. Rewrites, inserts, drops,
// reorders or cuts events, then makes every checksum, every hash of the chain, the tree and the
// signature anew, so that nothing within the log is wrong. Whoever kept one older checkpoint, or
// one receipt, notices every time.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

#include "replay/fold.hpp"
#include "replay/proof/checkpoint.hpp"
#include "tests/replay/proof/trees.hpp"

namespace creditd::tests {
namespace {

using namespace proof;
using Events = std::vector<std::string>;

/// A log that is sound in itself: blocks that continue each other, the tree, the signed head.
struct Log {
    KeptTree tree;
    std::string checkpoint;
};

enum class Forgery : std::uint8_t { rewrite, insert, drop, reorder, shorten, replace_the_end };
constexpr std::array<const char*, 6> forgery_names{"rewritten", "inserted",  "dropped",
                                                   "reordered", "shortened", "cut and gone on"};

class Forger : public testing::Test {
protected:
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    std::string new_event(std::size_t place) {
        return "deducted " + std::to_string(below(1'000'000)) + " credits at place " +
               std::to_string(place) + std::string(below(150), '.');
    }
    Events new_events(std::size_t count) {
        Events events;
        while (events.size() < count) events.push_back(new_event(events.size()));
        return events;
    }

    /// As the daemon would have written and signed them.
    Log publish(const Events& events) {
        Log log;
        replay::Fold fold;
        replay::BlockBuilder builder;
        for (std::size_t at = 0; at < events.size();) {
            builder.begin(fold.tip().seq.next());
            const bool is_first = fold.tip().is_empty();
            const std::size_t count =
                is_first ? 1 : std::min<std::size_t>(events.size() - at, 1 + below(20));
            for (std::size_t i = 0; i < count; ++i) builder.append(events[at++]);
            const Timestamp time = fold.tip().time + Duration{1};
            replay::SealedBlock block = is_first ? builder.seal_claim(fold.tip(), {}, time)
                                                 : builder.seal(fold.tip(), time);
            const auto view = replay::BlockView::parse(block.bytes);
            // What a log can say of itself is in order, forged or not.
            EXPECT_TRUE(view && fold.offer(*view) == replay::FoldVerdict::accepted);
            for (const std::string_view event : *view) log.tree.append(event);
            builder.reuse(std::move(block.bytes));
        }
        log.checkpoint = sign_checkpoint({key_.verifier().name, log.tree.head()}, keys_);
        return log;
    }

    /// Other events whose first difference lies before `known`.
    Events forge(Forgery kind, Events events, std::size_t known) {
        // Something is left.
        const std::size_t at = kind == Forgery::shorten ? 1 + below(known - 1) : below(known);
        const auto place = events.begin() + static_cast<std::ptrdiff_t>(at);
        switch (kind) {
            case Forgery::rewrite: {
                const std::size_t byte = below(place->size());
                (*place)[byte] = static_cast<char>((*place)[byte] ^ (1 << below(8)));
                break;
            }
            case Forgery::insert: events.insert(place, new_event(at)); break;
            case Forgery::drop: events.erase(place); break;
            case Forgery::reorder: {
                std::size_t other = below(events.size());
                while (events[other] == events[at]) other = below(events.size());
                std::swap(events[other], events[at]);
                break;
            }
            case Forgery::shorten: events.erase(place, events.end()); break;
            case Forgery::replace_the_end: {
                const std::size_t size = events.size() + below(20);
                events.erase(place, events.end());
                while (events.size() < size) events.push_back(new_event(events.size()));
                break;
            }
        }
        return events;
    }

    /// Is the log that is shown now accepted as the one that the older head is of? Whoever shows
    /// it may give any of these proofs.
    bool continues(std::string_view older, std::string_view newer,
                   std::span<const Proof> offered) const {
        const auto before = open_checkpoint(older, verifiers_);
        const auto now = open_checkpoint(newer, verifiers_);
        if (!before || !now) return false;
        return std::ranges::any_of(offered, [&](const Proof& steps) {
            return verify_consistency(before->head, now->head, steps);
        });
    }

    std::vector<Proof> proofs(const KeptTree& shown, const KeptTree& real, std::uint64_t known) {
        std::vector<Proof> offered{{}};
        for (const KeptTree* tree : {&shown, &real}) {
            if (known <= tree->size()) offered.push_back(tree->consistency(known, tree->size()));
        }
        return offered;
    }

    const SignerKey key_ = SignerKey::make("credits.example/log");
    const std::vector<SignerKey> keys_{key_};
    const std::vector<VerifierKey> verifiers_{key_.verifier()};
    std::mt19937_64 random_{7};
};

TEST_F(Forger, IsFoundOutEveryTime) {
    constexpr int forgeries = 10'000;
    std::array<int, forgery_names.size()> tried{};
    std::array<int, forgery_names.size()> by_checkpoint{};
    std::array<int, forgery_names.size()> by_receipt{};
    for (int i = 0; i < forgeries; ++i) {
        const auto kind = static_cast<Forgery>(i % static_cast<int>(forgery_names.size()));
        const auto number = static_cast<std::size_t>(kind);
        const Events events = new_events(20 + below(100));
        const std::size_t known = 2 + below(events.size() - 2);  // what the auditor's head covers
        const Log real = publish(events);
        const std::string kept =
            sign_checkpoint({key_.verifier().name, real.tree.head(known)}, keys_);
        // A customer kept the receipt of one event, of an equally old head.
        Receipt receipt;
        receipt.index = below(known);
        receipt.inclusion = real.tree.inclusion(receipt.index, known);
        receipt.checkpoint = kept;
        const auto held = verify_receipt(receipt, events[receipt.index], verifiers_);
        ASSERT_TRUE(held) << held.error();

        const Events forged = forge(kind, events, known);
        ASSERT_NE(forged, events);
        const Log shown = publish(forged);
        const auto offered = proofs(shown.tree, real.tree, known);
        ++tried[number];
        if (!continues(kept, shown.checkpoint, offered)) ++by_checkpoint[number];
        if (!continues(receipt.checkpoint, shown.checkpoint, offered)) ++by_receipt[number];
    }
    int total = 0;
    for (std::size_t kind = 0; kind < tried.size(); ++kind) {
        EXPECT_GT(tried[kind], forgeries / 10) << forgery_names[kind];
        EXPECT_EQ(by_checkpoint[kind], tried[kind]) << forgery_names[kind];
        EXPECT_EQ(by_receipt[kind], tried[kind]) << forgery_names[kind];
        total += tried[kind];
        std::printf("%-16s %5d forgeries, %5d found out by a checkpoint, %5d by a receipt\n",
                    forgery_names[kind], tried[kind], by_checkpoint[kind], by_receipt[kind]);
    }
    EXPECT_EQ(total, forgeries);
}

TEST_F(Forger, TheTrueLogIsNeverSuspected) {
    for (int i = 0; i < 1'000; ++i) {
        const Log log = publish(new_events(20 + below(100)));
        const std::uint64_t known = 1 + below(log.tree.size());
        const std::string kept =
            sign_checkpoint({key_.verifier().name, log.tree.head(known)}, keys_);
        const Proof steps = log.tree.consistency(known, log.tree.size());
        EXPECT_TRUE(continues(kept, log.checkpoint, std::span(&steps, 1)));
    }
}

}  // namespace
}  // namespace creditd::tests
