// The state hash: the same on any number of threads, another when anything is another.
#include "replay/state_hash.hpp"

#include <gtest/gtest.h>

#include "core/state_digest.hpp"
#include "replay/sha256.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

TEST(StateHash, IsTheHashOfItsPartsOnAnyNumberOfThreads) {
    LedgerWorld world;
    RandomCommands(1, 300).steps(world, 3'000);
    ASSERT_GT(world.state().accounts.chunk_count(), 2u);
    std::string all;
    append_canonical_ledger(all, world.state());
    for (std::size_t chunk = 0; chunk < world.state().accounts.chunk_count(); ++chunk) {
        std::string bytes;
        append_canonical_chunk(bytes, world.state(), chunk);
        const Hash256 hash = sha256(bytes);
        all.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
    }
    EXPECT_EQ(hash_state(world.state()), sha256(all));
    EXPECT_EQ(hash_state(world.state(), 2), sha256(all));
    EXPECT_EQ(hash_state(world.state(), 7), sha256(all));
}

TEST(StateHash, DiffersWhenAnythingDiffers) {
    LedgerWorld world;
    world.put_account("a");
    world.grant("a", 100);
    const Hash256 before = hash_state(world.state());
    world.deduct("a", 1);
    EXPECT_NE(hash_state(world.state()), before);
    EXPECT_EQ(hash_state(*world.replayed_to(world.last().seq)), hash_state(world.state()));
}

}  // namespace
}  // namespace creditd::tests
