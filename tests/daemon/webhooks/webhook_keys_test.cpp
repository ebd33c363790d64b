#include "daemon/webhooks/webhook_keys.hpp"

#include <gtest/gtest.h>

#include "replay/proof/signed_note.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::daemon {
namespace {

constexpr std::string_view message = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t sent_at = 1'614'265'330;
constexpr std::string_view body = R"({"test": 2432232314})";

std::string decoded(std::string_view text) { return *replay::proof::from_base64(text); }

replay::LedgerId ledger() {
    replay::LedgerId id;
    id.bytes.fill(7);
    return id;
}

Endpoint endpoint() {
    Endpoint result;
    result.id = "ep_41";
    return result;
}

// The example of the specification.
TEST(WebhookSignature, V1IsTheSpecifications) {
    EXPECT_EQ(sign_v1(decoded("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), message, sent_at, body),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

// Likewise: the private key there is the seed and the public key, one after the other.
TEST(WebhookSignature, V1aIsTheSpecifications) {
    const std::string key = decoded(
        "6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==");
    EXPECT_EQ(sign_v1a(*ed25519_pair(std::string_view(key).substr(0, 32)), message, sent_at, body),
              "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/"
              "enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==");
}

TEST(WebhookKeys, EverySecretIsItsOwn) {
    const WebhookKeys keys(ledger(), std::string(32, 'k'));
    const std::string secret = keys.secret("ep_41", 1);
    EXPECT_EQ(secret, WebhookKeys(ledger(), std::string(32, 'k')).secret("ep_41", 1));
    EXPECT_TRUE(secret.starts_with("whsec_"));
    EXPECT_EQ(decoded(secret.substr(6)).size(), 32U);
    EXPECT_NE(secret, keys.secret("ep_41", 2));
    EXPECT_NE(secret, keys.secret("ep_42", 1));
    EXPECT_NE(keys.secret("ep_4", 11), keys.secret("ep_41", 1));
    EXPECT_NE(secret, WebhookKeys(ledger(), std::string(32, 'x')).secret("ep_41", 1));
    replay::LedgerId other;
    EXPECT_NE(secret, WebhookKeys(other, std::string(32, 'k')).secret("ep_41", 1));
    EXPECT_TRUE(keys.public_key().starts_with("whpk_"));
    EXPECT_EQ(decoded(keys.public_key().substr(5)).size(), 32U);
}

TEST(WebhookKeys, TheSecretBeforeSignsUntilItsTimeIsOver) {
    const WebhookKeys keys(ledger(), std::string(32, 'k'));
    Endpoint rotated = endpoint();
    rotated.secret = 2;
    rotated.previous_until = Timestamp{1'000};
    const std::string now = sign_v1(decoded(keys.secret("ep_41", 2).substr(6)), "m", 1, "{}");
    const std::string before = sign_v1(decoded(keys.secret("ep_41", 1).substr(6)), "m", 1, "{}");
    const std::string during = keys.sign(rotated, Timestamp{999}, "m", 1, "{}");
    EXPECT_TRUE(during.starts_with(now + ' ' + before + " v1a,")) << during;
    const std::string after = keys.sign(rotated, Timestamp{1'000}, "m", 1, "{}");
    EXPECT_TRUE(after.starts_with(now + " v1a,")) << after;
    const std::string first = keys.sign(endpoint(), Timestamp{999}, "m", 1, "{}");
    EXPECT_TRUE(first.starts_with(before + " v1a,")) << first;
}

TEST(WebhookKeys, AreTheSameAfterARestart) {
    const tests::TemporaryFolder folder;
    SystemRandom random;
    const auto first = WebhookKeys::open(folder.path(), ledger(), random);
    const auto again = WebhookKeys::open(folder.path(), ledger(), random);
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->secret("ep_1", 1), again->secret("ep_1", 1));
    EXPECT_EQ(first->public_key(), again->public_key());
    const auto mode = std::filesystem::status(folder.path() / "webhook.key").permissions();
    EXPECT_EQ(mode & std::filesystem::perms::all,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(WebhookKeys, AFileThatIsNoKeyIsRefused) {
    tests::TemporaryFolder folder;
    folder.write("webhook.key", "not a key\n");
    SystemRandom random;
    const auto keys = WebhookKeys::open(folder.path(), ledger(), random);
    ASSERT_FALSE(keys);
    EXPECT_NE(keys.error().find("webhook.key is not 64 hexadecimal digits"), std::string::npos);
}

}  // namespace
}  // namespace creditd::daemon
