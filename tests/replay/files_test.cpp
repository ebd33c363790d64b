#include "replay/files.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

TEST(Files, AreReplacedWholeAndLeaveNothingBehind) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "file";
    ASSERT_TRUE(write_file_atomically(path, "first, and longer"));
    ASSERT_TRUE(write_file_atomically(path, "second"));
    EXPECT_EQ(read_file(path, 100).value(), "second");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Files, ALeftOverTemporaryFileDoesNotMatter) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "file.tmp") << "from a crash, longer than what follows";
    ASSERT_TRUE(write_file_atomically(folder.path() / "file", "new"));
    EXPECT_EQ(read_file(folder.path() / "file", 100).value(), "new");
}

TEST(Files, MissingIsNothingAndTooLargeIsAnError) {
    const TemporaryFolder folder;
    EXPECT_EQ(read_file(folder.path() / "none", 100).value(), std::nullopt);
    ASSERT_TRUE(write_file_atomically(folder.path() / "file", "12345"));
    EXPECT_EQ(read_file(folder.path() / "file", 5).value(), "12345");
    EXPECT_EQ(read_file(folder.path() / "file", 4).error().code, EFBIG);
}

TEST(Files, LargeOnesAreReadWhole) {
    const TemporaryFolder folder;
    for (const std::size_t size : {0u, 65'535u, 65'536u, 65'537u, 1'000'000u}) {
        const std::string bytes(size, 'b');
        ASSERT_TRUE(write_file_atomically(folder.path() / "file", bytes));
        EXPECT_EQ(read_file(folder.path() / "file", size).value(), bytes);
        EXPECT_EQ(read_file(folder.path() / "file", size + 1).value(), bytes);
        if (size == 0) continue;
        EXPECT_FALSE(read_file(folder.path() / "file", size - 1));
    }
}

TEST(Files, ErrorsNameTheCallAndThePath) {
    const auto written = write_file_atomically("/nonexistent/file", "x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ENOENT);
    EXPECT_NE(written.error().detail.find("/nonexistent/file"), std::string::npos);
    EXPECT_FALSE(free_bytes("/nonexistent"));
    EXPECT_FALSE(sync_folder("/nonexistent"));
}

TEST(Files, FoldersAreMadeWithTheirParentsAndForTheOwnerOnly) {
    const TemporaryFolder folder;
    const DataFolder data{folder.path() / "a" / "b"};
    ASSERT_TRUE(ensure_folder(data.snapshots()));
    ASSERT_TRUE(ensure_folder(data.snapshots()));
    EXPECT_EQ(std::filesystem::status(data.snapshots()).permissions(),
              std::filesystem::perms::owner_all);
    EXPECT_GT(free_bytes(data.root).value(), 0u);
}

}  // namespace
}  // namespace creditd::tests
