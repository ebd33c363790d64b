#include "schemas/event_codec.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/schemas/sample_events.hpp"
#include "tests/support/random_event.hpp"

namespace creditd::schemas {
namespace {

using tests::RandomEvents;

constexpr int random_events_count = 50'000;

std::string encoded(const Event& event) {
    EventEncoder encoder;
    return std::string(encoder.encode(event));
}

TEST(EventCodec, DecodesWhatItEncodes) {
    RandomEvents events(1);
    EventEncoder encoder;
    for (int i = 0; i < random_events_count; ++i) {
        const Event event = events.next();
        Event fresh;
        const auto decoded = decode_event(encoder.encode(event), fresh);
        ASSERT_TRUE(decoded) << name_of(kind_of(event.body)) << ": " << decoded.error().detail;
        ASSERT_EQ(fresh, event) << name_of(kind_of(event.body)) << " " << i;
    }
}

// Replay decodes into one event again and again: nothing of the one before may shine through.
TEST(EventCodec, LeavesNothingOfTheEventBefore) {
    RandomEvents events(2);
    EventEncoder encoder;
    Event reused;
    for (int i = 0; i < random_events_count; ++i) {
        const Event event = events.of_kind(events.below(event_kinds_count) / 2 * 2);
        ASSERT_TRUE(decode_event(encoder.encode(event), reused));
        ASSERT_EQ(reused, event) << name_of(kind_of(event.body)) << " " << i;
    }
}

TEST(EventCodec, EncodesEveryEventTheSameWayEachTime) {
    RandomEvents events(3);
    EventEncoder used;
    for (int i = 0; i < 2'000; ++i) {
        const Event event = events.next();
        EXPECT_EQ(used.encode(event), encoded(event));
    }
}

// Inside a block an event begins wherever the one before ended.
TEST(EventCodec, DecodesFromAnyAddress) {
    RandomEvents events(4);
    EventEncoder encoder;
    for (std::size_t shift = 0; shift < 16; ++shift) {
        for (std::size_t kind = 0; kind < event_kinds_count; ++kind) {
            const Event event = events.of_kind(kind);
            const std::string shifted =
                std::string(shift, '#') + std::string(encoder.encode(event));
            Event decoded;
            ASSERT_TRUE(decode_event(std::string_view(shifted).substr(shift), decoded));
            EXPECT_EQ(decoded, event);
        }
    }
}

TEST(EventCodec, IsCompact) {
    const std::size_t typical = encoded(tests::typical_deduction()).size();
    RecordProperty("typical_deduction_bytes", static_cast<int>(typical));
    EXPECT_LE(typical, 230U);
    Event plain_key = tests::typical_deduction();
    plain_key.origin->key = "order-2024-11-21-00000000000000000017";
    EXPECT_LE(encoded(plain_key).size(), 264U);
}

TEST(EventCodec, RefusesTheBytesOfOtherThings) {
    Event out;
    EXPECT_EQ(decode_event("", out).error().fault, CodecFault::damaged);
    EXPECT_EQ(decode_event("CRE1", out).error().fault, CodecFault::damaged);
    std::string other = encoded(tests::typical_deduction());
    other[7] = '2';
    EXPECT_EQ(decode_event(other, out).error().fault, CodecFault::damaged);
    const std::string large(limits::event_bytes_max + 8, '\0');
    EXPECT_EQ(decode_event(large, out).error().fault, CodecFault::too_large);
}

using EventCodecDeathTest = ::testing::Test;

TEST(EventCodecDeathTest, NeverWritesWhatItWouldNotRead) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EventEncoder encoder;
    Event long_key = tests::typical_deduction();
    long_key.origin->key.assign(limits::idempotency_key_bytes_max + 1, 'k');
    EXPECT_DEATH(encoder.encode(long_key), "bytes_max");
    Event wrong_sum = tests::typical_deduction();
    std::get<CreditsDeducted>(wrong_sum.body).amount += Credits{1};
    EXPECT_DEATH(encoder.encode(wrong_sum), "amount");
}

}  // namespace
}  // namespace creditd::schemas
