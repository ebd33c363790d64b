// The commands of creditd-replay that change a folder: snapshot, rebuild, accept-loss.
#include <rocksdb/db.h>

#include "replay/chain.hpp"
#include "replay/proof/checkpoint.hpp"
#include "replay/recovery.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/state_hash.hpp"
#include "tests/replay/tool/tool_fixture.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
namespace fs = std::filesystem;

class ChangeTest : public ToolTest {
protected:
    void SetUp() override { make_ledger(); }

    /// What a start of the daemon would find; the head is checked too.
    std::expected<Recovered, JournalError> start() {
        DatabaseOptions options;
        options.folder = data_.database();
        auto database = Database::open(options);
        if (!database) return std::unexpected(database.error());
        RocksDbJournal journal(**database);
        if (const auto opened = journal.open(); !opened) return std::unexpected(opened.error());
        const auto head = read_head(data_.head());
        if (!head) return std::unexpected(head.error());
        if (const auto checked = check_head(*head, journal); !checked) {
            return std::unexpected(checked.error());
        }
        return recover(journal, data_.snapshots());
    }
    /// The end of some block, not far from `seq`.
    Seq block_end_near(std::uint64_t seq) {
        DatabaseOptions options;
        options.folder = data_.database();
        options.mode = OpenMode::salvage;
        const auto database = Database::open(options);
        RocksDbJournal journal(**database);
        EXPECT_TRUE(journal.open());
        return peek_header(journal.read_block(Seq{seq})->value())->last_seq();
    }
};

TEST_F(ChangeTest, ASnapshotFromTheLogIsUsedByTheNextStart) {
    const ToolRun run = this->run("snapshot --json " + folder());
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_EQ(member(run.out, "seq"), tip_.seq.value);
    const auto recovered = start();
    ASSERT_TRUE(recovered) << recovered.error().detail;
    EXPECT_EQ(recovered->report.snapshot, tip_.seq);
    EXPECT_EQ(hash_state(*recovered->state), hash_state(world_.state()));
    EXPECT_EQ(this->run("snapshot " + folder()).exit, 0) << "again is fine";
}

TEST_F(ChangeTest, RebuildDeletesWhatIsDerivedAndNothingElse) {
    ASSERT_EQ(run("snapshot " + folder()).exit, 0);
    ASSERT_TRUE(start());
    EXPECT_EQ(run("rebuild " + folder()).exit, 2) << "nobody is there to confirm";
    EXPECT_EQ(list_snapshots(data_.snapshots()).size(), 1u);
    const ToolRun run = this->run("rebuild --yes " + folder());
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_TRUE(list_snapshots(data_.snapshots()).empty());
    std::vector<std::string> families;
    ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, data_.database().string(), &families).ok());
    EXPECT_EQ(families, (std::vector<std::string>{"default", "journal", "personal"}));
    EXPECT_EQ(this->run("verify " + folder()).exit, 0);
    const auto recovered = start();
    ASSERT_TRUE(recovered) << recovered.error().detail;
    EXPECT_EQ(hash_state(*recovered->state), hash_state(world_.state()));
}

TEST_F(ChangeTest, AcceptLossGoesOnInANewEpoch) {
    ASSERT_EQ(run("snapshot " + folder()).exit, 0);
    const Seq to = block_end_near(tip_.seq.value / 2);
    const std::string arguments = "accept-loss --to " + std::to_string(to.value) + " " + folder();
    EXPECT_EQ(run(arguments).exit, 2) << "nobody is there to confirm";
    EXPECT_EQ(run("accept-loss --yes --to " + std::to_string(to.value - 1) + " " + folder()).exit,
              3)
        << "not the end of a block";
    EXPECT_EQ(run("verify " + folder()).exit, 0) << "nothing was done so far";

    // The log has signed all of it.
    const std::vector<proof::SignerKey> keys{proof::SignerKey::make("log.example/a")};
    const std::string note = proof::sign_checkpoint({"log.example/a", {tip_.seq.value, {}}}, keys);
    ASSERT_TRUE(write_file_atomically(data_.root / "proof.key", keys[0].text() + '\n'));
    ASSERT_TRUE(write_file_atomically(data_.root / "proof.checkpoint", note));

    const ToolRun run = this->run(arguments + " --yes --json");
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_NE(run.out.find("\"new_log_key\":true"), std::string::npos) << run.out;
    for (const char* name : {"proof.key", "proof.checkpoint"}) {
        EXPECT_FALSE(fs::exists(data_.root / name));
        EXPECT_TRUE(fs::exists(data_.root / (name + (".lost-after-" + std::to_string(to.value)))));
    }
    EXPECT_EQ(member(run.out, "epoch"), 2u);
    EXPECT_EQ(member(run.out, "claim_seq"), to.value + 1);
    EXPECT_EQ(member(run.out, "known_to"), tip_.seq.value);
    EXPECT_TRUE(list_snapshots(data_.snapshots()).empty());
    EXPECT_EQ(this->run("verify " + folder()).exit, 0);
    const auto recovered = start();
    ASSERT_TRUE(recovered) << recovered.error().detail;
    EXPECT_EQ(recovered->tip.epoch, Epoch{2});
    EXPECT_EQ(recovered->state->head.seq, to.next());
    EXPECT_EQ(recovered->state->head.epoch, Epoch{2});
    EXPECT_TRUE(fs::exists(data_.root / ("db.lost-after-" + std::to_string(to.value))));
}

TEST_F(ChangeTest, AcceptLossIsTheWayOnAfterARemovedLog) {
    start_and_stop();
    // More work, which stays in the log, and then the log is gone.
    {
        DatabaseOptions options;
        options.folder = data_.database();
        auto database = Database::open(options);
        RocksDbJournal journal(**database);
        ASSERT_TRUE(journal.open());
        const auto claim = [](Epoch epoch, Seq seq, Timestamp time) {
            return encode_claim(epoch, seq, time);
        };
        ASSERT_TRUE(journal.claim(world_.chain(), Timestamp{1}, claim));
        ASSERT_TRUE(write_head(data_.head(), Head{journal.tip()}));
        fs::copy(data_.database(), temp_.path() / "copy", fs::copy_options::recursive);
    }
    fs::remove_all(data_.database());
    fs::rename(temp_.path() / "copy", data_.database());
    fs::remove(newest(".log"));
    const auto refused = start();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, JournalFault::shortened);
    EXPECT_EQ(refused.error().seq, tip_.seq.next());

    const std::string to = std::to_string(tip_.seq.value);
    ASSERT_EQ(run("accept-loss --yes --to " + to + " " + folder()).exit, 0);
    const auto recovered = start();
    ASSERT_TRUE(recovered) << recovered.error().detail;
    EXPECT_EQ(recovered->tip.seq, tip_.seq.next());
}

// As a power cut may leave RocksDB's list of its files: then no event is lost.
TEST_F(ChangeTest, AcceptLossIsTheWayOnAfterATornListOfFiles) {
    edit(manifest(), [](std::string& bytes) { bytes.back() ^= 1; });
    const ToolRun verified = run("verify --json " + folder());
    ASSERT_EQ(verified.exit, 3) << verified.out;
    EXPECT_EQ(member(verified.out, "first_bad_seq"), tip_.seq.next().value) << verified.out;
    const std::string to = std::to_string(tip_.seq.value);
    const ToolRun run = this->run("accept-loss --yes --json --to " + to + " " + folder());
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_EQ(member(run.out, "known_to"), tip_.seq.value);
    EXPECT_EQ(this->run("verify " + folder()).exit, 0);
    EXPECT_EQ(start()->tip.seq, tip_.seq.next());
}

TEST_F(ChangeTest, AcceptLossIsTheWayOnAfterAFlippedBit) {
    edit(newest(".log"), [](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
    const ToolRun verified = run("verify --json " + folder());
    ASSERT_EQ(verified.exit, 3);
    const std::uint64_t bad = member(verified.out, "first_bad_seq");
    ASSERT_GT(bad, 1u);
    const ToolRun run =
        this->run("accept-loss --yes --to " + std::to_string(bad - 1) + " " + folder());
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_EQ(this->run("verify " + folder()).exit, 0);
    EXPECT_TRUE(start());
}

}  // namespace
}  // namespace creditd::tests
