// What a damaged folder leads to: a refusal that names the first bad event, never a smaller ledger.
#include <gtest/gtest.h>

#include <rocksdb/db.h>

#include <atomic>
#include <random>

#include "replay/head_file.hpp"
#include "tests/replay/database_fixture.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

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
        EXPECT_TRUE(is_sound(journal));
    }
};

// RocksDB ends the process where it meets damage on its own account, and would do so at each start.
TEST_F(DamagedTable, IsNotWrittenAnew) {
    std::atomic<bool> is_canceled{false};
    {
        const auto database = open();
        RocksDbJournal journal(*database);
        opened(journal);
        claimed(journal);
        std::mt19937 random(1);
        for (int i = 0; i < 300; ++i) {
            BlockBuilder builder;
            builder.begin(journal.tip().seq.next());
            builder.append("event");
            const SealedBlock block = builder.seal(journal.tip(), test_time());
            PersonalRow row{block.first_seq, std::string(5'000, ' ')};
            for (char& c : row.bytes) c = static_cast<char>(random());
            ASSERT_EQ(journal.append({&block, 1}, {&row, 1}), AppendOutcome::committed);
        }
        ASSERT_TRUE(database->rewrite("personal", is_canceled));
    }
    flip_bit_of_table(0.5);
    DatabaseOptions options;
    options.folder = folder_;
    bool is_over = false;
    options.on_fatal = [&](const std::string&) { is_over = true; };
    const auto database = Database::open(options);
    ASSERT_TRUE(database);
    const auto rewritten = (*database)->rewrite("personal", is_canceled);
    ASSERT_FALSE(rewritten);
    EXPECT_EQ(rewritten.error().fault, JournalFault::damaged) << rewritten.error().detail;
    EXPECT_TRUE((*database)->rewrite("journal", is_canceled)) << "which is sound";
    EXPECT_FALSE(is_over);
}

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
        rotate_log(*database);
        head_of_rotated_ = Head{fill(journal, 50, 10)};
        fs::copy(folder_, rotated_, fs::copy_options::recursive);
    }
    /// Begins a new write-ahead log; the older one is still needed, for a follower's family.
    static void rotate_log(const Database& database) {
        auto* const follower = database.family("history");
        ASSERT_TRUE(database.db().Put(rocksdb::WriteOptions(), follower, "key", "value").ok());
        auto* const journal = database.family("journal");
        ASSERT_TRUE(database.db().Flush(rocksdb::FlushOptions(), journal).ok());
    }
    fs::path newest(std::string_view extension) const { return newest(extension, killed_); }
    static fs::path newest(std::string_view extension, const fs::path& folder) {
        fs::path found;
        for (const auto& entry : fs::directory_iterator(folder)) {
            if (entry.path().extension() == extension && entry.path() > found) found = entry.path();
        }
        EXPECT_FALSE(found.empty());
        return found;
    }
    static fs::path manifest_of(const fs::path& folder) {
        std::string name = read_file(folder / "CURRENT", 100).value().value();
        name.pop_back();  // the line's end
        return folder / name;
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
    fs::path rotated_ = temp_.path() / "rotated";  // the same, later: with two logs
    Head head_of_rotated_;
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
    EXPECT_TRUE(is_sound(journal));
}

// RocksDB keeps a list of older logs. Told to forget it, it writes, which ends a program that
// reads.
TEST_F(DamagedDatabase, OlderLogsAreNoHindranceToSalvage) {
    const fs::path log = newest(".log", rotated_);
    ASSERT_NE(log.filename(), newest(".log").filename());
    change(log, [](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
    EXPECT_EQ(try_open(rotated_, OpenMode::read_write).error().fault, JournalFault::damaged);
    const auto database = try_open(rotated_, OpenMode::salvage);
    ASSERT_TRUE(database) << database.error().detail;
    RocksDbJournal journal(**database);
    const ChainTip tip = opened(journal);
    EXPECT_GE(tip.seq, head_.tip.seq);
    EXPECT_LT(tip.seq, head_of_rotated_.tip.seq);
    EXPECT_TRUE(is_sound(journal));
}

/// What can be read of the database whose last entry in the list of its files is torn.
TEST_F(DamagedDatabase, ATornListOfFilesIsRefusedAndCanBeSalvaged) {
    change(manifest_of(rotated_), [](std::string& bytes) { bytes.back() ^= 1; });
    const auto before = contents(rotated_);
    EXPECT_EQ(try_open(rotated_, OpenMode::read_write).error().fault, JournalFault::damaged);
    {
        const auto database = try_open(rotated_, OpenMode::salvage);
        ASSERT_TRUE(database) << database.error().detail;
        RocksDbJournal journal(**database);
        EXPECT_EQ(opened(journal), head_of_rotated_.tip);
        EXPECT_TRUE(is_sound(journal));
    }
    EXPECT_EQ(contents(rotated_), before);
}

TEST_F(DamagedDatabase, AListOfFilesThatIsDamagedEarlierShowsNoSmallerLedger) {
    const std::string bytes = read_file(manifest_of(rotated_), 64 << 20).value().value();
    std::size_t opens = 0;
    for (std::size_t at = 0; at < bytes.size(); at += 11) {
        const fs::path copy = temp_.path() / "copy";
        fs::remove_all(copy);
        fs::copy(rotated_, copy, fs::copy_options::recursive);
        change(manifest_of(copy), [at](std::string& changed) { changed[at] ^= 4; });
        const auto database = try_open(copy, OpenMode::salvage);
        if (!database) continue;
        RocksDbJournal journal(**database);
        const auto tip = journal.open_up_to(head_of_rotated_.tip.seq);
        if (tip) {
            EXPECT_EQ(*tip, head_of_rotated_.tip) << at;
        }
        ++opens;
    }
    EXPECT_GT(opens, 0u);
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
