#include "replay/snapshot_reader.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "core/state_digest.hpp"
#include "replay/file_reader.hpp"
#include "replay/ordered_pipeline.hpp"
#include "replay/sha256.hpp"
#include "replay/state_hash.hpp"
#include "schemas/snapshot_codec.hpp"

namespace creditd::replay {
namespace {

JournalError damaged(const std::filesystem::path& path, std::string_view why) {
    return {JournalFault::damaged,
            "the snapshot " + path.string() + " is damaged: " + std::string(why)};
}

struct Record {
    RecordHeadBytes head{};
    std::string body;
};

constexpr std::size_t slot_chunks = 64;

/// The accounts of one chunk; their grants' terms are numbers of the chunk's own table.
struct DecodedChunk {
    std::vector<Account> accounts;
    TermsTable terms;
};

/// What travels through the pipeline: records in, decoded and hashed chunks out.
struct Slot {
    std::vector<Record> records;
    std::size_t count = 0;
    std::uint32_t first_chunk = 0;
    std::vector<DecodedChunk> chunks;
    std::vector<Hash256> hashes;
    std::string scratch;
    std::string failure;
    std::uint64_t bytes_read = 0;
};

/// Memory is reserved by these counts: the file must have room for what they say.
bool has_room(const SnapshotHeader& header, std::uint64_t file_bytes) {
    return header.chunks <= file_bytes / snapshot_format::record_head_bytes &&
           header.accounts <= std::uint64_t{header.chunks} * limits::chunk_accounts;
}

class Loader {
public:
    Loader(const std::filesystem::path& path, bool keeps_state)
        : path_(path), keeps_state_(keeps_state) {}

    std::expected<LoadedSnapshot, JournalError> load(unsigned threads,
                                                     const SnapshotProgress& progress);

private:
    std::expected<void, JournalError> read_start();
    std::expected<void, JournalError> read_record(Record& record, RecordKind kind,
                                                  std::uint32_t index);
    std::expected<void, JournalError> fill(Slot& slot);
    void read_chunks(OrderedPipeline<Slot>::Input& input);
    std::expected<void, JournalError> read_footer();
    void decode(Slot& slot) const;
    bool restore(Slot& slot);
    std::expected<LoadedSnapshot, JournalError> conclude();
    JournalError bad(std::string_view why) const { return damaged(path_, why); }

    const std::filesystem::path& path_;
    const bool keeps_state_;
    FileReader file_;
    SnapshotHeader header_;
    SnapshotFooter footer_;
    Sha256 file_hash_;
    LedgerHead head_;
    Catalog catalog_;
    Redemptions redemptions_;
    std::uint32_t next_chunk_ = 0;
    std::uint64_t accounts_ = 0;
    std::unique_ptr<State> state_ = std::make_unique<State>();
    std::vector<Hash256> hashes_;
    std::optional<JournalError> producer_error_;
    std::optional<JournalError> error_;
};

std::expected<void, JournalError> Loader::read_record(Record& record, RecordKind kind,
                                                      std::uint32_t index) {
    if (auto read = file_.read(record.head.data(), record.head.size()); !read) return read;
    const RecordHead head = decode_record_head(record.head);
    if (head.kind != kind || head.index != index) {
        return std::unexpected(bad("a record stands where another belongs"));
    }
    if (head.body_bytes > snapshot_format::body_bytes_max || head.body_bytes > file_.left()) {
        return std::unexpected(bad("a record is longer than the file"));
    }
    file_hash_.update(view_of(record.head));
    record.body.resize(head.body_bytes);
    return file_.read(record.body.data(), record.body.size());
}

std::expected<void, JournalError> Loader::read_start() {
    if (auto opened = file_.open(path_, "snapshot"); !opened) return opened;
    HeaderBytes bytes{};
    if (auto read = file_.read(bytes.data(), bytes.size()); !read) return read;
    const auto header = decode_header(bytes);
    if (!header) return std::unexpected(bad("its header is not sound"));
    header_ = *header;
    if (!has_room(header_, file_.size())) {
        return std::unexpected(bad("its header counts more than the file holds"));
    }
    file_hash_.update(view_of(bytes));
    Record ledger;
    if (auto read = read_record(ledger, RecordKind::ledger, 0); !read) return read;
    if (!is_sound_record(ledger.head, ledger.body)) {
        return std::unexpected(bad("the checksum of the ledger's record is wrong"));
    }
    auto decoded = schemas::decode_ledger(ledger.body);
    if (!decoded) return std::unexpected(bad(decoded.error().detail));
    head_ = decoded->head;
    catalog_ = std::move(decoded->catalog);
    redemptions_ = std::move(decoded->redemptions);
    const bool agrees = head_.seq == header_.tip.seq && head_.epoch == header_.tip.epoch &&
                        head_.ledger_id == header_.tip.chain.ledger.bytes &&
                        decoded->account_count == header_.accounts;
    if (!agrees) return std::unexpected(bad("its header and its ledger disagree"));
    return {};
}

std::expected<void, JournalError> Loader::fill(Slot& slot) {
    slot.count = 0;
    slot.first_chunk = next_chunk_;
    slot.records.resize(slot_chunks);
    while (slot.count < slot_chunks && next_chunk_ < header_.chunks) {
        auto read = read_record(slot.records[slot.count], RecordKind::chunk, next_chunk_);
        if (!read) return read;
        ++slot.count;
        ++next_chunk_;
    }
    slot.bytes_read = file_.size() - file_.left();
    return {};
}

void Loader::read_chunks(OrderedPipeline<Slot>::Input& input) {
    while (next_chunk_ < header_.chunks) {
        Slot* const slot = input.slot();
        if (slot == nullptr) return;
        if (const auto filled = fill(*slot); !filled) {
            producer_error_ = filled.error();
            return;
        }
        input.commit();
    }
    if (const auto read = read_footer(); !read) producer_error_ = read.error();
}

std::expected<void, JournalError> Loader::read_footer() {
    FooterBytes bytes{};
    if (auto read = file_.read(bytes.data(), bytes.size()); !read) return read;
    const auto footer = decode_footer(bytes);
    if (!footer) return std::unexpected(bad("its footer is not sound"));
    if (file_.left() != 0) return std::unexpected(bad("something follows its footer"));
    footer_ = *footer;
    const auto& state_hash = footer_.state_hash.bytes;
    file_hash_.update({reinterpret_cast<const char*>(state_hash.data()), state_hash.size()});
    if (file_hash_.finish() != footer_.file_hash) {
        return std::unexpected(bad("the hash of the file is wrong"));
    }
    return {};
}

void Loader::decode(Slot& slot) const {
    slot.failure.clear();
    slot.chunks.clear();
    slot.chunks.resize(slot.count);
    slot.hashes.resize(slot.count);
    for (std::size_t i = 0; i < slot.count; ++i) {
        const Record& record = slot.records[i];
        if (!is_sound_record(record.head, record.body)) {
            slot.failure = "the checksum of a chunk is wrong";
            return;
        }
        DecodedChunk& chunk = slot.chunks[i];
        chunk.accounts.reserve(limits::chunk_accounts);
        const auto first = (slot.first_chunk + i) * limits::chunk_accounts;
        const auto decoded = schemas::decode_chunk(
            record.body, AccountNo{static_cast<std::uint32_t>(first)}, chunk.terms, chunk.accounts);
        if (!decoded) {
            slot.failure = decoded.error().detail;
            return;
        }
        slot.hashes[i] = hash_chunk(chunk.accounts, chunk.terms, slot.scratch);
    }
}

/// The grants of a decoded chunk count their terms within the chunk; here they get the state's.
void rename_terms(DecodedChunk& chunk, State& state) {
    std::vector<TermsNo> numbers;
    numbers.reserve(chunk.terms.count());
    for (std::size_t i = 0; i < chunk.terms.count(); ++i) {
        const SharedTerms& terms = chunk.terms.get(TermsNo{static_cast<std::uint32_t>(i)});
        numbers.push_back(state.terms.intern(terms));
    }
    for (Account& account : chunk.accounts) {
        for (Grant& grant : account.grants) grant.terms = numbers[grant.terms.value];
    }
}

bool Loader::restore(Slot& slot) {
    if (!slot.failure.empty()) {
        error_ = bad(slot.failure);
        return false;
    }
    for (std::size_t i = 0; i < slot.count; ++i) {
        DecodedChunk& chunk = slot.chunks[i];
        const std::uint64_t expected =
            std::min<std::uint64_t>(limits::chunk_accounts, header_.accounts - accounts_);
        if (chunk.accounts.size() != expected) {
            error_ = bad("a chunk holds too few or too many accounts");
            return false;
        }
        accounts_ += expected;
        hashes_.push_back(slot.hashes[i]);
        if (!keeps_state_) continue;
        rename_terms(chunk, *state_);
        // Lets the cache misses of many look-ups overlap; adding alone takes them in turn.
        for (const Account& account : chunk.accounts) state_->accounts.prefetch_slot(account.id());
        for (Account& account : chunk.accounts) state_->restore_account(std::move(account));
    }
    return true;
}

std::expected<LoadedSnapshot, JournalError> Loader::conclude() {
    if (error_) return std::unexpected(*error_);
    if (producer_error_) return std::unexpected(*producer_error_);
    if (accounts_ != header_.accounts) return std::unexpected(bad("accounts are missing"));
    std::string ledger;
    append_canonical_ledger(ledger, head_, catalog_, redemptions_, accounts_);
    if (combine_state_hash(ledger, hashes_) != footer_.state_hash) {
        return std::unexpected(bad("the state in it has another hash than it names"));
    }
    state_->head = head_;
    state_->change_catalog() = std::move(catalog_);
    state_->restore_redemptions(std::move(redemptions_));
    state_->window.start_at(head_.seq);
    return LoadedSnapshot{std::move(state_), header_.tip, footer_.state_hash};
}

std::expected<LoadedSnapshot, JournalError> Loader::load(unsigned threads,
                                                         const SnapshotProgress& progress) {
    if (const auto started = read_start(); !started) return std::unexpected(started.error());
    if (keeps_state_) state_->accounts.reserve(header_.accounts);
    hashes_.reserve(header_.chunks);
    OrderedPipeline<Slot> pipeline(2 * threads + 2, threads);
    pipeline.run([this](auto& input) { read_chunks(input); }, [this](Slot& slot) { decode(slot); },
                 [&](Slot& slot) {
                     if (progress) progress(slot.bytes_read, file_.size());
                     return restore(slot);
                 });
    return conclude();
}

}  // namespace

std::expected<SnapshotHeader, JournalError> read_snapshot_header(
    const std::filesystem::path& path) {
    FileReader file;
    HeaderBytes bytes{};
    if (const auto opened = file.open(path, "snapshot"); !opened)
        return std::unexpected(opened.error());
    if (const auto read = file.read(bytes.data(), bytes.size()); !read) {
        return std::unexpected(read.error());
    }
    const auto header = decode_header(bytes);
    if (!header) return std::unexpected(damaged(path, "its header is not sound"));
    return *header;
}

std::expected<LoadedSnapshot, JournalError> load_snapshot(const std::filesystem::path& path,
                                                          unsigned threads,
                                                          const SnapshotProgress& progress) {
    return Loader(path, true).load(threads, progress);
}

std::expected<LoadedSnapshot, JournalError> verify_snapshot(const std::filesystem::path& path,
                                                            unsigned threads) {
    return Loader(path, false).load(threads, {});
}

}  // namespace creditd::replay
