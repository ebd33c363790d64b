// Checkpoints and receipts: their texts to the letter, what is refused, and a receipt that proves
// its entry to whoever has the log's key, and nothing else to anybody.
#include "replay/proof/checkpoint.hpp"

#include <gtest/gtest.h>

#include "tests/replay/proof/trees.hpp"

namespace creditd::tests {
namespace {

using namespace proof;

constexpr std::string_view example_text =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

TEST(Checkpoint, IsReadAndWritten) {
    const auto read = parse_checkpoint(example_text);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->origin, "example.com/behind-the-sofa");
    EXPECT_EQ(read->head.size, 20'852'163U);
    EXPECT_EQ(read->text(), example_text);
    EXPECT_EQ(parse_checkpoint(std::string(example_text) + "an extension\n"), *read);
    EXPECT_EQ(parse_checkpoint("a\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")->head.size,
              0U);
}

TEST(Checkpoint, HasOneSpelling) {
    const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    for (const std::string& text :
         {std::string(), std::string("a\n"), std::string("a\n1\n"), "\n1\n" + root,
          "a\n01\n" + root, "a\n-1\n" + root, "a\n+1\n" + root, "a\n1 \n" + root, "a\n\n" + root,
          "a\n9223372036854775808\n" + root, std::string("a\n1\nCsUY\n"), "a\n1\n" + root + "\n",
          "a\n1\n" + root + "x"}) {
        EXPECT_FALSE(parse_checkpoint(text)) << text;
    }
}

TEST(Checkpoint, IsSignedByTheLogItself) {
    const SignerKey log = SignerKey::make("log.example/a");
    const SignerKey other = SignerKey::make("log.example/b");
    const Checkpoint checkpoint{"log.example/a", {7, leaf_hash("x")}};
    const std::string note = sign_checkpoint(checkpoint, std::vector{log});
    EXPECT_EQ(open_checkpoint(note, std::vector{log.verifier()}), checkpoint);
    EXPECT_FALSE(open_checkpoint(note, std::vector{other.verifier()}));
    // Known, but not this log's: a witness, say.
    const std::string witnessed = sign_note(checkpoint.text(), std::vector{other});
    EXPECT_FALSE(open_checkpoint(witnessed, std::vector{log.verifier(), other.verifier()}));
    EXPECT_TRUE(open_note(witnessed, std::vector{other.verifier()}));
}

class Receipts : public testing::Test {
protected:
    Receipts() {
        for (int i = 0; i < 300; ++i) tree_.append("entry-" + std::to_string(i));
        receipt_.extra = "entry-77";
        receipt_.index = 77;
        receipt_.inclusion = tree_.inclusion(77, 300);
        receipt_.checkpoint = sign_checkpoint({"log.example/a", tree_.head()}, std::vector{key_});
    }
    bool holds(const Receipt& receipt, std::string_view entry) const {
        return verify_receipt(receipt, entry, std::vector{key_.verifier()}).has_value();
    }

    SignerKey key_ = SignerKey::make("log.example/a");
    KeptTree tree_;
    Receipt receipt_;
};

TEST_F(Receipts, AreReadAndWritten) {
    const std::string text = receipt_.text();
    EXPECT_TRUE(text.starts_with("c2sp.org/tlog-proof@v1\nextra ZW50cnktNzc=\nindex 77\n"));
    EXPECT_TRUE(text.ends_with("\n\n" + receipt_.checkpoint));
    EXPECT_EQ(parse_receipt(text), receipt_);
    receipt_.extra.reset();
    EXPECT_EQ(parse_receipt(receipt_.text()), receipt_);
    receipt_.inclusion.clear();
    EXPECT_EQ(parse_receipt(receipt_.text()), receipt_);
}

TEST_F(Receipts, ProveTheirEntryAndNoOther) {
    EXPECT_TRUE(holds(receipt_, "entry-77"));
    EXPECT_FALSE(holds(receipt_, "entry-78"));
    Receipt other = receipt_;
    other.index = 78;
    EXPECT_FALSE(holds(other, "entry-77"));
    EXPECT_FALSE(holds(other, "entry-78"));
    other = receipt_;
    other.checkpoint = sign_checkpoint({"log.example/a", tree_.head(299)}, std::vector{key_});
    EXPECT_FALSE(holds(other, "entry-77"));
    const SignerKey forger = SignerKey::make("log.example/a");
    other.checkpoint = sign_checkpoint({"log.example/a", tree_.head()}, std::vector{forger});
    EXPECT_FALSE(holds(other, "entry-77"));
}

TEST_F(Receipts, NoCharacterOfOneMayChange) {
    const std::string text = receipt_.text();
    const std::size_t extra_begin = text.find("ZW50");
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        const auto read = parse_receipt(changed);
        // What `extra` says is checked by its hash.
        const bool is_extra = i >= extra_begin && i < extra_begin + 12;
        const bool is_good = read && holds(*read, is_extra ? *read->extra : "entry-77");
        EXPECT_FALSE(is_good) << i;
    }
}

TEST_F(Receipts, MalformedOnesAreRefused) {
    const std::string text = receipt_.text();
    for (const std::string& bad : {std::string(), text.substr(1), text.substr(0, 23), "x" + text,
                                   std::string("c2sp.org/tlog-proof@v1\nindex 01\n\n"),
                                   std::string("c2sp.org/tlog-proof@v1\nindex \n\n"),
                                   std::string("c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n"),
                                   std::string("c2sp.org/tlog-proof@v1\nindex 1\n"),
                                   std::string("c2sp.org/tlog-proof@v1\nextra AAA\nindex 1\n\n"),
                                   std::string("c2sp.org/tlog-proof@v1\n\n")}) {
        EXPECT_FALSE(parse_receipt(bad)) << bad;
    }
}

}  // namespace
}  // namespace creditd::tests
