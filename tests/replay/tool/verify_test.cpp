// creditd-replay verify: a sound ledger passes, every kind of damage is named by its first bad
// sequence number, with exit code 3.
#include "replay/sha256.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/state_hash.hpp"
#include "tests/replay/tool/tool_fixture.hpp"

#include <rocksdb/db.h>

namespace creditd::tests {
namespace {

using namespace creditd::replay;
namespace fs = std::filesystem;

class VerifyTest : public ToolTest {
protected:
    void SetUp() override { make_ledger(); }

    void expect_sound() {
        const ToolRun run = this->run("verify " + folder());
        EXPECT_EQ(run.exit, 0) << run.out << run.err;
    }
    /// Returns the first bad sequence number, as both spellings of the answer name it.
    std::uint64_t expect_damaged() {
        const ToolRun text = run("verify " + folder());
        EXPECT_EQ(text.exit, 3) << text.out << text.err;
        const ToolRun json = run("verify --json " + folder());
        EXPECT_EQ(json.exit, 3) << json.out << json.err;
        EXPECT_NE(json.out.find("\"ok\":false"), std::string::npos) << json.out;
        const std::uint64_t seq = member(json.out, "first_bad_seq");
        EXPECT_NE(text.err.find("first bad sequence number: " + std::to_string(seq)),
                  std::string::npos)
            << text.err;
        return seq;
    }
    /// Changes stored blocks behind the journal's back.
    template <class Change>
    void with_database(const Change& change) {
        DatabaseOptions options;
        options.folder = data_.database();
        auto database = Database::open(options);
        ASSERT_TRUE(database);
        change((*database)->db(), *database);
        ASSERT_TRUE((*database)->flush());
    }
    /// One more block, behind the journal's back.
    void append(std::span<const DecidedEvent> events) {
        schemas::EventEncoder encoder;
        BlockBuilder builder;
        builder.begin(events.front().event.seq);
        for (const DecidedEvent& one : events) builder.append(encoder.encode(one.event));
        const SealedBlock block = builder.seal(tip_, events.back().event.time);
        with_database([&](rocksdb::DB& db, const auto& database) {
            const std::string at = key(events.front().event.seq.value);
            ASSERT_TRUE(db.Put({}, database->family("journal"), at, block.bytes).ok());
        });
    }
    Event last_with_personal_part() const {
        Event found;
        for (const DecidedEvent& one : world_.events()) {
            if (one.event.personal_hash) found = one.event;
        }
        EXPECT_NE(found.seq, Seq{});
        return found;
    }
    static std::string key(std::uint64_t seq) {
        std::string bytes;
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes.push_back(static_cast<char>((seq >> shift) & 0xff));
        }
        return bytes;
    }
    /// First event of the block that holds `seq`, and of the one after it.
    std::pair<std::uint64_t, std::uint64_t> block_of(std::uint64_t seq) {
        DatabaseOptions options;
        options.folder = data_.database();
        options.mode = OpenMode::read_only;
        auto database = Database::open(options);
        RocksDbJournal journal(**database);
        EXPECT_TRUE(journal.open());
        const auto bytes = journal.read_block(Seq{seq});
        const auto header = peek_header(bytes->value());
        return {header->first_seq.value, header->last_seq().value + 1};
    }
};

TEST_F(VerifyTest, ASoundLedgerPasses) {
    const ToolRun run = this->run("verify --json " + folder());
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_EQ(member(run.out, "seq"), tip_.seq.value);
    EXPECT_EQ(member(run.out, "accounts"), world_.state().accounts.count());
    EXPECT_GT(member(run.out, "personal_parts"), 10u);
    EXPECT_NE(run.out.find(to_hex(hash_state(world_.state()).bytes)), std::string::npos);
    EXPECT_NE(run.out.find(to_hex(tip_.hash.bytes)), std::string::npos);
    start_and_stop();
    expect_sound();
}

TEST_F(VerifyTest, ChangesNothing) {
    std::map<std::string, std::string> before;
    for (const auto& entry : fs::recursive_directory_iterator(data_.root)) {
        if (entry.is_regular_file()) before[entry.path()] = contents(entry.path());
    }
    expect_sound();
    std::map<std::string, std::string> after;
    for (const auto& entry : fs::recursive_directory_iterator(data_.root)) {
        if (entry.is_regular_file()) after[entry.path()] = contents(entry.path());
    }
    EXPECT_EQ(before, after);
}

TEST_F(VerifyTest, SnapshotsAreComparedWithTheLog) {
    ASSERT_EQ(run("snapshot " + folder()).exit, 0);
    ToolRun run = this->run("verify --json " + folder());
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_EQ(member(run.out, "snapshots"), 1u);
    edit(list_snapshots(data_.snapshots()).front().path,
         [](std::string& bytes) { bytes[bytes.size() / 3] ^= 1; });
    run = this->run("verify " + folder());
    EXPECT_EQ(run.exit, 3);
    EXPECT_NE(run.err.find("snapshot"), std::string::npos) << run.err;
}

TEST_F(VerifyTest, AFlippedBitInTheLogIsNamed) {
    edit(newest(".log"), [](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
    const std::uint64_t seq = expect_damaged();
    EXPECT_GT(seq, 2u);
    EXPECT_LT(seq, tip_.seq.value);
}

TEST_F(VerifyTest, AFlippedBitInATableIsNamed) {
    start_and_stop();
    fs::path largest;
    for (const auto& entry : fs::directory_iterator(data_.database())) {
        if (entry.path().extension() != ".sst") continue;
        if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
    }
    edit(largest, [](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
    EXPECT_GT(expect_damaged(), 0u);
}

TEST_F(VerifyTest, AFlippedBitInAStoredBlockIsNamed) {
    const auto [first, next] = block_of(tip_.seq.value / 2);
    with_database([&](rocksdb::DB& db, const auto& database) {
        std::string bytes;
        auto* const family = database->family("journal");
        ASSERT_TRUE(db.Get({}, family, key(first), &bytes).ok());
        bytes[bytes.size() - 5] ^= 8;
        ASSERT_TRUE(db.Put({}, family, key(first), bytes).ok());
    });
    EXPECT_EQ(expect_damaged(), first);
}

TEST_F(VerifyTest, ARemovedBlockIsNamed) {
    const auto [first, next] = block_of(tip_.seq.value / 3);
    with_database([&](rocksdb::DB& db, const auto& database) {
        ASSERT_TRUE(db.Delete({}, database->family("journal"), key(first)).ok());
    });
    EXPECT_EQ(expect_damaged(), first);
}

TEST_F(VerifyTest, ACutAtABlockBoundaryIsNamed) {
    const auto [first, next] = block_of(tip_.seq.value - 20);
    with_database([&](rocksdb::DB& db, const auto& database) {
        auto* const family = database->family("journal");
        ASSERT_TRUE(db.DeleteRange({}, family, key(next), key(UINT64_MAX)).ok());
    });
    EXPECT_EQ(expect_damaged(), next);
}

TEST_F(VerifyTest, ACutLogIsNamed) {
    edit(newest(".log"), [](std::string& bytes) { bytes.resize(bytes.size() * 2 / 3); });
    const std::uint64_t seq = expect_damaged();
    EXPECT_GT(seq, 1u);
    EXPECT_LT(seq, tip_.seq.value);
}

TEST_F(VerifyTest, ARemovedLogIsNamed) {
    fs::remove(newest(".log"));
    EXPECT_EQ(expect_damaged(), 1u);
}

TEST_F(VerifyTest, AnotherPersonalPartIsNamed) {
    const Event event = last_with_personal_part();
    with_database([&](rocksdb::DB& db, const auto& database) {
        ASSERT_TRUE(db.Put({}, database->family("personal"), key(event.seq.value), "forged").ok());
    });
    EXPECT_EQ(expect_damaged(), event.seq.value);
}

TEST_F(VerifyTest, APersonalPartThatIsGoneIsToldUnlessTheAccountWasForgotten) {
    const Event event = last_with_personal_part();
    with_database([&](rocksdb::DB& db, const auto& database) {
        ASSERT_TRUE(db.Delete({}, database->family("personal"), key(event.seq.value)).ok());
    });
    const ToolRun lost = this->run("verify --json " + folder());
    EXPECT_EQ(lost.exit, 0) << "the event may have been given up with the end of a log: "
                            << lost.err;
    EXPECT_EQ(member(lost.out, "personal_parts_lost"), 1u);
    EXPECT_EQ(member(lost.out, "personal_parts_forgotten"), 0u);
    const ToolRun text = this->run("verify " + folder());
    EXPECT_NE(text.out.find("1 gone, and no event says"), std::string::npos) << text.out;
    const std::size_t before = world_.events().size();
    ASSERT_EQ(world_.run(ForgetAccount{event.account}).kind, OutcomeKind::done);
    append(std::span(world_.events()).subspan(before));
    const ToolRun run = this->run("verify --json " + folder());
    EXPECT_EQ(run.exit, 0) << run.out << run.err;
    EXPECT_EQ(member(run.out, "personal_parts_forgotten"), 1u);
    EXPECT_EQ(member(run.out, "personal_parts_lost"), 0u);
}

TEST_F(VerifyTest, AMissingOrDamagedHeadIsRefused) {
    edit(data_.head(), [](std::string& bytes) { bytes[30] ^= 1; });
    EXPECT_EQ(run("verify " + folder()).exit, 3);
    fs::remove(data_.head());
    EXPECT_EQ(run("verify " + folder()).exit, 3);
}

/// Sound in every byte, and yet no event that the ledger could have decided.
TEST_F(VerifyTest, AForgedEventIsNamed) {
    Event event;
    event.seq = tip_.seq.next();
    event.time = tip_.time;
    event.account_no = AccountNo{0};
    event.account = world_.state().accounts.get(AccountNo{0}).id();
    event.balances.before = Credits{123'456};
    event.balances.after = Credits{123'457};
    event.body = CreditsGranted{Credits{1}, GrantTerms{}, Credits{}};
    const std::array forged{DecidedEvent{event, {}}};
    append(forged);
    EXPECT_EQ(expect_damaged(), event.seq.value);
}

TEST_F(VerifyTest, AFolderInUseNeedsLive) {
    DatabaseOptions options;
    options.folder = data_.database();
    const auto database = Database::open(options);
    ASSERT_TRUE(database);
    const ToolRun refused = run("verify " + folder());
    EXPECT_EQ(refused.exit, 2);
    EXPECT_NE(refused.err.find("--live"), std::string::npos);
    const ToolRun live = run("verify --live " + folder());
    EXPECT_EQ(live.exit, 0) << live.err;
    EXPECT_EQ(run("snapshot " + folder()).exit, 2);
    EXPECT_EQ(run("rebuild --yes " + folder()).exit, 2);
    EXPECT_EQ(run("accept-loss --to 7 --yes " + folder()).exit, 2);
}

TEST_F(VerifyTest, WrongUseIsExitTwo) {
    EXPECT_EQ(run("verify /nowhere").exit, 2);
    EXPECT_EQ(run("verify").exit, 2);
    EXPECT_EQ(run("polish " + folder()).exit, 2);
    EXPECT_EQ(run("").exit, 2);
    const ToolRun help = run("--help");
    EXPECT_EQ(help.exit, 0);
    EXPECT_NE(help.out.find("creditd-replay verify"), std::string::npos);
    EXPECT_EQ(run("export --help").exit, 0);
}

}  // namespace
}  // namespace creditd::tests
