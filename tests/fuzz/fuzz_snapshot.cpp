// The bytes of a snapshot file, and of its records: good or refused with a reason. The input may
// ask for checksums and the hash of the file to be right, as a forger would make them, so that what
// is inside a record is looked at too.
#include <cstring>
#include <string>
#include <vector>

#include "replay/crc32c.hpp"
#include "replay/sha256.hpp"
#include "replay/snapshot_reader.hpp"
#include "schemas/snapshot_codec.hpp"
#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/support.hpp"

using namespace creditd;
using namespace creditd::replay;
using creditd::tests::AssertionFailed;
using creditd::tests::FuzzInput;
using creditd::tests::MemoryFile;
using creditd::tests::require;

namespace {

template <std::size_t N>
std::array<char, N> part_of(const std::string& file, std::size_t at) {
    std::array<char, N> bytes{};
    std::memcpy(bytes.data(), file.data() + at, N);
    return bytes;
}

void put_crc(std::string& file, std::size_t begin, std::size_t at, std::uint32_t crc) {
    for (unsigned i = 0; i < 4; ++i) file[begin + at + i] = static_cast<char>(crc >> (8 * i));
}

/// Makes every checksum right, and the hash of the file, as far as its parts can be told apart.
void forge(std::string& file) {
    using namespace snapshot_format;
    if (file.size() < header_bytes + footer_bytes) return;
    put_crc(file, 0, 124, crc32c(std::string_view(file).substr(0, 124)));
    Sha256 hash;
    hash.update(std::string_view(file).substr(0, header_bytes));
    const std::size_t footer = file.size() - footer_bytes;
    for (std::size_t at = header_bytes; at + record_head_bytes <= footer;) {
        const auto head = decode_record_head(part_of<record_head_bytes>(file, at));
        const std::size_t body = at + record_head_bytes;
        if (head.body_bytes > footer - body) break;
        const std::string_view bytes = std::string_view(file).substr(body, head.body_bytes);
        const auto sealed = encode_record_head(head.kind, head.index, bytes);
        std::memcpy(file.data() + at, sealed.data(), sealed.size());
        hash.update(view_of(sealed));
        at = body + head.body_bytes;
    }
    SnapshotFooter made;
    std::memcpy(made.state_hash.bytes.data(), file.data() + footer + 4, 32);
    hash.update(std::string_view(file).substr(footer + 4, 32));
    made.file_hash = hash.finish();
    const FooterBytes sealed = encode_footer(made);
    std::memcpy(file.data() + footer, sealed.data(), sealed.size());
}

void read_file(std::string_view bytes) {
    const MemoryFile file(bytes);
    const auto header = read_snapshot_header(file.path());
    const auto loaded = load_snapshot(file.path(), 1);
    require(loaded || !loaded.error().detail.empty(), "a refusal has a reason");
    const auto verified = verify_snapshot(file.path(), 1);
    require(loaded.has_value() == verified.has_value(), "loading and verifying agree");
    if (!loaded) return;
    require(header.has_value() && header->tip == loaded->tip, "a header names its snapshot");
    tests::require_sound(*loaded->state, "a snapshot");
}

void read_forged_file(std::string bytes) {
    forge(bytes);
    const MemoryFile file(bytes);
    const auto verified = verify_snapshot(file.path(), 1);
    require(verified || !verified.error().detail.empty(), "a refusal has a reason");
}

/// What was decoded is encoded and decoded to the same.
void require_same_chunk(AccountNo first, const std::vector<Account>& accounts,
                        const TermsTable& terms) {
    schemas::SnapshotEncoder encoder;
    TermsTable terms_again;
    std::vector<Account> again;
    const auto bytes = encoder.encode_chunk(first, accounts, terms);
    require(schemas::decode_chunk(bytes, first, terms_again, again).has_value(),
            "a chunk that was encoded can be decoded");
    require(again.size() == accounts.size(), "no account gets lost on the way");
    for (std::size_t i = 0; i < again.size(); ++i) {
        require(again[i].id() == accounts[i].id() && again[i].balance == accounts[i].balance &&
                    again[i].held == accounts[i].held,
                "an account comes back as it was");
    }
}

void read_records(FuzzInput input) {
    State state;
    try {
        const auto count = schemas::restore_ledger(input.sized(), state);
        if (!count) return;
        while (!input.is_empty()) {
            const std::string chunk(input.sized());
            const AccountNo first{static_cast<std::uint32_t>(state.accounts.count())};
            TermsTable terms;
            std::vector<Account> accounts;
            if (!schemas::decode_chunk(chunk, first, terms, accounts)) return;
            require_same_chunk(first, accounts, terms);
            if (!schemas::restore_chunk(chunk, state)) return;
        }
    } catch (const AssertionFailed&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzInput input(data, size);
    switch (input.byte() % 3) {
        case 0: read_file(input.rest()); break;
        case 1: read_forged_file(std::string(input.rest())); break;
        default: read_records(input); break;
    }
    return 0;
}
