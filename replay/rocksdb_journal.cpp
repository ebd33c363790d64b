#include "replay/rocksdb_journal.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <memory>

#include "core/assert.hpp"

namespace creditd::replay {
namespace {

/// 8 bytes big-endian, so that RocksDB's order of bytes is the order of numbers.
class Key {
public:
    explicit Key(Seq seq) {
        for (std::size_t i = 0; i < bytes_.size(); ++i) {
            bytes_[i] = static_cast<char>((seq.value >> (56 - 8 * i)) & 0xff);
        }
    }
    rocksdb::Slice slice() const { return {bytes_.data(), bytes_.size()}; }

private:
    std::array<char, 8> bytes_;
};

std::optional<Seq> seq_of(const rocksdb::Slice& key) {
    if (key.size() != 8) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < key.size(); ++i) {
        value = (value << 8) | static_cast<unsigned char>(key[i]);
    }
    return Seq{value};
}

JournalError from_status(const rocksdb::Status& status, std::optional<Seq> seq) {
    return {status.IsCorruption() ? JournalFault::damaged : JournalFault::io,
            "reading the journal: " + status.ToString(), seq};
}

JournalError foreign_key(std::optional<Seq> seq) {
    return {JournalFault::damaged, "the journal holds a key that is not a sequence number", seq};
}

/// In a long read each block passes by once, and what is in the cache is worth more; a block that
/// one event is wanted from is likely to be wanted again.
rocksdb::ReadOptions read_options(Seq from, Seq last) {
    rocksdb::ReadOptions options;
    options.fill_cache = from == last;
    return options;
}

}  // namespace

RocksDbJournal::RocksDbJournal(Database& database)
    : database_(database),
      journal_(database.family("journal")),
      personal_(database.family("personal")) {}

std::expected<std::optional<Journal::LastBlock>, JournalError> RocksDbJournal::load_last() {
    auto& end = database_.journal_end();
    const std::scoped_lock lock(end.mutex);
    const std::unique_ptr<rocksdb::Iterator> at(
        database_.db().NewIterator(rocksdb::ReadOptions(), journal_));
    at->SeekToLast();
    if (!at->status().ok()) return std::unexpected(find_damage(at->status()));
    std::optional<LastBlock> last;
    end.epoch = Epoch{};
    end.seq = Seq{};
    if (at->Valid()) {
        const auto first_seq = seq_of(at->key());
        if (!first_seq) return std::unexpected(foreign_key(std::nullopt));
        last = LastBlock{*first_seq, at->value().ToString()};
        // Unverified here: a damaged header lets every later write be refused.
        if (const auto header = peek_header(last->bytes)) {
            end.epoch = header->epoch;
            end.seq = header->last_seq();
        }
    }
    end.is_known = true;
    return last;
}

JournalError RocksDbJournal::find_damage(const rocksdb::Status& status) const {
    const auto read = visit(Seq{1}, Seq{UINT64_MAX}, [](const StoredBlock&) { return true; });
    return read ? from_status(status, std::nullopt) : read.error();
}

AppendOutcome RocksDbJournal::store(const ChainTip& previous, std::span<const SealedBlock> blocks,
                                    std::span<const PersonalRow> rows, std::string& failure) {
    auto& end = database_.journal_end();
    const std::scoped_lock lock(end.mutex);
    if (end.is_known && (end.epoch != previous.epoch || end.seq != previous.seq)) {
        return AppendOutcome::deposed;
    }
    if (!end.is_known) {
        failure = "an earlier write failed; the database must be opened again";
        return AppendOutcome::unknown;
    }
    std::size_t bytes = 0;
    for (const SealedBlock& block : blocks) bytes += block.bytes.size() + 32;
    for (const PersonalRow& row : rows) bytes += row.bytes.size() + 32;
    rocksdb::WriteBatch batch(bytes);
    rocksdb::Status status;
    for (const SealedBlock& block : blocks) {
        if (status.ok()) status = batch.Put(journal_, Key(block.first_seq).slice(), block.bytes);
    }
    for (const PersonalRow& row : rows) {
        if (status.ok()) status = batch.Put(personal_, Key(row.seq).slice(), row.bytes);
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    if (status.ok()) status = database_.write(options, batch);
    if (!status.ok()) {
        // The write may be on disk all the same: RocksDB has brought refused writes back.
        end.is_known = false;
        failure = status.ToString();
        return AppendOutcome::unknown;
    }
    end.epoch = blocks.back().tip.epoch;
    end.seq = blocks.back().tip.seq;
    return AppendOutcome::committed;
}

std::expected<void, JournalError> RocksDbJournal::visit(Seq from, Seq last,
                                                        const BlockVisitor& visitor) const {
    const std::unique_ptr<rocksdb::Iterator> at(
        database_.db().NewIterator(read_options(from, last), journal_));
    at->SeekForPrev(Key(from).slice());
    if (!at->Valid() && at->status().ok()) at->SeekToFirst();
    Seq next = from;
    for (; at->Valid(); at->Next()) {
        const auto first_seq = seq_of(at->key());
        if (!first_seq) return std::unexpected(foreign_key(next));
        if (*first_seq > last) break;
        const std::string_view bytes = at->value().ToStringView();
        if (!visitor({*first_seq, bytes})) return {};
        if (const auto header = peek_header(bytes)) next = header->last_seq().next();
        // Not one block further than asked: what follows may be the damage.
        if (next > last) return {};
    }
    if (!at->status().ok()) return std::unexpected(from_status(at->status(), next));
    return {};
}

// Synced, because the write-ahead log is the blocks' too, and must never have a hole before its
// end.
std::expected<void, JournalError> RocksDbJournal::erase_personal(std::span<const Seq> seqs) {
    rocksdb::WriteBatch batch;
    rocksdb::Status status;
    for (const Seq seq : seqs) {
        if (status.ok()) status = batch.Delete(personal_, Key(seq).slice());
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    if (status.ok()) status = database_.write(options, batch);
    if (!status.ok()) return std::unexpected(from_status(status, seqs.front()));
    return {};
}

std::expected<std::vector<std::optional<std::string>>, JournalError> RocksDbJournal::load_personal(
    std::span<const Seq> seqs) const {
    const std::vector<Key> keys(seqs.begin(), seqs.end());
    std::vector<rocksdb::Slice> slices;
    slices.reserve(keys.size());
    for (const Key& key : keys) slices.push_back(key.slice());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    database_.db().MultiGet(rocksdb::ReadOptions(), personal_, keys.size(), slices.data(),
                            values.data(), statuses.data());
    std::vector<std::optional<std::string>> rows(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (statuses[i].ok()) {
            rows[i] = values[i].ToString();
        } else if (!statuses[i].IsNotFound()) {
            return std::unexpected(from_status(statuses[i], seqs[i]));
        }
    }
    return rows;
}

}  // namespace creditd::replay
