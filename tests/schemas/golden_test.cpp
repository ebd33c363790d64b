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
#include "tests/schemas/sample_arrangements.hpp"
#include "tests/schemas/sample_events.hpp"
#include "tests/schemas/sample_payments.hpp"
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

std::string ledger_bytes(const LedgerImage& ledger) {
    SnapshotEncoder encoder;
    return std::string(encoder.encode_ledger(ledger.head, ledger.catalog, ledger.redemptions,
                                             ledger.account_count));
}

/// What state hashes are of: a ledger must hash the same for ever.
std::string canonical_bytes(const std::vector<Account>& accounts, const TermsTable& terms) {
    std::string bytes;
    for (const Account& account : accounts) append_canonical_account(bytes, account, terms);
    return bytes;
}
std::string canonical_bytes(const LedgerImage& ledger) {
    std::string bytes;
    append_canonical_ledger(bytes, ledger.head, ledger.catalog, ledger.redemptions,
                            ledger.account_count);
    return bytes;
}

/// Every golden file as the code writes it today.
std::map<std::string, std::string> written_today() {
    std::map<std::string, std::string> files;
    EventEncoder encoder;
    for (const Event& event : tests::sample_events()) {
        files[file_name_of(event)] = encoder.encode(event);
    }
    for (const auto& [name, event] : tests::special_events()) {
        files[name + ".bin"] = encoder.encode(event);
    }
    for (const tests::LaterSample& sample : tests::sample_later_fields()) {
        files[sample.name + ".bin"] = encoder.encode(tests::sample_event(sample.body));
    }
    files["personal_part.bin"] = encode_personal(tests::sample_salt(), tests::sample_personal());
    files["personal_received.bin"] =
        encode_personal(tests::sample_salt(), tests::sample_received());
    SnapshotEncoder snapshots;
    TermsTable terms;
    const std::vector<Account> accounts = tests::sample_accounts(terms);
    files["snapshot_chunk.bin"] = snapshots.encode_chunk(tests::sample_first, accounts, terms);
    files["snapshot_ledger.bin"] = ledger_bytes(tests::sample_ledger());
    files["arranged_chunk.bin"] =
        snapshots.encode_chunk(tests::sample_first, tests::arranged_accounts(), terms);
    files["counting_chunk.bin"] =
        snapshots.encode_chunk(tests::sample_first, tests::counting_accounts(), terms);
    files["canonical_counting_chunk.bin"] = canonical_bytes(tests::counting_accounts(), terms);
    files["arranged_ledger.bin"] = ledger_bytes(tests::arranged_ledger());
    files["connected_ledger.bin"] = ledger_bytes(tests::connected_ledger());
    files["canonical_connected_ledger.bin"] = canonical_bytes(tests::connected_ledger());
    files["canonical_chunk.bin"] = canonical_bytes(accounts, terms);
    files["canonical_ledger.bin"] = canonical_bytes(tests::sample_ledger());
    files["canonical_arranged_chunk.bin"] = canonical_bytes(tests::arranged_accounts(), terms);
    files["canonical_arranged_ledger.bin"] = canonical_bytes(tests::arranged_ledger());
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
    for (const auto& [name, event] : tests::special_events()) {
        ASSERT_TRUE(decode_event(read_file(golden_folder / (name + ".bin")), decoded)) << name;
        EXPECT_EQ(decoded, event) << name;
    }
    for (const tests::LaterSample& sample : tests::sample_later_fields()) {
        const auto result =
            decode_event(read_file(golden_folder / (sample.name + ".bin")), decoded);
        ASSERT_TRUE(result) << sample.name << ": " << result.error().detail;
        EXPECT_EQ(decoded, tests::sample_event(sample.body)) << sample.name;
    }
}

TEST_F(Golden, ThePersonalPartIsReadAsItWasMeant) {
    PersonalPart decoded;
    ASSERT_TRUE(decode_personal(read_file(golden_folder / "personal_part.bin"), decoded));
    EXPECT_EQ(decoded, tests::sample_personal());
    ASSERT_TRUE(decode_personal(read_file(golden_folder / "personal_received.bin"), decoded));
    EXPECT_EQ(decoded, tests::sample_received());
}

void expect_ledger(const char* file, const LedgerImage& meant) {
    const auto ledger = decode_ledger(read_file(golden_folder / file));
    ASSERT_TRUE(ledger) << ledger.error().detail;
    EXPECT_EQ(*ledger, meant);
}

void expect_chunk(const char* file, const std::vector<Account>& meant, const TermsTable& terms) {
    TermsTable decoded_terms;
    std::vector<Account> decoded;
    const auto result =
        decode_chunk(read_file(golden_folder / file), tests::sample_first, decoded_terms, decoded);
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ(canonical_bytes(decoded, decoded_terms), canonical_bytes(meant, terms));
    ASSERT_EQ(decoded.size(), meant.size());
    for (std::size_t i = 0; i < meant.size(); ++i) {
        EXPECT_EQ(decoded[i].extra(), meant[i].extra()) << i;
    }
}

TEST_F(Golden, SnapshotsAreReadAsTheyWereMeant) {
    TermsTable terms;
    const std::vector<Account> accounts = tests::sample_accounts(terms);
    expect_chunk("snapshot_chunk.bin", accounts, terms);
    expect_chunk("arranged_chunk.bin", tests::arranged_accounts(), terms);
    expect_chunk("counting_chunk.bin", tests::counting_accounts(), terms);
    expect_ledger("snapshot_ledger.bin", tests::sample_ledger());
    expect_ledger("arranged_ledger.bin", tests::arranged_ledger());
    expect_ledger("connected_ledger.bin", tests::connected_ledger());
}

}  // namespace
}  // namespace creditd::schemas
