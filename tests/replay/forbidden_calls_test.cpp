// What must not stand anywhere in our code, because it would let RocksDB lose acknowledged events.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace creditd::tests {
namespace {

constexpr std::string_view forbidden[] = {
    "best_efforts_recovery",  // ignores the write-ahead log
    "RepairDB",               // drops what it cannot read
    "SyncWAL",                // breaks the verification of write-ahead logs before RocksDB 7.10
    "FlushWAL",               // belongs to manual_wal_flush
    "skip_checking",          // skips the check that tables are there
    "manual_wal_flush",       // these five: bugs in recovery, fixed after the version we build on
    "two_write_queues",
    "recycle_log_file_num",
    "wal_compression",
    "avoid_flush_during_recovery",
    "unordered_write",  // readers could see what is not yet durable
    "kSkipAnyCorruptedRecords",
};

std::string without_comments(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string text;
    for (std::string line; std::getline(file, line);)
        text += line.substr(0, line.find("//")) + "\n";
    return text;
}

TEST(ForbiddenCalls, StandNowhere) {
    const std::filesystem::path root = CREDITD_SOURCE_DIR;
    int files = 0;
    for (const auto* folder : {"core", "schemas", "text", "catalog", "replay", "daemon"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            const auto extension = entry.path().extension();
            if (extension != ".cpp" && extension != ".hpp") continue;
            ++files;
            const std::string text = without_comments(entry.path());
            for (const auto name : forbidden) {
                EXPECT_EQ(text.find(name), std::string::npos) << name << " in " << entry.path();
            }
        }
    }
    EXPECT_GT(files, 20);
}

}  // namespace
}  // namespace creditd::tests
