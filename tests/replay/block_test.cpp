#include "replay/block.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "replay/crc32c.hpp"
#include "replay/sha256.hpp"
#include "tests/replay/chain_maker.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

// Frozen: whoever has to change these has broken every journal in the world.
constexpr std::string_view golden_block =
    "4352444201000000a0a1a2a3a4a5a6a7a8a9aaabacadaeaf07000000020000000100000000000000020000000000"
    "0000e8431e18240a06001b000000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "2d3999ad090000006576656e7420322e2e0a0000006576656e7420332e2e2e";
constexpr std::string_view golden_block_hash =
    "3c8648ea555a15628ab14d65394818d8ec19ef5ecdc19d08f35801900ccee3c6";
constexpr std::string_view golden_claim =
    "4352444201000100a0a1a2a3a4a5a6a7a8a9aaabacadaeaf07000000010000000100000000000000010000000000"
    "00000040"
    "1e18240a0600100000000000000000000000000000000000000000000000000000000000000000000000"
    "36d1172b0c000000636c61696d20312061742031";
constexpr std::string_view golden_claim_hash =
    "bedf47f9c0ac1ff9e846684b638f91abc51b1a84c10c37c8efaebc644e6322ba";

std::string hex(std::string_view bytes) {
    return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

ChainTip tip_before_golden() {
    ChainTip tip{test_chain(), Epoch{1}, Seq{1}, {}, test_time()};
    for (std::size_t i = 0; i < 32; ++i) tip.hash.bytes[i] = static_cast<std::uint8_t>(i);
    return tip;
}

/// A sound block with `change` applied to its bytes and the checksum made right again.
template <class Change>
std::expected<BlockView, BlockError> parse_changed(std::string bytes, const Change& change) {
    static std::string kept;
    change(bytes);
    const auto view = std::string_view(bytes);
    const std::uint32_t crc = crc32c(view.substr(96), crc32c(view.substr(0, 92)));
    std::memcpy(bytes.data() + 92, &crc, sizeof crc);
    kept = std::move(bytes);
    return BlockView::parse(kept);
}

TEST(Block, GoldenBytes) {
    const SealedBlock block = block_after(tip_before_golden(), 2);
    EXPECT_EQ(hex(block.bytes), golden_block);
    EXPECT_EQ(to_hex(block.tip.hash.bytes), golden_block_hash);
    const SealedBlock claim = claim_after({});
    EXPECT_EQ(hex(claim.bytes), golden_claim);
    EXPECT_EQ(to_hex(claim.tip.hash.bytes), golden_claim_hash);
}

TEST(Block, IsReadAsItWasWritten) {
    const ChainTip before = tip_before_golden();
    const SealedBlock sealed = block_after(before, 100);
    const auto block = BlockView::parse(sealed.bytes);
    ASSERT_TRUE(block);
    const BlockHeader& header = block->header();
    EXPECT_EQ(header.chain, test_chain());
    EXPECT_FALSE(header.is_claim);
    EXPECT_EQ(header.epoch, Epoch{1});
    EXPECT_EQ(header.count, 100u);
    EXPECT_EQ(header.prev_hash, before.hash);
    EXPECT_EQ(block->first_seq(), Seq{2});
    EXPECT_EQ(block->last_seq(), Seq{101});
    EXPECT_EQ(block->tip(block->hash()), sealed.tip);
    Seq seq = block->first_seq();
    for (const std::string_view event : *block) {
        EXPECT_EQ(event, test_event(seq));
        EXPECT_EQ(block->event(seq), event);
        seq = seq.next();
    }
    EXPECT_EQ(seq, Seq{102});
    EXPECT_EQ(block->event(Seq{1}), std::nullopt);
    EXPECT_EQ(block->event(Seq{102}), std::nullopt);
}

TEST(Block, AnyFlippedBitIsRefused) {
    const SealedBlock sealed = block_after(tip_before_golden(), 20);
    std::string bytes = sealed.bytes;
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(BlockView::parse(bytes)) << "bit " << bit;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    }
    EXPECT_TRUE(BlockView::parse(bytes));
}

TEST(Block, AnyCutAndAnyAdditionIsRefused) {
    const std::string whole = block_after(tip_before_golden(), 3).bytes;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // In a buffer of just that size, so that a sanitizer sees any read beyond it.
        const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<long>(size));
        EXPECT_FALSE(BlockView::parse({cut.data(), cut.size()})) << size;
    }
    EXPECT_EQ(BlockView::parse(whole + "x").error(), BlockError::wrong_size);
}

TEST(Block, WhatThisVersionDoesNotKnowIsRefused) {
    const std::string sound = block_after(tip_before_golden(), 2).bytes;
    const auto parse_with = [&](std::size_t offset, int value) {
        return parse_changed(sound,
                             [&](std::string& bytes) { bytes[offset] = static_cast<char>(value); });
    };
    EXPECT_EQ(parse_with(0, 'X').error(), BlockError::bad_magic);
    EXPECT_EQ(parse_with(4, 2).error(), BlockError::unknown_format);
    EXPECT_EQ(parse_with(6, 2).error(), BlockError::unknown_flags);
    EXPECT_EQ(parse_with(7, 0x80).error(), BlockError::unknown_flags);
    EXPECT_EQ(parse_with(26, 1).error(), BlockError::bad_header) << "reserved";
    EXPECT_EQ(parse_with(6, 1).error(), BlockError::bad_header) << "a claim of two events";
    EXPECT_EQ(parse_with(32, 0).error(), BlockError::bad_header) << "epoch 0";
    EXPECT_EQ(parse_with(40, 0).error(), BlockError::bad_header) << "seq 0";
    EXPECT_EQ(parse_with(47, 1).error(), BlockError::bad_header) << "seq beyond 48 bits";
    EXPECT_EQ(parse_with(28, 0).error(), BlockError::bad_header) << "no events";
    EXPECT_EQ(parse_with(28, 1).error(), BlockError::bad_events) << "more events than it says";
    EXPECT_EQ(parse_with(28, 3).error(), BlockError::bad_events) << "fewer events than it says";
    EXPECT_EQ(parse_with(31, 0xff).error(), BlockError::bad_events);
    EXPECT_EQ(parse_with(96, 0).error(), BlockError::bad_events) << "an empty event";
    EXPECT_EQ(parse_with(96, 0xff).error(), BlockError::bad_events);
    EXPECT_EQ(parse_with(99, 0xff).error(), BlockError::bad_events) << "a length beyond the body";
    EXPECT_EQ(parse_with(56, 1).error(), BlockError::wrong_size);
    EXPECT_TRUE(parse_changed(sound, [](std::string&) {}));
}

TEST(Block, EveryErrorSaysWhatIsWrong) {
    for (int error = 0; error <= static_cast<int>(BlockError::bad_events); ++error) {
        EXPECT_FALSE(describe(static_cast<BlockError>(error)).empty());
    }
}

TEST(BlockBuilder, IsFullAtTheTargetAndTakesOneLargestEventMore) {
    BlockBuilder builder;
    builder.begin(Seq{2});
    EXPECT_EQ(builder.bytes(), block_format::header_bytes);
    while (!builder.is_full()) builder.append(std::string(1'000, 'e'));
    EXPECT_GE(builder.bytes(), limits::block_bytes_target);
    EXPECT_LT(builder.bytes(), limits::block_bytes_target + 1'100);
    EXPECT_TRUE(builder.fits(limits::event_bytes_max));
    EXPECT_FALSE(builder.fits(limits::event_bytes_max + 1));
    builder.append(std::string(limits::event_bytes_max, 'e'));
    EXPECT_FALSE(builder.fits(limits::event_bytes_max));
    const SealedBlock block = builder.seal(tip_before_golden(), test_time());
    EXPECT_TRUE(BlockView::parse(block.bytes));
}

TEST(BlockBuilder, ReusesTheBufferItGetsBack) {
    BlockBuilder builder;
    builder.begin(Seq{2});
    builder.append("one");
    SealedBlock block = builder.seal(tip_before_golden(), test_time());
    const ChainTip tip = block.tip;
    const char* buffer = block.bytes.data();
    builder.reuse(std::move(block.bytes));
    builder.begin(Seq{3});
    builder.append("two");
    block = builder.seal(tip, test_time());
    EXPECT_EQ(block.bytes.data(), buffer);
    const auto view = BlockView::parse(block.bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->event(Seq{3}), "two");
}

TEST(BlockBuilderDeathTest, AssertsItsOrder) {
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    BlockBuilder builder;
    EXPECT_DEATH(builder.append("event"), "assertion failed");
    builder.begin(Seq{2});
    EXPECT_DEATH(builder.append(""), "assertion failed");
    EXPECT_DEATH(builder.seal(tip_before_golden(), test_time()), "assertion failed");
    builder.append("event");
    EXPECT_DEATH(builder.begin(Seq{3}), "assertion failed");
    ChainTip elsewhere = tip_before_golden();
    elsewhere.seq = Seq{9};
    EXPECT_DEATH(builder.seal(elsewhere, test_time()), "assertion failed");
}

}  // namespace
}  // namespace creditd::tests
