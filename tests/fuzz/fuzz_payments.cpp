// What a payment provider sends, or whoever pretends to be one: several bodies, one after the
// other. Each is refused with a reason, or says something that the ledger takes or refuses as a
// whole, soundly; and telling it a second time changes no balance. Signatures are read, too.
#include <algorithm>
#include <array>
#include <string>

#include "daemon/payments/midtrans_news.hpp"
#include "daemon/payments/midtrans_signature.hpp"
#include "daemon/payments/payment_commands.hpp"
#include "daemon/payments/stripe_news.hpp"
#include "daemon/payments/stripe_signature.hpp"
#include "tests/fuzz/support.hpp"
#include "tests/support/ledger_world.hpp"

using namespace creditd;
using namespace creditd::daemon;
using creditd::tests::FuzzInput;
using creditd::tests::LedgerWorld;
using creditd::tests::require;

namespace {

constexpr int bodies_max = 12;

/// ada may buy the package p and the plan pro, and has two orders: o-1 at Stripe, o-2 at Midtrans.
void set_up(LedgerWorld& world) {
    world.put_account("ada");
    Package package;
    package.id = "p";
    package.credits = Credits{100'000'000};
    package.price = {900, Currency::of("USD")};
    world.run(SetOffer{package});
    Plan plan;
    plan.id = "pro";
    plan.credits = Credits{500'000'000};
    plan.prices = {{Interval::month, {1'500, Currency::of("USD")}}};
    plan.grace_days = 3;
    world.run(SetOffer{plan});
    for (const std::string_view provider : {stripe_provider, midtrans_provider}) {
        PlaceOrder order;
        order.account = "ada";
        order.id = provider == stripe_provider ? "o-1" : "o-2";
        order.digest = order_digest_of(order.id);
        order.provider = provider;
        order.package = "p";
        world.run(std::move(order));
    }
}

void run(LedgerWorld& world, const PaymentCommands& commands) {
    const std::size_t before = world.events().size();
    if (!commands.bodies.empty()) world.run_atomic(commands.bodies);
    for (std::size_t i = before; i < world.events().size(); ++i) {
        tests::require_round_trip(world.events()[i].event);
    }
    tests::require_sound(world.state(), "news of a payment");
}

Credits balance_of(const LedgerWorld& world) {
    const auto no = world.state().accounts.find("ada");
    return world.state().accounts.get(*no).balance;
}

void tell(LedgerWorld& world, std::string_view provider, std::string_view body) {
    const auto news =
        provider == stripe_provider ? read_stripe_event(body) : read_midtrans_news(body);
    if (!news) {
        require(!news.error().detail.empty(), "a refused body says what is wrong");
        return;
    }
    require(!news->notification.empty(), "what can be read has a name");
    const PaymentCommands commands = commands_for(*news, {}, 6);
    require(commands.bodies.empty() != commands.why_nothing.empty(),
            "it asks for something, or says why not");
    run(world, commands);
    const Credits once = balance_of(world);
    run(world, commands);
    require(balance_of(world) == once, "told twice, done once");
}

void read_signatures(FuzzInput& input) {
    static const std::array secrets{Secret("whsec_one"), Secret("two")};
    const std::string_view header = input.sized();
    const std::string_view body = input.rest();
    const Timestamp now{1'700'000'000'000'000};
    require(!verify_stripe_signature(header, body, secrets, now), "nobody guesses a signature");
    require(!verify_midtrans_signature(body, secrets), "nobody guesses a signature");
    const std::string own = "t=1700000000,v1=" + stripe_signature(secrets[1], 1'700'000'000, body);
    require(verify_stripe_signature(own, body, secrets, now).has_value(), "our own is good");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzInput input(data, size);
    if (input.byte() == 0) {
        read_signatures(input);
        return 0;
    }
    LedgerWorld world;
    set_up(world);
    for (int i = 0; i < bodies_max && !input.is_empty(); ++i) {
        const std::uint8_t provider = input.byte();
        tell(world, provider % 2 == 0 ? stripe_provider : midtrans_provider, input.sized());
    }
    return 0;
}
