// The frozen bytes: what was written once must be read for ever, and is still written the same.
// A golden file is never changed. One for a new kind is made by running this test once with
// CREDITD_GOLDEN_WRITE=1, which writes files that are missing and prints their MANIFEST lines.
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "core/state_digest.hpp"
#include "schemas/event_codec.hpp"
#include "tests/schemas/sample_events.hpp"
#include "tests/schemas/sample_state.hpp"

namespace creditd::schemas {
namespace {

const std::filesystem::path golden_folder = CREDITD_GOLDEN_FOLDER;

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string sha256_hex(const std::string& bytes) {
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash);
    std::string text;
    for (const unsigned char byte : hash) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

std::string file_name_of(const Event& event) {
    const std::size_t number = event.body.index() + 1;
    return std::string("event_") + (number < 10 ? "0" : "") + std::to_string(number) + "_" +
           std::string(name_of(kind_of(event.body))) + ".bin";
}

/// Every golden file as the code writes it today.
std::map<std::string, std::string> written_today() {
    std::map<std::string, std::string> files;
    EventEncoder encoder;
    for (const Event& event : tests::sample_events()) {
        files[file_name_of(event)] = encoder.encode(event);
    }
    files["typical_deduction.bin"] = encoder.encode(tests::typical_deduction());
    files["personal_part.bin"] = encode_personal(tests::sample_salt(), tests::sample_personal());
    SnapshotEncoder snapshots;
    TermsTable terms;
    const std::vector<Account> accounts = tests::sample_accounts(terms);
    files["snapshot_chunk.bin"] = snapshots.encode_chunk(tests::sample_first, accounts, terms);
    const LedgerImage ledger = tests::sample_ledger();
    files["snapshot_ledger.bin"] =
        snapshots.encode_ledger(ledger.head, ledger.catalog, ledger.account_count);
    return files;
}

/// Name → SHA-256, from lines as `sha256sum` writes them.
std::map<std::string, std::string> manifest() {
    std::map<std::string, std::string> entries;
    std::ifstream file(golden_folder / "MANIFEST");
    std::string hash;
    std::string name;
    while (file >> hash >> name) entries[name] = hash;
    return entries;
}

void write_missing() {
    for (const auto& [name, bytes] : written_today()) {
        if (std::filesystem::exists(golden_folder / name)) continue;
        std::ofstream(golden_folder / name, std::ios::binary) << bytes;
        std::cout << sha256_hex(bytes) << "  " << name << "\n";
    }
}

class Golden : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (std::getenv("CREDITD_GOLDEN_WRITE") != nullptr) write_missing();
    }
};

TEST_F(Golden, FilesAreThoseOfTheManifest) {
    const auto entries = manifest();
    for (const auto& [name, hash] : entries) {
        EXPECT_EQ(sha256_hex(read_file(golden_folder / name)), hash) << name;
    }
    for (const auto& [name, bytes] : written_today()) {
        EXPECT_TRUE(entries.contains(name)) << name << " is not in the MANIFEST";
    }
    for (const auto& entry : std::filesystem::directory_iterator(golden_folder)) {
        const std::string name = entry.path().filename();
        EXPECT_TRUE(name == "MANIFEST" || name.ends_with(".fbs") || entries.contains(name)) << name;
    }
}

// Builders may lay bytes out otherwise one day; then old logs are still read, but a repeat of an
// old event would no longer be its bytes. Whoever upgrades FlatBuffers learns of it here.
TEST_F(Golden, BytesAreStillWrittenTheSame) {
    for (const auto& [name, bytes] : written_today()) {
        EXPECT_EQ(read_file(golden_folder / name), bytes) << name;
    }
}

TEST_F(Golden, EventsAreReadAsTheyWereMeant) {
    Event decoded;
    for (const Event& event : tests::sample_events()) {
        const auto result = decode_event(read_file(golden_folder / file_name_of(event)), decoded);
        ASSERT_TRUE(result) << file_name_of(event) << ": " << result.error().detail;
        EXPECT_EQ(decoded, event) << file_name_of(event);
    }
    ASSERT_TRUE(decode_event(read_file(golden_folder / "typical_deduction.bin"), decoded));
    EXPECT_EQ(decoded, tests::typical_deduction());
}

TEST_F(Golden, ThePersonalPartIsReadAsItWasMeant) {
    PersonalPart decoded;
    ASSERT_TRUE(decode_personal(read_file(golden_folder / "personal_part.bin"), decoded));
    EXPECT_EQ(decoded, tests::sample_personal());
}

TEST_F(Golden, SnapshotsAreReadAsTheyWereMeant) {
    const auto ledger = decode_ledger(read_file(golden_folder / "snapshot_ledger.bin"));
    ASSERT_TRUE(ledger);
    EXPECT_EQ(*ledger, tests::sample_ledger());
    TermsTable terms;
    TermsTable decoded_terms;
    const std::vector<Account> accounts = tests::sample_accounts(terms);
    std::vector<Account> decoded;
    ASSERT_TRUE(decode_chunk(read_file(golden_folder / "snapshot_chunk.bin"), tests::sample_first,
                             decoded_terms, decoded));
    ASSERT_EQ(decoded.size(), accounts.size());
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        std::string expected;
        std::string found;
        append_canonical_account(expected, accounts[i], terms);
        append_canonical_account(found, decoded[i], decoded_terms);
        EXPECT_EQ(found, expected) << i;
    }
}

}  // namespace
}  // namespace creditd::schemas
