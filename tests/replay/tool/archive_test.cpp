// Archives: the same bytes each time, never over anything, no secret in them; sound for both
// verifiers with every kind of event; what is damaged, added or missing is refused by both.
#include <fmt/format.h>

#include "replay/chain.hpp"
#include "replay/proof/checkpoint.hpp"
#include "replay/proof/entry.hpp"
#include "replay/proof/tile_tree.hpp"
#include "tests/replay/tool/tool_fixture.hpp"
#include "tests/support/whole_ledger.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
namespace fs = std::filesystem;

class ArchiveTest : public ToolTest {
protected:
    void SetUp() override {
        fill_whole_ledger(world_, 11, 1'500);
        store_ledger();
    }

    /// As the daemon signs: the first `size` events; 0: all.
    void sign(std::uint64_t size = 0) {
        DatabaseOptions options;
        options.folder = data_.database();
        options.mode = OpenMode::read_only;
        auto database = Database::open(options);
        ASSERT_TRUE(database);
        RocksDbJournal journal(**database);
        ASSERT_TRUE(journal.open());
        leaves_.clear();
        ASSERT_TRUE(verify_chain(journal, {}, [&](const BlockView& block, const ChainTip&) {
            for (const auto event : block) leaves_.push_back(proof::entry_hash(event));
            return true;
        }));
        const proof::Checkpoint checkpoint = head(size == 0 ? leaves_.size() : size);
        const std::vector keys{key_};
        std::ofstream(data_.root / "proof.key") << key_.text() << '\n';
        std::ofstream(data_.root / "proof.checkpoint") << proof::sign_checkpoint(checkpoint, keys);
    }
    proof::NodeReader nodes() const {
        return [this](unsigned height, std::uint64_t index) {
            const auto first = leaves_.begin() + static_cast<std::ptrdiff_t>(index << height);
            const proof::TileHashes below(first, first + (std::ptrdiff_t{1} << height));
            return std::expected<Hash256, proof::ProofError>(proof::complete_root(below));
        };
    }
    proof::Checkpoint head(std::uint64_t size) const {
        return {key_.verifier().name, {size, proof::tree_root(size, nodes()).value()}};
    }
    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(temp_.path() / name, std::ios::binary) << text;
        return temp_.path() / name;
    }
    fs::path receipt(std::uint64_t seq, std::uint64_t size) const {
        proof::Receipt made;
        made.index = seq - 1;
        made.inclusion = proof::prove_inclusion(made.index, size, nodes()).value();
        made.checkpoint = proof::sign_checkpoint(head(size), std::vector{key_});
        return write(fmt::format("{}.tlog-proof", seq), made.text());
    }

    fs::path archive(const std::string& name = "archive") {
        const fs::path out = temp_.path() / name;
        const ToolRun run =
            this->run("export " + folder() + " --format archive -o " + out.string());
        EXPECT_EQ(run.exit, 0) << run.err;
        return out;
    }
    int python(const fs::path& out, const std::string& more = "") const {
        const int status = std::system(
            ("python3 " CREDITD_VERIFY_PY " " + out.string() + " " + more + " >/dev/null 2>&1")
                .c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    /// What both verifiers say.
    void expect_verdict(const fs::path& out, int exit, const std::string& more = "") {
        const ToolRun run = this->run("verify " + out.string() + " " + more);
        EXPECT_EQ(run.exit, exit) << run.out << run.err;
        EXPECT_EQ(python(out, more), exit) << run.err;
    }
    static std::map<std::string, std::string> all_files(const fs::path& folder) {
        std::map<std::string, std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (entry.is_directory()) continue;
            files[entry.path().lexically_relative(folder).string()] = contents(entry.path());
        }
        return files;
    }
    std::string given_key() const { return "--key '" + key_.verifier().text() + "'"; }

    proof::SignerKey key_ = proof::SignerKey::make("ledger.example/log");
    proof::TileHashes leaves_;
};

TEST_F(ArchiveTest, BothVerifiersAcceptEveryKindOfEvent) {
    sign();
    const fs::path out = archive();
    expect_verdict(out, 0);
    expect_verdict(out, 0, given_key());
    const ToolRun whole = run("verify --json " + folder());
    const ToolRun packed = run("verify --json " + out.string());
    const auto hash = [](const std::string& json) {
        return json.substr(json.find("\"state_hash\""), 80);
    };
    EXPECT_EQ(hash(whole.out), hash(packed.out));
    EXPECT_EQ(member(packed.out, "signed"), tip_.seq.value);
}

TEST_F(ArchiveTest, IsTheSameEachTimeAndHoldsNoSecret) {
    sign(tip_.seq.value - 20);
    const auto first = all_files(archive("first"));
    EXPECT_EQ(first, all_files(archive("second")));
    EXPECT_EQ(first.count("tile/0/000"), 1u);
    const std::string secret = key_.text().substr(key_.text().rfind('+') + 1);
    for (const auto& [name, bytes] : first) EXPECT_EQ(bytes.find(secret), bytes.npos) << name;
    const ToolRun again =
        run("export " + folder() + " --format archive -o " + (temp_.path() / "first").string());
    EXPECT_EQ(again.exit, 2) << again.err;
    EXPECT_EQ(first, all_files(temp_.path() / "first"));
}

TEST_F(ArchiveTest, WithoutASignatureItSaysSo) {
    const fs::path out = archive();
    expect_verdict(out, 0);
    expect_verdict(out, 3, given_key());
    EXPECT_NE(run("verify " + out.string()).out.find("nothing yet"), std::string::npos);
}

TEST_F(ArchiveTest, AnotherKeyIsNotBelieved) {
    sign();
    const auto other = proof::SignerKey::make("ledger.example/log");
    expect_verdict(archive(), 3, "--key '" + other.verifier().text() + "'");
    expect_verdict(temp_.path() / "archive", 2, "--key nonsense");
}

TEST_F(ArchiveTest, FilesThatAreMissingOrTooManyAreDamage) {
    sign();
    const fs::path out = archive();
    for (const auto& [name, bytes] : all_files(out)) {
        if (name.starts_with("tile/0/") && name != "tile/0/001") continue;
        fs::rename(out / name, temp_.path() / "aside");
        expect_verdict(out, 3);
        fs::rename(temp_.path() / "aside", out / name);
    }
    for (const char* name : {"tile/0/999", "tile/1/000", "blocks/00000000000000000009.blocks"}) {
        std::ofstream(out / name) << "more";
        expect_verdict(out, 3);
        fs::remove(out / name);
    }
    expect_verdict(out, 0);
}

TEST_F(ArchiveTest, NothingIsLeftOfAnArchiveThatDoesNotFitItsSignature) {
    sign();
    edit(data_.root / "proof.checkpoint", [&](std::string& note) {
        auto wrong = head(7);
        wrong.head.root.bytes[3] ^= 1;
        note = proof::sign_checkpoint(wrong, std::vector{key_});
    });
    const ToolRun made =
        run("export " + folder() + " --format archive -o " + (temp_.path() / "unfit").string());
    EXPECT_EQ(made.exit, 3) << made.err;
    EXPECT_FALSE(fs::exists(temp_.path() / "unfit"));
    EXPECT_EQ(run("verify " + folder()).exit, 3);
}

TEST_F(ArchiveTest, ReceiptsAreOfThisLog) {
    sign();
    const std::string where = " --receipt ";
    const std::string good = where + receipt(40, 300).string() + where + receipt(900, 901).string();
    const ToolRun both = run("verify --json " + folder() + good);
    EXPECT_EQ(both.exit, 0) << both.err;
    EXPECT_EQ(member(both.out, "receipts"), 2u);
    EXPECT_EQ(run("verify " + archive().string() + good).exit, 0);
    // The same key signed it, but of another history.
    std::swap(leaves_[39], leaves_[40]);
    const ToolRun bad = run("verify " + folder() + where + receipt(40, 300).string());
    EXPECT_EQ(bad.exit, 1) << bad.err;
    std::swap(leaves_[39], leaves_[40]);
    const std::string text = contents(receipt(40, 300));
    for (std::size_t at = 0; at < text.size(); at += 31) {
        std::string changed = text;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        const ToolRun run = this->run("verify " + folder() + where + write("r", changed).string());
        EXPECT_EQ(run.exit, 1) << at << changed << run.err;
    }
    EXPECT_EQ(run("verify " + folder() + where + "/nowhere").exit, 2);
}

TEST_F(ArchiveTest, ACheckpointOfBeforeMustBeContinued) {
    sign();
    const auto since = [&](const proof::Checkpoint& checkpoint, const fs::path& where) {
        const std::string note = proof::sign_checkpoint(checkpoint, std::vector{key_});
        return run("verify --json " + where.string() + " " + given_key() + " --since " +
                   write("since", note).string());
    };
    const fs::path out = archive();
    for (const fs::path& where : {data_.root, out}) {
        for (const std::uint64_t size :
             {std::uint64_t{1}, std::uint64_t{256}, std::uint64_t{777}, tip_.seq.value}) {
            const ToolRun run = since(head(size), where);
            EXPECT_EQ(run.exit, 0) << size << run.out;
            EXPECT_EQ(member(run.out, "since"), size);
        }
        auto other = head(777);
        other.head.root.bytes[0] ^= 1;
        EXPECT_EQ(since(other, where).exit, 1);
        other = head(777);
        other.head.size = tip_.seq.value + 1;
        EXPECT_EQ(since(other, where).exit, 1);
    }
}

TEST_F(ArchiveTest, WhatWasVerifiedBeforeIsHashedButNotAppliedAgain) {
    // The claim, and blocks of seven that are full: a longer store has the same ones.
    for (int i = 0; world_.events().size() % 7 != 1; ++i) {
        world_.put_account(fmt::format("last-{}", i));
    }
    data_.root = temp_.path() / "first";
    store_ledger();
    ASSERT_EQ(run("snapshot " + folder()).exit, 0);
    const Seq snapshot = tip_.seq;
    RandomCommands(5, 40).steps(world_, 300);
    const fs::path grown = temp_.path() / "grown";
    tip_ = store(world_, grown);
    fs::copy(data_.snapshots(), grown / "snapshots");
    data_.root = grown;
    sign();
    const std::string note = proof::sign_checkpoint(head(snapshot.value + 10), std::vector{key_});
    const std::string since = " --since " + write("since", note).string();
    const ToolRun whole = run("verify --json " + folder());
    const ToolRun part = run("verify --json " + folder() + since);
    ASSERT_EQ(part.exit, 0) << part.out << part.err;
    EXPECT_EQ(member(whole.out, "applied_after"), 0u);
    EXPECT_EQ(member(part.out, "applied_after"), snapshot.value);
    EXPECT_LT(member(part.out, "personal_parts"), member(whole.out, "personal_parts"));
    const auto hash = [](const std::string& json) {
        return json.substr(json.find("\"state_hash\""), 80);
    };
    EXPECT_EQ(hash(whole.out), hash(part.out));
    // A byte of what is not applied again still counts.
    auto other = head(snapshot.value + 10);
    other.head.root.bytes[9] ^= 4;
    const std::string forged = proof::sign_checkpoint(other, std::vector{key_});
    EXPECT_EQ(run("verify " + folder() + " --since " + write("since", forged).string()).exit, 1);
}

}  // namespace
}  // namespace creditd::tests
