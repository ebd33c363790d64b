// Power cuts on real RocksDB, over a disk in memory: whatever was acknowledged is there after the
// next start, with the same bytes; nothing is there twice; the followers say of all of it what is
// so. CREDITD_POWER_CUTS sets how many cuts, CREDITD_POWER_CUT_SEED the first seed.
#include <cstdlib>
#include <iostream>

#include "tests/replay/power_cut_world.hpp"

namespace creditd::tests {
namespace {

constexpr std::uint64_t lives_of_one_ledger = 25;

std::uint64_t setting(const char* name, std::uint64_t initial) {
    const char* const text = std::getenv(name);
    return text == nullptr ? initial : std::stoull(text);
}

void add(PowerCutReport& sum, const PowerCutReport& one) {
    sum.cuts += one.cuts;
    sum.cuts_while_opening += one.cuts_while_opening;
    sum.refused += one.refused;
    sum.salvaged += one.salvaged;
    sum.appends += one.appends;
    sum.brought_back += one.brought_back;
    sum.lost += one.lost;
    sum.doubled += one.doubled;
    sum.behind += one.behind;
    sum.bytes.bytes_lost += one.bytes.bytes_lost;
    sum.bytes.bytes_torn += one.bytes.bytes_torn;
    sum.bytes.names_lost += one.bytes.names_lost;
}

void print(const PowerCutReport& sum) {
    std::cout << sum.cuts << " cuts (" << sum.cuts_while_opening << " while opening), "
              << sum.appends << " acknowledged appends, " << sum.lost << " lost, " << sum.doubled
              << " doubled, " << sum.behind << " followers wrong, " << sum.brought_back
              << " unacknowledged appends there whole, " << sum.refused << " starts refused, "
              << sum.salvaged << " of them salvaged; " << sum.bytes.bytes_lost << " bytes and "
              << sum.bytes.names_lost << " changes of names lost, " << sum.bytes.bytes_torn
              << " bytes torn\n";
}

PowerCutReport run(std::uint64_t cuts, bool tears) {
    PowerCutReport sum;
    for (std::uint64_t seed = setting("CREDITD_POWER_CUT_SEED", 1); sum.cuts < cuts; ++seed) {
        PowerCutWorld world(seed, tears);
        for (std::uint64_t i = 0; i < lives_of_one_ledger && world.live(); ++i) {
        }
        add(sum, world.report());
        if (testing::Test::HasFailure()) {
            std::cout << "seed " << seed << '\n';
            break;
        }
    }
    print(sum);
    return sum;
}

TEST(PowerCut, LosesNothingThatWasAcknowledged) {
    const PowerCutReport sum = run(setting("CREDITD_POWER_CUTS", 200), false);
    EXPECT_EQ(sum.lost, 0u);
    EXPECT_EQ(sum.doubled, 0u);
    EXPECT_EQ(sum.behind, 0u);
    EXPECT_EQ(sum.refused, 0u);
    EXPECT_GT(sum.appends, 3 * sum.cuts);
    EXPECT_GT(sum.brought_back, 0u);
    EXPECT_GT(sum.bytes.bytes_lost, 0u);
}

/// Sectors of a tail that was never synced may be missing before others that are there. A start may
/// refuse that, and name it; then all that was acknowledged can be salvaged.
TEST(PowerCut, LosesNothingToTornSectors) {
    const PowerCutReport sum = run(setting("CREDITD_POWER_CUTS", 200) / 2, true);
    EXPECT_EQ(sum.lost, 0u);
    EXPECT_EQ(sum.doubled, 0u);
    EXPECT_EQ(sum.behind, 0u);
    EXPECT_EQ(sum.salvaged, sum.refused);
    EXPECT_GT(sum.bytes.bytes_torn, 0u);
}

}  // namespace
}  // namespace creditd::tests
