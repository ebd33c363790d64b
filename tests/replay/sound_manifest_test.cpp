// Where the sound part of RocksDB's own files ends: tried on a write-ahead log, which has the
// format of its list of files, and is longer.
#include "replay/sound_manifest.hpp"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "tests/replay/database_fixture.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

class SoundRecords : public DatabaseTest {
protected:
    /// A log of records of all lengths, many of them over a block's end.
    std::string make_log() {
        const auto database = open();
        for (std::size_t i = 0; i < 60; ++i) {
            const std::string value(1 + i * 977 % 9000, 'v');
            const auto put = database->db().Put(rocksdb::WriteOptions(),
                                                database->family("history"), "key", value);
            EXPECT_TRUE(put.ok());
        }
        for (const auto& entry : fs::directory_iterator(folder_)) {
            if (entry.path().extension() != ".log") continue;
            return read_file(entry.path(), 64 << 20).value().value();
        }
        return {};
    }
};

TEST_F(SoundRecords, EndBeforeTheDamage) {
    const std::string log = make_log();
    ASSERT_GT(log.size(), 4u * 32 * 1024);
    ASSERT_EQ(sound_record_bytes(log), log.size());
    std::size_t last = 0;
    for (std::size_t at = 0; at < log.size(); at += 61) {
        const std::size_t sound = sound_record_bytes(log.substr(0, at));
        EXPECT_LE(last, sound) << at;
        EXPECT_LE(sound, at);
        last = sound;
        std::string damaged = log;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        EXPECT_EQ(sound_record_bytes(damaged), sound) << at;
    }
    EXPECT_GT(last, log.size() - 10'000);
}

TEST_F(SoundRecords, EndBeforeWhatIsNone) {
    const std::string log = make_log();
    EXPECT_EQ(sound_record_bytes(log + std::string(300, '\x5a')), log.size());
    EXPECT_EQ(sound_record_bytes(log + std::string(40'000, '\0')), log.size());
    EXPECT_EQ(sound_record_bytes(""), 0u);
}

}  // namespace
}  // namespace creditd::tests
