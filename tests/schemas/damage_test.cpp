// Damaged bytes of every kind: decoding them never crashes, reads nothing outside of them (run
// under AddressSanitizer), and gives an error or an event that can be written and read again.
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "schemas/event_codec.hpp"
#include "tests/schemas/sample_arrangements.hpp"
#include "tests/schemas/sample_events.hpp"
#include "tests/schemas/sample_state.hpp"
#include "tests/support/random_event.hpp"

namespace creditd::schemas {
namespace {

constexpr int mutations_count = 100'000;

/// A copy in memory of exactly its size, so that reading past its end is noticed.
struct ExactBytes {
    explicit ExactBytes(std::string_view bytes)
        : data(std::make_unique<char[]>(bytes.size())), size(bytes.size()) {
        std::copy(bytes.begin(), bytes.end(), data.get());
    }
    std::string_view view() const { return {data.get(), size}; }

    std::unique_ptr<char[]> data;
    std::size_t size;
};

/// Returns whether the bytes are an event after all.
bool survives(std::string_view bytes) {
    static Event out;
    static Event again;
    static EventEncoder encoder;
    const ExactBytes exact(bytes);
    const bool viewed = EventView::of(exact.view()).has_value();
    const auto decoded = decode_event(exact.view(), out);
    if (!decoded) {
        EXPECT_FALSE(decoded.error().detail.empty());
        return false;
    }
    EXPECT_TRUE(viewed);
    EXPECT_TRUE(decode_event(encoder.encode(out), again));
    EXPECT_EQ(again, out);
    return true;
}

std::vector<std::string> sample_bytes() {
    std::vector<std::string> samples;
    EventEncoder encoder;
    for (const Event& event : tests::sample_events()) samples.emplace_back(encoder.encode(event));
    for (const auto& [name, event] : tests::special_events()) {
        samples.emplace_back(encoder.encode(event));
    }
    for (const tests::LaterSample& sample : tests::sample_later_fields()) {
        samples.emplace_back(encoder.encode(tests::sample_event(sample.body)));
    }
    return samples;
}

TEST(Damage, EveryBitFlippedIsAnErrorOrAnEvent) {
    std::size_t events = 0;
    std::size_t flips = 0;
    for (std::string bytes : sample_bytes()) {
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit, ++flips) {
            const auto mask = static_cast<char>(1 << (bit % 8));
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
            if (survives(bytes)) ++events;
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
        }
    }
    EXPECT_GT(events, 0U);  // a flipped bit of a digest is another digest
    EXPECT_LT(events, flips);
}

TEST(Damage, EveryTruncationIsAnErrorOrTheEvent) {
    for (const std::string& bytes : sample_bytes()) {
        Event whole;
        ASSERT_TRUE(decode_event(bytes, whole));
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            if (!survives(std::string_view(bytes).substr(0, size))) continue;
            // What can be missing at the end is padding.
            Event cut;
            ASSERT_TRUE(decode_event(std::string_view(bytes).substr(0, size), cut));
            EXPECT_EQ(cut, whole);
        }
    }
}

TEST(Damage, RandomMutationsAreErrorsOrEvents) {
    std::mt19937_64 random(31);
    const std::vector<std::string> samples = sample_bytes();
    for (int i = 0; i < mutations_count; ++i) {
        std::string bytes = samples[random() % samples.size()];
        for (std::uint64_t n = 1 + random() % 6; n > 0; --n) {
            static constexpr unsigned char extremes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
            const unsigned char value =
                random() % 2 == 0 ? extremes[random() % 5] : static_cast<unsigned char>(random());
            bytes[random() % bytes.size()] = static_cast<char>(value);
        }
        survives(bytes);
    }
}

TEST(Damage, PiecesOfTwoEventsAreErrorsOrEvents) {
    std::mt19937_64 random(32);
    tests::RandomEvents events(33);
    EventEncoder encoder;
    for (int i = 0; i < mutations_count / 10; ++i) {
        std::string bytes(encoder.encode(events.next()));
        const std::string other(encoder.encode(events.next()));
        const std::size_t from = random() % other.size();
        const std::size_t count = std::min(other.size() - from, 1 + random() % 64);
        const std::size_t to = random() % bytes.size();
        bytes.replace(to, std::min(count, bytes.size() - to), other, from, count);
        survives(bytes);
    }
}

/// Reads it as both records.
void read_snapshot_record(std::string_view bytes) {
    const ExactBytes exact(bytes);
    TermsTable terms;
    std::vector<Account> out;
    static_cast<void>(decode_chunk(exact.view(), tests::sample_first, terms, out));
    EXPECT_LE(out.size(), limits::chunk_accounts);
    static_cast<void>(decode_ledger(exact.view()));
}

std::vector<std::string> snapshot_records() {
    std::vector<std::string> records;
    SnapshotEncoder encoder;
    for (const LedgerImage& image :
         {tests::sample_ledger(), tests::arranged_ledger(), tests::connected_ledger()}) {
        records.emplace_back(
            encoder.encode_ledger(image.head, image.catalog, image.redemptions, 67));
    }
    TermsTable terms;
    for (const auto& accounts : {tests::sample_accounts(terms), tests::arranged_accounts()}) {
        records.emplace_back(encoder.encode_chunk(tests::sample_first, accounts, terms));
    }
    return records;
}

TEST(Damage, SnapshotRecordsAreErrorsOrAccounts) {
    for (const std::string& record : snapshot_records()) {
        for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
            std::string bytes = record;
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
            read_snapshot_record(bytes);
        }
        for (std::size_t size = 0; size < record.size(); ++size) {
            read_snapshot_record(std::string_view(record).substr(0, size));
        }
    }
}

}  // namespace
}  // namespace creditd::schemas
