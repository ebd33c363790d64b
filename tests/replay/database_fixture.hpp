// A database in a folder of its own, for the tests of opening it and of damaging it.
// Opens it as asked, makes journals in it, and tells whether its files have changed.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "replay/chain.hpp"
#include "replay/database.hpp"
#include "replay/files.hpp"
#include "replay/rocksdb_journal.hpp"
#include "tests/replay/chain_maker.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {

namespace fs = std::filesystem;

/// Every file of a folder: when it was written, and what it holds.
inline std::map<std::string, std::string> contents(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto changed = entry.last_write_time().time_since_epoch().count();
        files[entry.path().filename()] =
            std::to_string(changed) +
            replay::read_file(entry.path(), 64 << 20).value().value_or("");
    }
    return files;
}

inline bool is_sound(const replay::Journal& journal) {
    const auto go_on = [](const replay::BlockView&, const replay::ChainTip&) { return true; };
    return verify_chain(journal, {}, go_on).has_value();
}

class DatabaseTest : public testing::Test {
protected:
    std::expected<std::unique_ptr<replay::Database>, replay::JournalError> try_open(
        const fs::path& folder, replay::OpenMode mode) {
        replay::DatabaseOptions options;
        options.folder = folder;
        options.mode = mode;
        return replay::Database::open(options);
    }
    std::unique_ptr<replay::Database> open(replay::OpenMode mode = replay::OpenMode::read_write) {
        auto database = try_open(folder_, mode);
        EXPECT_TRUE(database) << database.error().detail;
        return std::move(*database);
    }
    /// A journal of `blocks` blocks of ten events, made and closed.
    replay::ChainTip make_journal(int blocks) {
        const auto database = open();
        replay::RocksDbJournal journal(*database);
        opened(journal);
        claimed(journal);
        return fill(journal, blocks, 10);
    }

    TemporaryFolder temp_;
    fs::path folder_ = temp_.path() / "db";
};

}  // namespace creditd::tests
