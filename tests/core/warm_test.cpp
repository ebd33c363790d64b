// Asking memory ahead of a group of commands: for any command and any step, and without a trace.
#include "core/warm.hpp"

#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

TEST(Warming, ChangesNothingForAnyCommand) {
    Scene scene = given(account("ann"), account("bob"), grant("ann", 10), hold("ann", 1));
    const World& world = scene.world();
    const std::string before = canonical_bytes(world.state());
    const std::vector<CommandBody> bodies{
        deduct("ann", 1).body(world), deduct("nobody", 1).body(world),
        capture(1).body(world),       transfer("ann", "bob", 1).body(world),
        deduct("bob", 1).body(world), feature("image", 1).body(world),
        account("carl").body(world)};
    const CommandMeta keyed = scene.world().meta_of({.key = "key"});
    const CommandMeta keyless = scene.world().meta_of({.keyless = true});
    for (const CommandBody& body : bodies) {
        for (const WarmStep step : warm_steps) {
            warm(world.state(), keyed, body, step);
            warm(world.state(), keyless, body, step);
        }
    }
    EXPECT_EQ(canonical_bytes(world.state()), before);
}

}  // namespace
}  // namespace creditd::tests
