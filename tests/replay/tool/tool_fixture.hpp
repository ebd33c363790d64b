// A ledger's data folder on disk, as the daemon leaves it, and creditd-replay run on it as a
// process of its own: what it printed and what it returned.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "replay/database.hpp"
#include "replay/files.hpp"
#include "replay/head_file.hpp"
#include "replay/rocksdb_journal.hpp"
#include "tests/support/ledger_world.hpp"
#include "tests/support/random_commands.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {

struct ToolRun {
    int exit = -1;
    std::string out;
    std::string err;
};

class ToolTest : public testing::Test {
protected:
    /// Random work by a daemon that has been killed: everything is in the write-ahead log.
    void make_ledger(std::size_t steps = 1'500) {
        RandomCommands(17, 80).steps(world_, steps);
        store_ledger();
    }
    /// What the world holds, as the data folder of such a daemon.
    void store_ledger() { tip_ = store(world_, data_.root); }
    replay::ChainTip store(LedgerWorld& world, const std::filesystem::path& root,
                           std::size_t block_events = 7) {
        const replay::DataFolder live{root.string() + ".live"};
        replay::DatabaseOptions options;
        options.folder = live.database();
        auto database = replay::Database::open(options);
        EXPECT_TRUE(database) << database.error().detail;
        replay::RocksDbJournal journal(**database);
        EXPECT_TRUE(journal.open());
        world.append_to(journal, block_events);
        EXPECT_TRUE(replay::write_head(live.head(), replay::Head{journal.tip()}));
        std::filesystem::copy(live.root, root, std::filesystem::copy_options::recursive);
        return journal.tip();
    }
    /// Moves the log into tables, as the next start of a daemon would.
    void start_and_stop() {
        replay::DatabaseOptions options;
        options.folder = data_.database();
        auto database = replay::Database::open(options);
        ASSERT_TRUE(database) << database.error().detail;
        ASSERT_TRUE((*database)->flush());
    }

    ToolRun run(const std::string& arguments) const {
        const std::filesystem::path out = temp_.path() / "out";
        const std::filesystem::path err = temp_.path() / "err";
        const std::string command = std::string(CREDITD_REPLAY_PROGRAM) + " " + arguments + " >" +
                                    out.string() + " 2>" + err.string() + " </dev/null";
        const int status = std::system(command.c_str());
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(out), contents(err)};
    }
    std::string folder() const { return data_.root.string(); }

    static std::string contents(const std::filesystem::path& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    template <class Edit>
    static void edit(const std::filesystem::path& path, const Edit& change) {
        std::string bytes = contents(path);
        change(bytes);
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    }
    /// The newest file of this kind in the database.
    std::filesystem::path newest(std::string_view extension) const {
        std::filesystem::path found;
        for (const auto& entry : std::filesystem::directory_iterator(data_.database())) {
            if (entry.path().extension() == extension && entry.path() > found) found = entry.path();
        }
        EXPECT_FALSE(found.empty());
        return found;
    }
    /// RocksDB's list of its files.
    std::filesystem::path manifest() const {
        std::string name = contents(data_.database() / "CURRENT");
        name.pop_back();  // the line's end
        return data_.database() / name;
    }
    /// The whole-number member of a JSON answer; 0 where it is missing.
    static std::uint64_t member(const std::string& json, const std::string& name) {
        const auto at = json.find("\"" + name + "\":");
        return at == json.npos ? 0
                               : std::strtoull(json.c_str() + at + name.size() + 3, nullptr, 10);
    }

    TemporaryFolder temp_;
    replay::DataFolder data_{temp_.path() / "data"};
    LedgerWorld world_;
    replay::ChainTip tip_{};
};

}  // namespace creditd::tests
