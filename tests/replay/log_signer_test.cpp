// Signing the head: what is signed is verified, kept, continued for ever, and by the right keys.
#include "replay/log_signer.hpp"

#include <sys/stat.h>

#include "replay/files.hpp"
#include "tests/replay/followers/world.hpp"

namespace creditd::tests {
namespace {

namespace proof = replay::proof;
using replay::LogSigner;

class Signing : public testing::Test {
protected:
    Signing() { grow(world_, 30); }

    static void grow(World& world, std::size_t count) {
        world.append(world.random_events(count));
        world.feed();
    }
    std::unique_ptr<LogSigner> open(World& world, std::string_view origin = {}) {
        return must(LogSigner::open(*world.indexes.merkle, folder_.path(), origin, ledger_),
                    "signer");
    }
    std::string refusal(std::string_view origin = {}) {
        const auto opened =
            LogSigner::open(*world_.indexes.merkle, folder_.path(), origin, ledger_);
        return opened ? "" : opened.error();
    }
    std::filesystem::path file(const char* name) const { return folder_.path() / name; }
    void write(const char* name, std::string_view bytes) {
        ASSERT_TRUE(replay::write_file_atomically(file(name), bytes));
    }

    TemporaryFolder folder_;
    replay::LedgerId ledger_{{0xab, 0xcd}};
    World world_{Backend::memory, 1'000};
};

TEST_F(Signing, TheFirstStartMakesAPrivateKey) {
    const auto signer = open(world_);
    EXPECT_EQ(signer->origin(), "creditd/abcd0000000000000000000000000000");
    struct stat status{};
    ASSERT_EQ(::stat(file("proof.key").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_EQ(open(world_)->keys(), signer->keys());
    EXPECT_EQ(open(world_, signer->origin())->keys(), signer->keys());
    EXPECT_NE(refusal("another/name"), "");
}

TEST_F(Signing, AHeadIsOfWhatWasVerified) {
    const auto signer = open(world_, "log.example/a");
    const std::uint64_t size = world_.end().value;
    const auto head = signer->head(1);
    ASSERT_TRUE(head) << head.error();
    const auto opened = proof::open_checkpoint((*head)->note, signer->keys());
    ASSERT_TRUE(opened) << opened.error();
    EXPECT_EQ(*opened, (*head)->checkpoint);
    EXPECT_EQ(opened->origin, "log.example/a");
    EXPECT_EQ(opened->head.size, size);
    EXPECT_EQ(opened->head.root, world_.indexes.merkle->root(size));
    EXPECT_FALSE(signer->head(size + 1));
    // Not made anew for every question, but for one that needs it.
    grow(world_, 10);
    EXPECT_EQ((*signer->head(size))->note, (*head)->note);
    const auto later = signer->head(world_.end().value);
    ASSERT_TRUE(later);
    EXPECT_EQ((*later)->checkpoint.head.size, world_.end().value);
    EXPECT_EQ(signer->signed_size(), world_.end().value);
}

TEST_F(Signing, WhatIsNotConfirmedIsNotSigned) {
    World world(Backend::memory, 1'000);
    const auto signer = open(world);
    EXPECT_FALSE(signer->head(0));
    world.append(world.random_events(10), 1);
    world.feed(Seq{5});  // of which the fifth is confirmed by nothing yet
    EXPECT_FALSE(signer->head(5));
    const auto head = signer->head(0);
    ASSERT_TRUE(head);
    EXPECT_EQ((*head)->checkpoint.head.size, 4U);
}

TEST_F(Signing, TheNewestHeadOutlivesTheProcess) {
    const auto note = (*open(world_)->head(1))->note;
    const auto signer = open(world_);
    EXPECT_EQ(signer->signed_size(), world_.end().value);
    EXPECT_EQ((*signer->head(world_.end().value))->note, note);
    // After a start the tree may still be behind: what was signed stays signed.
    World empty(Backend::memory, 1'000);
    const auto early = open(empty);
    EXPECT_EQ((*early->head(0))->note, note);
    EXPECT_FALSE(early->head(world_.end().value + 1));
}

TEST_F(Signing, NoOtherHistoryIsSigned) {
    const auto signed_before = (*open(world_)->head(1))->checkpoint.head.size;
    World other(Backend::memory, 1'000, 2);
    const auto signer = open(other);
    grow(other, signed_before + 10);
    const auto head = signer->head(0);
    ASSERT_FALSE(head);
    EXPECT_NE(head.error().find("has signed another history"), std::string::npos);
    EXPECT_FALSE(signer->head(other.end().value));
    EXPECT_EQ(signer->signed_size(), signed_before);
}

TEST_F(Signing, AKeyIsRotatedByBothSigningForAWhile) {
    const auto old_keys = open(world_, "log.example/a")->keys();
    const auto old_note = (*open(world_)->head(1))->note;
    std::filesystem::rename(file("proof.key"), file("proof.key.previous"));
    const auto both = open(world_);
    ASSERT_EQ(both->keys().size(), 2U);
    EXPECT_EQ(both->keys()[1], old_keys[0]);
    EXPECT_EQ(both->origin(), "log.example/a");
    grow(world_, 10);
    const auto note = (*both->head(world_.end().value))->note;
    EXPECT_TRUE(proof::open_checkpoint(note, old_keys));
    EXPECT_TRUE(proof::open_checkpoint(note, std::vector{both->keys()[0]}));
    EXPECT_FALSE(proof::open_checkpoint(old_note, std::vector{both->keys()[0]}));
    std::filesystem::remove(file("proof.key.previous"));
    EXPECT_EQ(open(world_)->keys(), std::vector{both->keys()[0]});
}

TEST_F(Signing, FilesThatAreNotWhatTheyWereAreRefused) {
    const auto note = (*open(world_)->head(1))->note;
    const std::string key = replay::read_file(file("proof.key"), 4096).value().value();
    for (const std::string& bad : {std::string(), std::string("x"), key.substr(1), key + "x"}) {
        write("proof.key", bad);
        EXPECT_NE(refusal(), "") << bad;
    }
    write("proof.key", key);
    EXPECT_EQ(refusal(), "");
    for (const std::string& bad : {std::string(), std::string("x"), "x" + note, note + "x"}) {
        write("proof.checkpoint", bad);
        EXPECT_NE(refusal(), "") << bad;
    }
    write("proof.checkpoint", note);
    // A key that was lost, and not put aside.
    std::filesystem::remove(file("proof.key"));
    EXPECT_NE(refusal().find("is missing"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(file("proof.key")));
    EXPECT_NE(LogSigner::open(*world_.indexes.merkle, file("none"), "a b", ledger_).error(), "");
}

TEST_F(Signing, WhatHasSignedALostEventNeverSignsAgain) {
    EXPECT_EQ(replay::retire_signed_log(folder_.path(), Seq{1}, ".lost").value(), false);
    const auto keys = open(world_, "log.example/a")->keys();
    const std::uint64_t size = (*open(world_)->head(1))->checkpoint.head.size;
    EXPECT_EQ(replay::retire_signed_log(folder_.path(), Seq{size}, ".lost").value(), false);
    EXPECT_EQ(open(world_)->keys(), keys);
    write("proof.cosigned", "by witnesses");
    EXPECT_EQ(replay::read_signed_log(folder_.path())->cosigned, "by witnesses");
    EXPECT_EQ(replay::retire_signed_log(folder_.path(), Seq{size - 1}, ".lost").value(), true);
    for (const char* name : {"proof.key", "proof.checkpoint", "proof.cosigned"}) {
        EXPECT_FALSE(std::filesystem::exists(file(name)));
        EXPECT_TRUE(std::filesystem::exists(file((std::string(name) + ".lost").c_str())));
    }
    World other(Backend::memory, 1'000, 2);
    other.feed();
    const auto anew = open(other, "log.example/a");
    EXPECT_NE(anew->keys(), keys);
    EXPECT_TRUE(anew->head(1));
    // Nobody knows what this one was of.
    write("proof.checkpoint", "nothing that can be read");
    EXPECT_EQ(replay::retire_signed_log(folder_.path(), Seq{size}, ".lost2").value(), true);
}

}  // namespace
}  // namespace creditd::tests
