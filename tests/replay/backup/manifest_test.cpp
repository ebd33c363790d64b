#include "replay/backup/manifest.hpp"

#include <gtest/gtest.h>

#include "replay/backup/personal_rows.hpp"
#include "replay/text_lines.hpp"
#include "tests/replay/chain_maker.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
using namespace creditd::replay::backup;

// Frozen: a backup of today must be readable for ever.
constexpr std::string_view golden =
    "creditd-backup 1\n"
    "ledger a0a1a2a3a4a5a6a7a8a9aaabacadaeaf\n"
    "shard 7\n"
    "epoch 3\n"
    "seq 41\n"
    "hash 00ff000000000000000000000000000000000000000000000000000000000000\n"
    "time 1700000000000000\n"
    "checkpoint bm90ZQ==\n"
    "segment 1 30 1600000000000000 5000 "
    "1100000000000000000000000000000000000000000000000000000000000000 70 "
    "2200000000000000000000000000000000000000000000000000000000000000\n"
    "segment 31 41 1700000000000000 900 "
    "3300000000000000000000000000000000000000000000000000000000000000 0 "
    "0000000000000000000000000000000000000000000000000000000000000000\n";

Hash256 hash_of(std::uint8_t first) {
    Hash256 hash;
    hash.bytes[0] = first;
    return hash;
}

Manifest some_manifest() {
    Manifest manifest;
    manifest.tip = {test_chain(), Epoch{3}, Seq{41}, {}, test_time()};
    manifest.tip.hash.bytes[1] = 0xff;
    manifest.checkpoint = "note";
    manifest.segments = {{Seq{1},
                          Seq{30},
                          Timestamp{1'600'000'000'000'000},
                          {5'000, hash_of(0x11)},
                          {70, hash_of(0x22)}},
                         {Seq{31}, Seq{41}, test_time(), {900, hash_of(0x33)}, {}}};
    return manifest;
}

TEST(BackupManifest, GoldenText) {
    const std::string text = encode_manifest(some_manifest());
    EXPECT_EQ(text.substr(0, golden.size()), golden);
    EXPECT_EQ(text.substr(golden.size()), checksum_line(golden));
    const auto read = decode_manifest(text);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(*read, some_manifest());
    EXPECT_EQ(blocks_name(read->segments[0]),
              "segments/00000000000000000001-1100000000000000.blocks");
    EXPECT_EQ(personal_name(read->segments[0]),
              "segments/00000000000000000001-2200000000000000.personal");
}

TEST(BackupManifest, AnyFlippedBitAndAnyCutIsRefused) {
    std::string text = encode_manifest(some_manifest());
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(decode_manifest(text)) << bit;
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    }
    for (std::size_t size = 0; size < text.size(); ++size) {
        EXPECT_FALSE(decode_manifest(text.substr(0, size))) << size;
    }
    EXPECT_FALSE(decode_manifest(text + "\n"));
}

TEST(BackupManifest, AnotherVersionIsNamed) {
    std::string text(golden);
    text.replace(text.find(" 1\n"), 3, " 2\n");
    const auto read = decode_manifest(text + checksum_line(text));
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().find("newer creditd"), std::string::npos) << read.error();
    EXPECT_FALSE(decode_manifest("creditd-archive 1\n"));
}

TEST(BackupManifest, WhatCannotBeIsRefused) {
    const auto is_refused = [](auto change) {
        Manifest manifest = some_manifest();
        change(manifest);
        return !decode_manifest(encode_manifest(manifest)).has_value();
    };
    EXPECT_FALSE(is_refused([](Manifest&) {}));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments.clear(); }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments.pop_back(); }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments.erase(m.segments.begin()); }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments[1].first_seq = Seq{30}; }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments[1].first_seq = Seq{32}; }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments[0].last_seq = Seq{0}; }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments[1].last_seq = Seq{42}; }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments[1].time = Timestamp{1}; }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments[0].blocks.bytes = 0; }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.segments[0].blocks.bytes = file_bytes_max + 1; }));
    EXPECT_TRUE(is_refused([](Manifest& m) { m.tip.seq = Seq{block_format::seq_max + 1}; }));
}

TEST(BackupPersonalRows, AreReadAsTheyWereWritten) {
    std::string file;
    append_row(file, Seq{3}, "three");
    append_row(file, Seq{9}, "");
    append_row(file, Seq{1ull << 40}, std::string(5'000, 'x'));
    const auto rows = read_rows(file);
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 3u);
    EXPECT_EQ((*rows)[0].seq, Seq{3});
    EXPECT_EQ((*rows)[0].part, "three");
    EXPECT_EQ((*rows)[1].part, "");
    EXPECT_EQ((*rows)[2].part, std::string(5'000, 'x'));
    EXPECT_TRUE(read_rows("")->empty());
    for (std::size_t size = 1; size < file.size(); ++size) {
        const bool is_whole = size == 17 || size == 29;
        EXPECT_EQ(read_rows(file.substr(0, size)).has_value(), is_whole) << size;
    }
    append_row(file, Seq{4}, "again");
    EXPECT_FALSE(read_rows(file));
}

}  // namespace
}  // namespace creditd::tests
