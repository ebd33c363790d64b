// Account tokens: they say their account and their end, nobody else can make or change one, and
// the key outlives the process.
#include "daemon/auth/account_tokens.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temporary_folder.hpp"

namespace creditd::daemon {
namespace {

constexpr Timestamp now{1'700'000'000'000'000};
constexpr Timestamp later = now + Duration::seconds(60);
const replay::LedgerId ledger{{1, 2, 3}};

AccountTokens open(const tests::TemporaryFolder& folder, const replay::LedgerId& of = ledger) {
    SystemRandom random;
    auto opened = AccountTokens::open(folder.path(), of, random);
    EXPECT_TRUE(opened.has_value());
    return std::move(*opened);
}

TEST(AccountTokens, SayWhoseTheyAreUntilTheyEnd) {
    const tests::TemporaryFolder folder;
    const AccountTokens tokens = open(folder);
    const std::string token = tokens.make("alice", later);
    const auto user = tokens.check(token, now);
    ASSERT_TRUE(user.has_value());
    EXPECT_EQ(user->account, "alice");
    EXPECT_EQ(user->expires_at, later);
    EXPECT_TRUE(tokens.check(token, Timestamp{later.value - 1}));
    EXPECT_FALSE(tokens.check(token, later));
    EXPECT_EQ(token.find("alice"), std::string::npos);
}

TEST(AccountTokens, TakeEveryIdThatAnAccountMayHave) {
    const tests::TemporaryFolder folder;
    const AccountTokens tokens = open(folder);
    for (const std::string& id :
         {std::string("a"), std::string(128, 'z'), std::string("u:1@x.-")}) {
        const auto user = tokens.check(tokens.make(id, later), now);
        ASSERT_TRUE(user.has_value()) << id;
        EXPECT_EQ(user->account, id);
    }
}

TEST(AccountTokens, AChangedCharacterIsAnotherToken) {
    const tests::TemporaryFolder folder;
    const AccountTokens tokens = open(folder);
    const std::string token = tokens.make("alice", later);
    for (std::size_t i = 0; i < token.size(); ++i) {
        for (const char c : std::string_view("AQgw_-")) {
            std::string changed = token;
            if (changed[i] == c) continue;
            changed[i] = c;
            EXPECT_FALSE(tokens.check(changed, now)) << i;
        }
        EXPECT_FALSE(tokens.check(token.substr(0, i), now)) << i;
        EXPECT_FALSE(tokens.check(token + token.substr(i), now)) << i;
    }
    EXPECT_FALSE(tokens.check("", now));
    EXPECT_FALSE(tokens.check("crt_", now));
    EXPECT_FALSE(tokens.check("crt_" + std::string(100'000, 'A'), now));
}

TEST(AccountTokens, TheKeyStaysInTheFolder) {
    const tests::TemporaryFolder folder;
    const std::string token = open(folder).make("alice", later);
    EXPECT_TRUE(open(folder).check(token, now)) << "after a restart";
    struct stat found{};
    ASSERT_EQ(::stat(folder.file("token.key").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
    const tests::TemporaryFolder other;
    EXPECT_FALSE(open(other).check(token, now)) << "under another key";
    other.write("token.key", tests::text_of_file(folder.file("token.key")));
    EXPECT_TRUE(open(other).check(token, now)) << "the same key";
    EXPECT_FALSE(open(other, replay::LedgerId{{9}}).check(token, now)) << "of another ledger";
}

TEST(AccountTokens, ABrokenKeyIsNoKey) {
    SystemRandom random;
    for (const std::string& text : {std::string(), std::string("\n"), std::string(63, 'a'),
                                    std::string(65, 'a'), std::string(64, 'x')}) {
        const tests::TemporaryFolder folder;
        folder.write("token.key", text);
        EXPECT_FALSE(AccountTokens::open(folder.path(), ledger, random)) << text;
        EXPECT_EQ(tests::text_of_file(folder.file("token.key")), text) << "it was replaced";
    }
}

}  // namespace
}  // namespace creditd::daemon
