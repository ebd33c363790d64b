// The database: its options, who may open it, and what it does with a damaged folder.
#include "replay/database.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/table.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <random>

#include "replay/chain.hpp"
#include "replay/files.hpp"
#include "replay/head_file.hpp"
#include "replay/rocksdb_journal.hpp"
#include "tests/replay/chain_maker.hpp"
#include "tests/replay/faulty_file_system.hpp"
#include "tests/replay/temp_folder.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
namespace fs = std::filesystem;

std::map<std::string, std::string> contents(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto changed = entry.last_write_time().time_since_epoch().count();
        files[entry.path().filename()] =
            std::to_string(changed) + read_file(entry.path(), 64 << 20).value().value_or("");
    }
    return files;
}

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

class DatabaseTest : public testing::Test {
protected:
    std::expected<std::unique_ptr<Database>, JournalError> try_open(const fs::path& folder,
                                                                    OpenMode mode) {
        DatabaseOptions options;
        options.folder = folder;
        options.mode = mode;
        return Database::open(options);
    }
    std::unique_ptr<Database> open(OpenMode mode = OpenMode::read_write) {
        auto database = try_open(folder_, mode);
        EXPECT_TRUE(database) << database.error().detail;
        return std::move(*database);
    }
    /// A journal of `blocks` blocks of ten events, made and closed.
    ChainTip make_journal(int blocks) {
        const auto database = open();
        RocksDbJournal journal(*database);
        opened(journal);
        claimed(journal);
        return fill(journal, blocks, 10);
    }

    TempFolder temp_;
    fs::path folder_ = temp_.path() / "db";
};

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
        EXPECT_TRUE(verify_chain(journal, {}, [](auto&, auto&) { return true; }));
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
        EXPECT_TRUE(verify_chain(reader, {}, [](auto&, auto&) { return true; }));
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

// --- damage --------------------------------------------------------------------------------------

class DamagedTable : public DatabaseTest {
protected:
    /// Forty blocks of eight large, incompressible events, in one table.
    void make_large_journal() {
        const auto database = open();
        RocksDbJournal journal(*database);
        opened(journal);
        claimed(journal);
        std::mt19937 random(1);
        for (int i = 0; i < 40; ++i) {
            BlockBuilder builder;
            builder.begin(journal.tip().seq.next());
            for (int j = 0; j < 8; ++j) {
                std::string event(4'000, ' ');
                for (char& c : event) c = static_cast<char>(random());
                builder.append(event);
            }
            const SealedBlock block = builder.seal(journal.tip(), test_time());
            const PersonalRow row{block.first_seq, "personal"};
            ASSERT_EQ(journal.append({&block, 1}, {&row, 1}), AppendOutcome::committed);
        }
        ASSERT_TRUE(database->flush());
    }
    void flip_bit_of_table(double where) {
        for (const auto& entry : fs::directory_iterator(folder_)) {
            if (entry.path().extension() != ".sst" || entry.file_size() < 1'000'000) continue;
            std::string bytes = read_file(entry.path(), 64 << 20).value().value();
            auto& byte = bytes[static_cast<std::size_t>(static_cast<double>(bytes.size()) * where)];
            byte = static_cast<char>(byte ^ 4);
            ASSERT_TRUE(write_file_atomically(entry.path(), bytes));
        }
    }
    /// The first bad event, as named by opening or by verifying.
    Seq named() {
        const auto database = open(OpenMode::read_only);
        RocksDbJournal journal(*database);
        if (const auto tip = journal.open(); !tip) return tip.error().seq.value_or(Seq{});
        const auto report = verify_chain(journal, {}, [](auto&, auto&) { return true; });
        EXPECT_FALSE(report);
        EXPECT_EQ(report.error().fault, JournalFault::damaged);
        return report.error().seq.value_or(Seq{});
    }
    /// What accept-loss does: all that is sound goes into a new database, with a new epoch.
    void accept_loss(Seq last) {
        const auto old_database = open(OpenMode::salvage);
        RocksDbJournal old_journal(*old_database);
        EXPECT_FALSE(RocksDbJournal(*old_database).open_up_to(Seq{last.value - 1}));
        const auto tip = old_journal.open_up_to(last);
        ASSERT_TRUE(tip) << tip.error().detail;
        const auto database = try_open(temp_.path() / "new", OpenMode::read_write);
        ASSERT_TRUE(database);
        RocksDbJournal journal(**database);
        opened(journal);
        const auto copied = journal.copy_from(old_journal);
        ASSERT_TRUE(copied) << copied.error().detail;
        EXPECT_EQ(*copied, *tip);
        EXPECT_EQ(journal.read_personal(Seq{2}).value(), "personal");
        EXPECT_EQ(claimed(journal).epoch, Epoch{2});
        fill(journal, 2, 5);
        EXPECT_TRUE(verify_chain(journal, {}, [](auto&, auto&) { return true; }));
    }
};

TEST_F(DamagedTable, IsNamedAndWhatStandsBeforeItCanBeSaved) {
    make_large_journal();
    const auto before = contents(folder_);
    flip_bit_of_table(0.5);
    const Seq bad = named();
    EXPECT_GT(bad, Seq{100});
    EXPECT_LT(bad, Seq{200});
    accept_loss(Seq{bad.value - 1});
    EXPECT_EQ(contents(folder_).size(), before.size()) << "the damaged folder stays as it is";
}

TEST_F(DamagedTable, IsNamedAlsoWhereTheJournalEnds) {
    make_large_journal();
    flip_bit_of_table(0.985);
    const Seq bad = named();
    EXPECT_GT(bad, Seq{300});
    accept_loss(Seq{bad.value - 1});
}

/// A folder as a kill leaves it: everything is still in the write-ahead log.
class DamagedDatabase : public DatabaseTest {
protected:
    DamagedDatabase() {
        const auto database = open();
        RocksDbJournal journal(*database);
        opened(journal);
        claimed(journal);
        head_ = Head{fill(journal, 50, 10)};
        fs::copy(folder_, killed_, fs::copy_options::recursive);
    }
    fs::path newest(std::string_view extension) const {
        fs::path found;
        for (const auto& entry : fs::directory_iterator(killed_)) {
            if (entry.path().extension() == extension && entry.path() > found) found = entry.path();
        }
        EXPECT_FALSE(found.empty());
        return found;
    }
    template <class Change>
    void change(const fs::path& path, const Change& edit) {
        std::string bytes = read_file(path, 64 << 20).value().value();
        edit(bytes);
        ASSERT_TRUE(write_file_atomically(path, bytes));
    }
    /// What a start says: nothing, or why it refuses.
    std::optional<JournalError> start() {
        const auto database = try_open(killed_, OpenMode::read_write);
        if (!database) return database.error();
        RocksDbJournal journal(**database);
        if (const auto tip = journal.open(); !tip) return tip.error();
        if (const auto head = check_head(head_, journal); !head) return head.error();
        const auto report = verify_chain(journal, {}, [](auto&, auto&) { return true; });
        return report ? std::nullopt : std::optional(report.error());
    }
    void expect_refused(JournalFault fault) {
        const auto refused = start();
        ASSERT_TRUE(refused);
        EXPECT_EQ(refused->fault, fault) << refused->detail;
    }

    fs::path killed_ = temp_.path() / "killed";
    Head head_;
};

TEST_F(DamagedDatabase, AKillLosesNothing) { EXPECT_EQ(start(), std::nullopt); }

TEST_F(DamagedDatabase, GarbageBehindTheLogIsAnOrdinaryCrash) {
    change(newest(".log"), [](std::string& bytes) { bytes += std::string(300, '\x5a'); });
    EXPECT_EQ(start(), std::nullopt);
}

TEST_F(DamagedDatabase, AFlippedBitInTheLogIsRefusedAndCanBeSalvaged) {
    change(newest(".log"), [](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
    expect_refused(JournalFault::damaged);
    const auto database = try_open(killed_, OpenMode::salvage);
    ASSERT_TRUE(database) << database.error().detail;
    RocksDbJournal journal(**database);
    const ChainTip tip = opened(journal);
    EXPECT_GT(tip.seq, Seq{1});
    EXPECT_LT(tip.seq, head_.tip.seq);
    EXPECT_TRUE(verify_chain(journal, {}, [](auto&, auto&) { return true; }));
}

TEST_F(DamagedDatabase, ZeroesInTheLogAreRefused) {
    change(newest(".log"), [](std::string& bytes) {
        bytes.replace(bytes.size() / 2, 4096, std::string(4096, '\0'));
    });
    EXPECT_TRUE(start());
}

TEST_F(DamagedDatabase, ACutLogIsSeenByTheHead) {
    change(newest(".log"), [](std::string& bytes) { bytes.resize(bytes.size() - 10); });
    expect_refused(JournalFault::shortened);
    EXPECT_EQ(start()->seq, Seq{head_.tip.seq.value - 9});
}

TEST_F(DamagedDatabase, ARemovedLogIsSeen) {
    fs::remove(newest(".log"));
    expect_refused(JournalFault::shortened);
    EXPECT_EQ(start()->seq, Seq{1});
}

TEST_F(DamagedDatabase, AnEmptiedLogIsSeen) {
    change(newest(".log"), [](std::string& bytes) { bytes.clear(); });
    expect_refused(JournalFault::shortened);
}

TEST_F(DamagedDatabase, AFlippedBitInATableIsNamed) {
    ASSERT_EQ(start(), std::nullopt);  // moves the log into tables
    const fs::path table = newest(".sst");
    change(table, [](std::string& bytes) { bytes[200] ^= 1; });
    const auto refused = start();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->fault, JournalFault::damaged);
    EXPECT_TRUE(refused->seq) << refused->detail;
}

TEST_F(DamagedDatabase, AMissingTableIsRefused) {
    ASSERT_EQ(start(), std::nullopt);
    fs::remove(newest(".sst"));
    EXPECT_TRUE(start());
}

}  // namespace
}  // namespace creditd::tests
