// Entries: the stored bytes themselves, up to what a bundle can hold; beyond, their stand-in.
#include "replay/proof/entry.hpp"

#include <gtest/gtest.h>

#include "replay/proof/tile_tree.hpp"
#include "tests/replay/proof/trees.hpp"

namespace creditd::tests {
namespace {

using namespace proof;

TEST(Entry, IsTheEventAsStored) {
    std::string scratch;
    for (const std::size_t size : {std::size_t{1}, std::size_t{200}, entry_bytes_max}) {
        const std::string event(size, 'e');
        EXPECT_EQ(entry_of(event, scratch).data(), event.data());
        EXPECT_EQ(entry_hash(event), leaf_hash(event));
    }
}

TEST(Entry, OfALargeEventNamesItsHash) {
    const std::string event(entry_bytes_max + 1, 'e');
    std::string scratch;
    const std::string_view entry = entry_of(event, scratch);
    EXPECT_EQ(entry, "CRDLARGE" + bytes_of("0000000000010000") + as_text(replay::sha256(event)));
    EXPECT_EQ(entry_hash(event), leaf_hash(entry));
}

TEST(Entry, IsBundledBehindItsLength) {
    std::string bundle;
    append_bundled(bundle, "abc");
    append_bundled(bundle, std::string(300, 'x'));
    EXPECT_EQ(bundle, bytes_of("0003") + "abc" + bytes_of("012c") + std::string(300, 'x'));
    bundle.clear();
    append_bundled(bundle, std::string(100'000, 'x'));
    EXPECT_EQ(bundle.size(), 2U + 8 + 8 + 32);
}

TEST(Entry, TheFirstEventHasIndexZero) {
    EXPECT_EQ(index_of(Seq{1}), 0U);
    EXPECT_EQ(seq_of(0), Seq{1});
}

}  // namespace
}  // namespace creditd::tests
