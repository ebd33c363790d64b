// Fingerprints: what a request means decides, not how it is spelled; every field that matters does.
// The golden digests are a promise of the log: a key that is repeated after an upgrade must find
// the same fingerprint.
#include "daemon/api/fingerprint.hpp"

#include <gtest/gtest.h>

#include <set>

#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

struct Parsed {
    CommandBody body;
    PersonalFields personal;
};

Parsed parsed(CommandKind kind, std::string_view target, std::string json) {
    FieldErrors errors;
    JsonDocument document;
    const auto root = document.parse(json);
    CREDITD_ASSERT(root.has_value());
    ObjectReader reader(*root, errors);
    const ParseContext context{6, Timestamp{1'700'000'000'000'000}, false, errors};
    ParsedCommand command = parse_command(kind, reader, target, context);
    reader.finish();
    EXPECT_TRUE(errors.empty()) << json;
    return {std::move(command.body), std::move(command.personal)};
}

Digest print(CommandKind kind, std::string_view target, std::string json) {
    const Parsed one = parsed(kind, target, std::move(json));
    return fingerprint_of(one.body, one.personal);
}

TEST(Fingerprint, SpellingMakesNoDifference) {
    const Digest plain = print(CommandKind::deduct, "alice", R"({"amount":2.5,"user":"u"})");
    EXPECT_EQ(plain, print(CommandKind::deduct, "alice", R"({"user":"u","amount":"2.50"})"));
    EXPECT_EQ(plain,
              print(CommandKind::deduct, "alice", R"({ "amount" : 2.500000, "user":"\u0075" })"));
}

TEST(Fingerprint, EveryFieldMakesOne) {
    const std::vector<std::string> bodies{
        R"({"amount":1})",
        R"({"amount":2})",
        R"({"feature":"f"})",
        R"({"feature":"f","quantity":2})",
        R"({"amount":1,"user":"u"})",
        R"({"amount":1,"model":"u"})",
        R"({"amount":1,"description":"d"})",
        R"({"amount":1,"metadata":{"a":"b"}})",
        R"({"amount":1,"allow_partial":true})",
    };
    std::set<Digest> seen;
    for (const std::string& body : bodies) {
        EXPECT_TRUE(seen.insert(print(CommandKind::deduct, "alice", body)).second) << body;
    }
    EXPECT_TRUE(seen.insert(print(CommandKind::deduct, "bob", bodies[0])).second);
    EXPECT_TRUE(seen.insert(print(CommandKind::grant, "alice", bodies[0])).second);
}

TEST(Fingerprint, AnAtomicBatchIsItsOperationsInOrder) {
    const Digest one = print(CommandKind::deduct, "alice", R"({"amount":1})");
    const Digest two = print(CommandKind::deduct, "alice", R"({"amount":2})");
    const std::array<Digest, 2> forth{one, two}, back{two, one};
    EXPECT_NE(fingerprint_of(forth), fingerprint_of(back));
    EXPECT_NE(fingerprint_of(std::span(forth).first(1)), one);
}

TEST(Fingerprint, IsAPromise) {
    const auto hex = [](const Digest& digest) { return replay::to_hex(digest.bytes); };
    EXPECT_EQ(hex(print(CommandKind::deduct, "alice", R"({"amount":2.5})")),
              "71841e84d079979be24d328aa85ee695");
    EXPECT_EQ(hex(print(CommandKind::grant, "alice", R"({"amount":100,"expires_in":"30d"})")),
              "38241c2986a4d0ce8e02828896eb2f6c");
    EXPECT_EQ(hex(key_digest_of("first-deduction")), "1407a38bde83a377119005e2047a0f71");
}

}  // namespace
}  // namespace creditd::daemon
