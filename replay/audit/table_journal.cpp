#include "replay/audit/table_journal.hpp"

#include <rocksdb/db.h>
#include <rocksdb/metadata.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <memory>

#include "core/assert.hpp"
#include "replay/followers/encoding.hpp"

namespace creditd::replay::audit {
namespace {

constexpr int attempts_max = 3;
constexpr std::size_t readahead_bytes = 1u << 20;

std::string key_of(Seq seq) {
    std::string key;
    followers::append_be(key, seq.value, 8);
    return key;
}

std::optional<Seq> seq_of(const rocksdb::Slice& key) {
    followers::Reader reader({key.data(), key.size()});
    const Seq seq{reader.be(8)};
    if (reader.is_bad() || key.size() != 8) return std::nullopt;
    return seq;
}

JournalError from_status(const rocksdb::Status& status, Seq next) {
    return {status.IsCorruption() ? JournalFault::damaged : JournalFault::io,
            "reading the journal's tables: " + status.ToString(), next};
}

rocksdb::ReadOptions read_options() {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.verify_checksums = true;
    options.readahead_size = readahead_bytes;
    return options;
}

struct Table {
    std::string path;
    std::string first_key;
    std::string last_key;
};

/// In order of their keys; tables of the journal never overlap.
std::vector<Table> tables_of(const Database& database) {
    rocksdb::ColumnFamilyMetaData family;
    database.db().GetColumnFamilyMetaData(database.family("journal"), &family);
    std::vector<Table> tables;
    for (const auto& level : family.levels) {
        for (const auto& file : level.files) {
            tables.push_back({file.db_path + file.name, file.smallestkey, file.largestkey});
        }
    }
    std::ranges::sort(tables, {}, &Table::first_key);
    return tables;
}

/// Where a visit stands.
struct Walk {
    Seq from{};
    Seq last{};
    const BlockVisitor& visitor;
    Seq next = from;       // the event that is expected
    std::string seen{};    // the last key that was visited
    bool is_over = false;  // the visitor had enough, or `last` was reached

    std::expected<void, JournalError> take(rocksdb::Iterator& at) {
        for (; at.Valid() && !is_over; at.Next()) {
            const auto first_seq = seq_of(at.key());
            if (!first_seq) {
                return std::unexpected(JournalError{
                    JournalFault::damaged, "a table holds a key that is no sequence number", next});
            }
            is_over = *first_seq > last;
            if (is_over) return {};
            const std::string_view bytes{at.value().data(), at.value().size()};
            const auto header = peek_header(bytes);
            seen = at.key().ToString();
            // The last block of a table may end before what is wanted, which is in the next one.
            if (header && header->last_seq() < from) continue;
            is_over = !visitor({*first_seq, bytes});
            if (header) next = header->last_seq().next();
            if (next > last) is_over = true;
        }
        if (!at.status().ok()) return std::unexpected(from_status(at.status(), next));
        return {};
    }
    /// To the first block that is wanted.
    void seek(rocksdb::Iterator& at) const {
        if (!seen.empty()) {
            at.Seek(seen);
            if (at.Valid() && at.key() == rocksdb::Slice(seen)) at.Next();
            return;
        }
        at.SeekForPrev(key_of(from));
        if (!at.Valid() && at.status().ok()) at.SeekToFirst();
    }
};

rocksdb::Options table_options(const Database& database, bool is_direct) {
    rocksdb::Options options = database.db().GetOptions(database.family("journal"));
    rocksdb::BlockBasedTableOptions table;
    table.no_block_cache = true;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.use_direct_reads = is_direct;
    return options;
}

/// Opens the table past the kernel's cache, or with it where the file system has no other way.
rocksdb::Status open_table(const Database& database, const Table& table,
                           std::unique_ptr<rocksdb::SstFileReader>& reader) {
    rocksdb::Status status;
    for (const bool is_direct : {true, false}) {
        reader = std::make_unique<rocksdb::SstFileReader>(table_options(database, is_direct));
        status = reader->Open(table.path);
        if (status.ok() || status.IsCorruption() || status.IsPathNotFound()) break;
    }
    return status;
}

/// Visits what the tables have. A table that is gone was compacted meanwhile, and its blocks are
/// in another one; if it is missing again and again, it is missing.
std::expected<void, JournalError> visit_tables(const Database& database, Walk& walk) {
    for (int attempt = 1;; ++attempt) {
        const std::vector<Table> tables = tables_of(database);
        bool is_gone = false;
        auto at = std::ranges::upper_bound(tables, key_of(walk.next), {}, &Table::first_key);
        if (at != tables.begin()) --at;
        for (; at != tables.end() && !walk.is_over && !is_gone; ++at) {
            if (at->last_key <= walk.seen) continue;
            std::unique_ptr<rocksdb::SstFileReader> reader;
            const rocksdb::Status status = open_table(database, *at, reader);
            is_gone = status.IsPathNotFound();
            if (is_gone && attempt < attempts_max) break;
            if (is_gone) {
                return std::unexpected(JournalError{JournalFault::damaged,
                                                    "a table is missing: " + at->path, walk.next});
            }
            if (!status.ok()) return std::unexpected(from_status(status, walk.next));
            const std::unique_ptr<rocksdb::Iterator> blocks(reader->NewIterator(read_options()));
            walk.seek(*blocks);
            if (auto taken = walk.take(*blocks); !taken) return taken;
        }
        if (!is_gone) return {};
    }
}

}  // namespace

TableJournal::TableJournal(const Database& database) : database_(database) {}

std::expected<std::optional<Journal::LastBlock>, JournalError> TableJournal::load_last() {
    const std::unique_ptr<rocksdb::Iterator> at(
        database_.db().NewIterator(read_options(), database_.family("journal")));
    at->SeekToLast();
    if (!at->status().ok()) return std::unexpected(from_status(at->status(), Seq{}));
    if (!at->Valid()) return std::nullopt;
    const auto first_seq = seq_of(at->key());
    if (!first_seq) {
        return std::unexpected(
            JournalError{JournalFault::damaged, "the last key is no sequence number", {}});
    }
    return LastBlock{*first_seq, at->value().ToString()};
}

AppendOutcome TableJournal::store(const ChainTip&, std::span<const SealedBlock>,
                                  std::span<const PersonalRow>, std::string&) {
    CREDITD_ASSERT(false);
    return AppendOutcome::deposed;
}

std::expected<void, JournalError> TableJournal::visit(Seq from, Seq last,
                                                      const BlockVisitor& visitor) const {
    Walk walk{from, last, visitor};
    if (auto visited = visit_tables(database_, walk); !visited || walk.is_over) return visited;
    const std::unique_ptr<rocksdb::Iterator> rest(
        database_.db().NewIterator(read_options(), database_.family("journal")));
    walk.seek(*rest);
    return walk.take(*rest);
}

std::expected<std::vector<std::optional<std::string>>, JournalError> TableJournal::load_personal(
    std::span<const Seq> seqs) const {
    return std::vector<std::optional<std::string>>(seqs.size());
}

}  // namespace creditd::replay::audit
