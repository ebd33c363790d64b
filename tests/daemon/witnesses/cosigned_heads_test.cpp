// Which head is shown, with which cosignatures, now and after a start.
#include "daemon/witnesses/cosigned_heads.hpp"

#include <gtest/gtest.h>

#include "replay/files.hpp"
#include "tests/daemon/witnesses/log_and_witness.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

using daemon::CosignedHeads;
using daemon::leaves_of;
using Head = CosignedHeads::Head;

class Cosigned : public testing::Test {
protected:
    Cosigned() { log_.grow(20); }

    CosignedHeads open(std::size_t quorum, std::uint64_t signed_size = UINT64_MAX) const {
        return {folder_.path(), {one_.key(), two_.key()}, quorum, log_.keys(), signed_size};
    }
    static void cosign(CosignedHeads& heads, const Head& head, std::size_t witness,
                       const Cosigner& by) {
        heads.add(head, witness, by.cosign(head->checkpoint.text()));
    }
    /// The known keys that have signed the note, the log's own among them; 0: it is none.
    std::size_t signers_of(const Head& head) const {
        std::vector<proof::VerifierKey> known = log_.keys();
        known.push_back(one_.key());
        known.push_back(two_.key());
        const auto opened = proof::open_note(head->note, known);
        return opened ? opened->signers.size() : 0;
    }
    std::optional<std::string> file() const {
        return replay::read_file(replay::cosigned_head_file(folder_.path()), 65'536).value();
    }

    TemporaryFolder folder_;
    SmallLog log_;
    const Cosigner one_{"one.example/w"};
    const Cosigner two_{"two.example/w"};
};

TEST_F(Cosigned, AHeadIsSettledByAsManyAsAreWanted) {
    CosignedHeads heads = open(2);
    const Head head = log_.head(10);
    EXPECT_EQ(heads.with_cosignatures(head)->note, head->note);
    cosign(heads, head, 0, one_);
    EXPECT_EQ(heads.settled(), nullptr);
    EXPECT_EQ(heads.covering(1), nullptr);
    EXPECT_EQ(signers_of(heads.with_cosignatures(head)), 2U);
    EXPECT_TRUE(heads.has(head, 0));
    EXPECT_FALSE(heads.has(head, 1));
    EXPECT_FALSE(file());
    cosign(heads, head, 1, two_);
    ASSERT_NE(heads.settled(), nullptr);
    EXPECT_EQ(signers_of(heads.settled()), 3U);
    EXPECT_EQ(file(), heads.settled()->note);
    EXPECT_EQ(heads.covering(10)->note, heads.settled()->note);
    EXPECT_EQ(heads.covering(11), nullptr);
    // A newer one is shown when it is settled, too.
    cosign(heads, log_.head(12), 1, two_);
    EXPECT_EQ(leaves_of(heads.settled()), 10U);
    cosign(heads, log_.head(12), 0, one_);
    EXPECT_EQ(leaves_of(heads.settled()), 12U);
    EXPECT_EQ(heads.size_of(0), 12U);
}

TEST_F(Cosigned, WithoutAQuorumOneIsEnough) {
    CosignedHeads heads = open(0);
    cosign(heads, log_.head(10), 0, one_);
    cosign(heads, log_.head(12), 1, two_);
    EXPECT_EQ(leaves_of(heads.settled()), 12U);
    // A slow one adds to an older head, which then is the better one where it is enough.
    cosign(heads, log_.head(10), 1, two_);
    EXPECT_EQ(leaves_of(heads.settled()), 12U);
    EXPECT_EQ(signers_of(heads.covering(9)), 3U);
    EXPECT_EQ(leaves_of(heads.covering(11)), 12U);
    // What is much older has no use.
    for (std::uint64_t size = 13; size <= 20; ++size) cosign(heads, log_.head(size), 0, one_);
    cosign(heads, log_.head(3), 1, two_);
    EXPECT_FALSE(heads.has(log_.head(3), 1));
}

TEST_F(Cosigned, WhatWasShownIsShownAfterAStart) {
    {
        CosignedHeads heads = open(1);
        cosign(heads, log_.head(10), 0, one_);
        cosign(heads, log_.head(10), 1, two_);
    }
    const CosignedHeads heads = open(2);
    ASSERT_NE(heads.settled(), nullptr);
    EXPECT_EQ(signers_of(heads.settled()), 3U);
    EXPECT_EQ(heads.size_of(0), 10U);
    EXPECT_TRUE(heads.has(log_.head(10), 1));
}

TEST_F(Cosigned, ButOnlyIfItIsOfTheKeysOfToday) {
    {
        CosignedHeads heads = open(1);
        cosign(heads, log_.head(10), 0, one_);
    }
    const auto path = replay::cosigned_head_file(folder_.path());
    EXPECT_EQ(open(2).settled(), nullptr) << "too few";
    const CosignedHeads others(folder_.path(), {two_.key()}, 1, log_.keys(), UINT64_MAX);
    EXPECT_EQ(others.settled(), nullptr) << "another witness";
    const CosignedHeads of_another_log(folder_.path(), {one_.key()}, 1, SmallLog().keys(),
                                       UINT64_MAX);
    EXPECT_EQ(of_another_log.settled(), nullptr);
    const std::string note = *file();
    for (std::size_t i = 0; i < note.size(); i += 3) {
        std::string changed = note;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        ASSERT_TRUE(replay::write_file_atomically(path, changed));
        EXPECT_EQ(open(1).settled(), nullptr) << i;
    }
    ASSERT_TRUE(replay::write_file_atomically(path, ""));
    EXPECT_EQ(open(1).settled(), nullptr);
}

// Somebody has put files together that do not belong together.
TEST_F(Cosigned, AFileOfAnotherHistoryGivesWay) {
    {
        CosignedHeads heads = open(1);
        cosign(heads, log_.head(10), 0, one_);
    }
    EXPECT_EQ(open(1, 9).settled(), nullptr) << "more than the log has signed";
    CosignedHeads heads = open(1, 10);
    ASSERT_NE(heads.settled(), nullptr);
    replay::SignedHead other = *log_.head(10);
    other.checkpoint.head.root.bytes[0] ^= 1;
    cosign(heads, std::make_shared<replay::SignedHead>(other), 1, two_);
    ASSERT_NE(heads.settled(), nullptr);
    EXPECT_EQ(heads.settled()->checkpoint, other.checkpoint);
    EXPECT_FALSE(heads.has(log_.head(10), 0));
}

TEST_F(Cosigned, WhoeverWaitsIsToldOnce) {
    CosignedHeads heads = open(1);
    const auto now = CosignedHeads::Clock::now();
    std::vector<std::string> told;
    const auto wait = [&](std::uint64_t size, int seconds, const char* name) {
        heads.wait(size, now + std::chrono::seconds(seconds), [&told, name](bool is_there) {
            told.push_back(name + std::string(is_there ? " there" : " late"));
        });
    };
    wait(8, 2, "a");
    wait(11, 1, "b");
    wait(11, 3, "c");
    EXPECT_TRUE(told.empty());
    cosign(heads, log_.head(10), 0, one_);
    EXPECT_EQ(told, std::vector<std::string>{"a there"});
    wait(10, 2, "d");
    EXPECT_EQ(told.back(), "d there");
    heads.give_up(now + std::chrono::seconds(2));
    EXPECT_EQ(told.back(), "b late");
    cosign(heads, log_.head(11), 0, one_);
    heads.give_up(now + std::chrono::seconds(9));
    EXPECT_EQ(told, (std::vector<std::string>{"a there", "d there", "b late", "c there"}));
}

}  // namespace
}  // namespace creditd::tests
