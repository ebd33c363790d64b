// Random stories of an account whose payments are refunded and disputed while its credits are
// spent, held, revoked and run out. The world checks every law after every event; here is checked
// what is taken back.
#include <gtest/gtest.h>

#include <random>

#include "tests/core/payment_asks.hpp"

namespace creditd::tests {
namespace {

constexpr unsigned stories_count = 150;
constexpr int steps_count = 120;

class Story {
public:
    explicit Story(unsigned seed) : random_(seed) {}

    void begin() {
        claw_back(one_in(3) ? ClawBack::write_off : ClawBack::debt).run(world_);
        package("p", 100, {.bonus = 7, .bonus_expires_in = 300, .expires_in = 900}).run(world_);
        package("q", 100).run(world_);
        offer(basic_plan()).run(world_);
        account("ann", {.credit_limit = 50}).run(world_);
    }
    void step() {
        Ask ask = any();
        // The facts are in the window, on disk, or a part here and a part there.
        if (one_in(9)) world_.forget_window();
        if (one_in(2)) ask = ask.as_of(any_position());
        ask.run(world_);
    }
    /// Of every payment whatever was bought by it is taken back as the news of it ask for.
    void check() const {
        for (std::uint64_t number = 0; number < payments_count; ++number) {
            const std::string payment = "pay" + std::to_string(number);
            const auto* const standing = world_.facts().standing(digest_of_payment(payment));
            if (standing == nullptr) continue;
            for (const PaymentLot& lot : standing->lots) {
                EXPECT_EQ(lot.reversed(), to_reverse(*standing, lot.amount)) << payment;
            }
            if (standing->order.empty()) continue;
            const Order& order = order_in(world_, standing->order);
            EXPECT_EQ(order.payment_digest, standing->payment_digest);
            EXPECT_EQ(order.status == OrderStatus::disputed, is_disputed(*standing));
        }
    }
    const World& world() const { return world_; }

private:
    static constexpr std::uint64_t payments_count = 5;

    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    Seq any_position() {
        const std::uint64_t from = world_.state().window.from().value;
        return Seq{from + below(world_.state().head.seq.value - from + 1)};
    }
    Ask any() {
        const auto amount = static_cast<std::int64_t>(1 + below(60));
        const auto& holds = world_.facts().holds();
        const auto& grants = world_.facts().grants();
        switch (below(12)) {
            case 0: return later(amount * 3);
            case 1:
            case 2: return deduct("ann", amount, true);
            case 3:
                return holds.empty() || one_in(3) ? hold("ann", amount, {.expires_in = 200})
                       : one_in(2)                ? release(1 + below(holds.size()))
                                                  : capture(1 + below(holds.size()), {}, true);
            case 4:
                if (grants.empty() || one_in(2)) return grant("ann", amount);
                return revoke(1 + below(grants.size()));
            case 5: {
                const auto& uses = world_.facts().deductions();
                return uses.empty() ? deduct("ann", 1) : refund(1 + below(uses.size()));
            }
            case 6: return place_order("ann", order(), {.package = one_in(2) ? "p" : "q"});
            case 7: return about_cycles();
            default: return news();
        }
    }
    std::string payment() { return "pay" + std::to_string(below(payments_count)); }
    std::string order() { return "order" + std::to_string(below(4)); }
    Ask about_cycles() {
        const PaymentNews invoice = paid(payment(), 1'500);
        return one_in(2) ? subscribe_paid("ann", "basic", invoice) : renew_paid("ann", invoice);
    }
    Ask news() {
        const std::string id = payment();
        const std::string name = "n" + std::to_string(below(3));
        const auto amount = static_cast<std::int64_t>(1 + below(60));
        switch (below(6)) {
            case 0: return buy("ann", one_in(2) ? "p" : "q", id);
            case 1: return note(paid(id), {.account = "ann", .package = one_in(2) ? "p" : "q"});
            case 2: return note(paid(id), {.order = order()});
            case 3: return note(disputed(id, static_cast<DisputeStatus>(below(3)), name));
            default:
                return note(refunded(id, name, amount, 0, static_cast<RefundStatus>(below(3))));
        }
    }

    World world_;
    std::mt19937_64 random_;
};

TEST(PaymentStories, TakeBackWhatTheNewsAskFor) {
    std::array<std::size_t, std::variant_size_v<EventBody>> kinds{};
    for (unsigned seed = 1; seed <= stories_count; ++seed) {
        Story story(seed);
        story.begin();
        for (int step = 0; step < steps_count && !testing::Test::HasFailure(); ++step) {
            story.step();
            story.check();
        }
        ASSERT_FALSE(HasFailure()) << "seed " << seed;
        for (const DecidedEvent& made : story.world().events()) ++kinds[made.event.body.index()];
    }
    EXPECT_GT(kinds[EventBody(PaymentNoted{}).index()], 100U);
    EXPECT_GT(kinds[EventBody(PaymentReversed{}).index()], 500U);
    EXPECT_GT(kinds[EventBody(PaymentRestored{}).index()], 50U);
    EXPECT_GT(kinds[EventBody(OrderSet{}).index()], 500U);
}

}  // namespace
}  // namespace creditd::tests
