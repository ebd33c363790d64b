// A damaged snapshot is never used: whichever byte is another, is missing or is too many.
#include "replay/snapshot_reader.hpp"

#include <fstream>

#include "tests/replay/snapshot_fixture.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

/// A small snapshot, whose every byte is damaged in turn.
class DamagedSnapshot : public SnapshotTest {
protected:
    void SetUp() override {
        LedgerWorld world;
        RandomCommands(3, 70).steps(world, 900);
        SnapshotWriter writer(options());
        const SnapshotResult result = write(world, writer);
        ASSERT_TRUE(result.is_good()) << result.failure;
        path_ = path_of(result.seq);
        std::ifstream in(path_, std::ios::binary);
        bytes_.assign(std::istreambuf_iterator<char>(in), {});
    }
    void rewrite(const std::string& bytes) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    }
    void expect_damaged(const std::string& what) {
        const auto loaded = load_snapshot(path_, 1);
        ASSERT_FALSE(loaded) << what;
        EXPECT_EQ(loaded.error().fault, JournalFault::damaged) << what;
    }
    std::filesystem::path path_;
    std::string bytes_;
};

TEST_F(DamagedSnapshot, AFlippedBitAnywhereIsFound) {
    ASSERT_TRUE(verify_snapshot(path_));
    // Every byte of the header and of the footer, and a hundred in between.
    const std::size_t step = bytes_.size() / 100 + 1;
    const std::size_t footer = bytes_.size() - 80;
    for (std::size_t i = 0; i < bytes_.size();
         i += i < 160 || i >= footer ? 1 : std::min(step, footer - i)) {
        std::string changed = bytes_;
        changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
        rewrite(changed);
        expect_damaged("byte " + std::to_string(i));
    }
}

TEST_F(DamagedSnapshot, ACutOrAnAdditionIsFound) {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{50}, std::size_t{128}, std::size_t{200}, bytes_.size() / 2,
          bytes_.size() - 80, bytes_.size() - 1}) {
        rewrite(bytes_.substr(0, size));
        expect_damaged("cut to " + std::to_string(size));
    }
    rewrite(bytes_ + "x");
    expect_damaged("a byte more");
    EXPECT_FALSE(verify_snapshot(path_));
}

TEST_F(DamagedSnapshot, SwappedRecordsAreFound) {
    // Two chunks of the same ledger, each sound in itself, in the other's place.
    LedgerWorld world;
    for (int i = 0; i < 128; ++i) world.put_account("a" + std::to_string(100 + i));
    SnapshotWriter writer(options());
    const SnapshotResult result = write(world, writer);
    path_ = path_of(result.seq);
    std::ifstream in(path_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
    RecordHeadBytes head{};
    std::size_t at = 128;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (int i = 0; i < 3; ++i) {
        bytes_.copy(head.data(), head.size(), at);
        const std::size_t size = head.size() + decode_record_head(head).body_bytes;
        places.emplace_back(at, size);
        at += size;
    }
    const std::string first = bytes_.substr(places[1].first, places[1].second);
    const std::string second = bytes_.substr(places[2].first, places[2].second);
    rewrite(bytes_.substr(0, places[1].first) + second + first +
            bytes_.substr(places[2].first + places[2].second));
    expect_damaged("swapped");
}

TEST_F(DamagedSnapshot, CountsThatTheFileHasNoRoomForAreNotBelieved) {
    // With sound checksums, as a program that is wrong would write them.
    HeaderBytes bytes{};
    bytes_.copy(bytes.data(), bytes.size());
    for (const std::uint32_t chunks : {0u, 2u, 0xffff'ffffu}) {
        SnapshotHeader header = decode_header(bytes).value();
        ASSERT_NE(header.chunks, chunks);
        header.chunks = chunks;
        rewrite(std::string(view_of(encode_header(header))) + bytes_.substr(bytes.size()));
        expect_damaged(std::to_string(chunks) + " chunks");
    }
}

TEST_F(DamagedSnapshot, AMissingFileIsAnErrorOfItsOwn) {
    std::filesystem::remove(path_);
    EXPECT_EQ(load_snapshot(path_).error().fault, JournalFault::io);
    EXPECT_EQ(read_snapshot_header(path_).error().fault, JournalFault::io);
}

}  // namespace
}  // namespace creditd::tests
