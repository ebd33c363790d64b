// The database: its options, and who may open it. What it does with damage: database_damage_test.
#include "replay/database.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/table.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/replay/database_fixture.hpp"
#include "tests/replay/faulty_file_system.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
/// Names of the files that differ, come or go between two looks.
std::vector<std::string> changed(std::map<std::string, std::string> before,
                                 const std::map<std::string, std::string>& after) {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : after) {
        const auto old = before.find(name);
        if (old == before.end() || old->second != bytes) names.push_back(name);
        if (old != before.end()) before.erase(old);
    }
    for (const auto& [name, bytes] : before) names.push_back(name);
    return names;
}

TEST_F(DatabaseTest, IsOpenedWithTheOptionsThatKeepPromises) {
    const auto database = open();
    const auto options = database->db().GetDBOptions();
    EXPECT_EQ(options.wal_recovery_mode, rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords);
    EXPECT_TRUE(options.paranoid_checks);
    EXPECT_TRUE(options.flush_verify_memtable_count);
    EXPECT_TRUE(options.verify_sst_unique_id_in_manifest);
    EXPECT_TRUE(options.track_and_verify_wals_in_manifest);
    EXPECT_EQ(options.max_bgerror_resume_count, 0);
    EXPECT_FALSE(options.manual_wal_flush || options.two_write_queues ||
                 options.avoid_flush_during_recovery || options.unordered_write ||
                 options.best_efforts_recovery);
    EXPECT_EQ(options.recycle_log_file_num, 0u);
    EXPECT_EQ(options.wal_compression, rocksdb::kNoCompression);
    EXPECT_EQ(options.write_buffer_manager->buffer_size(), database_write_buffer_bytes);
    for (const auto* name : {"journal", "personal", "history", "accounts", "keys"}) {
        const auto family = database->db().GetOptions(database->family(name));
        EXPECT_TRUE(family.paranoid_file_checks) << name;
        EXPECT_TRUE(family.force_consistency_checks) << name;
        EXPECT_EQ(family.memtable_protection_bytes_per_key, 8u) << name;
        EXPECT_EQ(family.compression, rocksdb::kZSTD) << name;
        const auto* table = family.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>();
        EXPECT_TRUE(table->cache_index_and_filter_blocks) << name;
        EXPECT_EQ(table->block_cache->GetCapacity(), database_cache_bytes) << name;
        EXPECT_EQ(table->filter_policy != nullptr, std::string_view(name) == "keys") << name;
    }
}

TEST_F(DatabaseTest, AFollowersHookHasTheLastWord) {
    DatabaseOptions options;
    options.folder = folder_;
    options.followers = {{"mine", 0, [](rocksdb::ColumnFamilyOptions& family) {
                              family.write_buffer_size = 1234567;
                          }}};
    auto database = Database::open(options);
    ASSERT_TRUE(database);
    auto& db = (*database)->db();
    EXPECT_EQ(db.GetOptions((*database)->family("mine")).write_buffer_size, 1234567u);
    database->reset();
    // Whoever does not know the family must be able to open the database all the same.
    EXPECT_TRUE(open()->has_family("mine"));
    EXPECT_TRUE(open(OpenMode::read_only)->has_family("mine"));
}

TEST_F(DatabaseTest, ReadOnlyChangesNothingInTheFolder) {
    const ChainTip tip = make_journal(20);
    const auto before = contents(folder_);
    {
        const auto database = open(OpenMode::read_only);
        RocksDbJournal journal(*database);
        EXPECT_EQ(opened(journal), tip);
        EXPECT_TRUE(is_sound(journal));
        EXPECT_FALSE(journal.claim(test_chain(), test_time(), claim_event));
    }
    EXPECT_THAT(changed(before, contents(folder_)), testing::IsEmpty());
    EXPECT_FALSE(try_open(temp_.path() / "none", OpenMode::read_only));
    EXPECT_FALSE(fs::exists(temp_.path() / "none"));
}

TEST_F(DatabaseTest, AFolderInUseIsRefusedUnlessLive) {
    const auto database = open();
    RocksDbJournal journal(*database);
    opened(journal);
    claimed(journal);
    const ChainTip tip = fill(journal, 3, 10);
    EXPECT_TRUE(is_in_use(folder_).value());
    for (const auto mode : {OpenMode::read_write, OpenMode::read_only, OpenMode::salvage}) {
        const auto refused = try_open(folder_, mode);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().fault, JournalFault::in_use);
    }
    const auto before = contents(folder_);
    {
        const auto live = open(OpenMode::live);
        RocksDbJournal reader(*live);
        EXPECT_EQ(opened(reader), tip);
        EXPECT_TRUE(is_sound(reader));
    }
    // The writer's own log is its own affair.
    const auto names = changed(before, contents(folder_));
    EXPECT_THAT(names, testing::AnyOf(testing::IsEmpty(), testing::ElementsAre("LOG")));
    fill(journal, 1, 10);
}

TEST_F(DatabaseTest, AnotherProcessIsSeenByItsLock) {
    make_journal(1);
    EXPECT_FALSE(is_in_use(folder_).value());
    int ready[2];
    int done[2];
    ASSERT_EQ(pipe(ready) + pipe(done), 0);
    const pid_t child = fork();
    if (child == 0) {
        struct flock lock{};
        lock.l_type = F_WRLCK;
        const int file = ::open((folder_ / "LOCK").c_str(), O_RDWR);
        const char answer = ::fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
        char byte = 0;
        if (write(ready[1], &answer, 1) == 1 && read(done[0], &byte, 1) >= 0) _exit(0);
        _exit(1);
    }
    char answer = 0;
    ASSERT_EQ(read(ready[0], &answer, 1), 1);
    EXPECT_EQ(answer, 'y');
    EXPECT_TRUE(is_in_use(folder_).value());
    const auto refused = try_open(folder_, OpenMode::read_only);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, JournalFault::in_use);
    ASSERT_EQ(write(done[1], "x", 1), 1);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_FALSE(is_in_use(folder_).value());
    open();
}

TEST_F(DatabaseTest, ABackgroundErrorStopsTheProcess) {
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    DatabaseOptions options;
    options.folder = folder_;
    const auto file_system = std::make_shared<FaultyFileSystem>();
    const auto env = rocksdb::NewCompositeEnv(file_system);
    options.env = env.get();
    const auto fail = [&] {
        const auto database = Database::open(options);
        RocksDbJournal journal(**database);
        opened(journal);
        file_system->fail_next(LogFault::sync);
        claimed(journal);
    };
    EXPECT_DEATH(fail(), "the database failed, stopping");
}

}  // namespace
}  // namespace creditd::tests
