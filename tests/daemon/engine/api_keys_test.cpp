// API keys: found by their secret alone, in force from the event on, gone with the next.
#include "daemon/engine/api_keys.hpp"

#include <gtest/gtest.h>

#include "core/command.hpp"

namespace creditd::daemon {
namespace {

constexpr Timestamp now{1'700'000'000'000'000};

Event key_event(std::string id, std::string_view secret, Timestamp expires_at) {
    ApiKeyCreated created;
    created.id = std::move(id);
    created.scopes = 1U << static_cast<unsigned>(Scope::ledger_read);
    created.account_prefix = "team:";
    created.expires_at = expires_at;
    created.secret_hash = hash_secret(secret);
    Event event;
    event.body = created;
    return event;
}

Event revoked_event(std::string id) {
    Event event;
    event.body = ApiKeyRevoked{std::move(id)};
    return event;
}

TEST(ApiKeyTable, KnowsTheAdministrator) {
    const ApiKeyTable table(Catalog{}, "administrator");
    const Caller* const caller = table.find("administrator", now);
    ASSERT_NE(caller, nullptr);
    EXPECT_EQ(caller->actor, "admin");
    EXPECT_EQ(table.find("administrato", now), nullptr);
    EXPECT_EQ(table.find("", now), nullptr);
}

TEST(ApiKeyTable, TakesAKeyInAndLetsItGo) {
    ApiKeyTable table(Catalog{}, "administrator");
    EXPECT_EQ(table.find("secret", now), nullptr);
    table.publish(key_event("key_1", "secret", Timestamp::never()));
    const Caller* const caller = table.find("secret", now);
    ASSERT_NE(caller, nullptr);
    EXPECT_EQ(caller->actor, "key_1");
    EXPECT_EQ(caller->account_prefix, "team:");
    table.publish(revoked_event("key_1"));
    EXPECT_EQ(table.find("secret", now), nullptr);
    EXPECT_NE(table.find("administrator", now), nullptr);
}

TEST(ApiKeyTable, EndsAKeyAtItsTime) {
    ApiKeyTable table(Catalog{}, "administrator");
    table.publish(key_event("key_1", "secret", now + Duration{1}));
    EXPECT_NE(table.find("secret", now), nullptr);
    EXPECT_EQ(table.find("secret", now + Duration{1}), nullptr);
}

TEST(ApiKeyTable, TwoTablesDoNotShareWhatAThreadRemembers) {
    ApiKeyTable one(Catalog{}, "first"), other(Catalog{}, "second");
    EXPECT_NE(one.find("first", now), nullptr);
    EXPECT_EQ(other.find("first", now), nullptr);
    EXPECT_NE(other.find("second", now), nullptr);
}

}  // namespace
}  // namespace creditd::daemon
