// The backends of the journal behind one face, for the tests that every backend must pass: a store
// that outlives its journals, can fail the next write, be damaged, and be started again. The
// simulation's is among them: what it shows of the ledger holds for RocksDB as far as both pass.
#pragma once

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

#include "replay/memory_journal.hpp"
#include "replay/rocksdb_journal.hpp"
#include "tests/replay/faulty_file_system.hpp"
#include "tests/sim/disk.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {

class MemoryBackend {
public:
    /// A journal on what is stored: another writer, if there is one already.
    std::unique_ptr<replay::Journal> journal() {
        return std::make_unique<replay::MemoryJournal>(store_);
    }
    /// The process has died and starts again. Journals made before are dead.
    void restart() {}
    void fail_next(bool is_kept) {
        store_->fail_next(is_kept ? replay::MemoryFault::unknown_kept
                                  : replay::MemoryFault::unknown_dropped);
    }
    void flip_bit(Seq first_seq, std::size_t bit) { store_->flip_bit(first_seq, bit); }
    void remove_block(Seq first_seq) { store_->remove_block(first_seq); }
    void cut_after(Seq last) { store_->cut_after(last); }

private:
    std::shared_ptr<replay::MemoryStore> store_ = std::make_shared<replay::MemoryStore>();
};

class SimBackend {
public:
    std::unique_ptr<replay::Journal> journal() {
        return std::make_unique<sim::SimJournal>(disk_, timer_);
    }
    void restart() {}
    void fail_next(bool is_kept) {
        disk_.fail_next(is_kept ? sim::WriteFault::sync_fails : sim::WriteFault::no_space);
    }
    void flip_bit(Seq first_seq, std::size_t bit) { disk_.flip_bit(first_seq, bit); }
    void remove_block(Seq first_seq) {
        sim::SimDisk::Copy copy = disk_.copy();
        ASSERT_EQ(copy.blocks.erase(first_seq), 1u);
        disk_.restore(std::move(copy));
    }
    void cut_after(Seq last) { disk_.cut_after(last); }

private:
    sim::SimDisk disk_;
    sim::CrashTimer timer_;  // never armed
};

class RocksDbBackend {
public:
    RocksDbBackend() { restart(); }

    std::unique_ptr<replay::Journal> journal() {
        return std::make_unique<replay::RocksDbJournal>(*database_);
    }
    void restart() {
        database_.reset();
        replay::DatabaseOptions options;
        options.folder = folder_.path() / "db";
        options.env = env_.get();
        options.on_fatal = [](const std::string&) {};
        auto opened = replay::Database::open(options);
        if (!opened) throw std::runtime_error(opened.error().detail);
        database_ = std::move(*opened);
    }
    void fail_next(bool is_kept) {
        file_system_->fail_next(is_kept ? LogFault::sync : LogFault::append);
    }
    void flip_bit(Seq first_seq, std::size_t bit) {
        std::string value;
        ASSERT_TRUE(db().Get({}, family(), key(first_seq), &value).ok());
        value.at(bit / 8) = static_cast<char>(value.at(bit / 8) ^ (1 << (bit % 8)));
        ASSERT_TRUE(db().Put({}, family(), key(first_seq), value).ok());
    }
    void remove_block(Seq first_seq) {
        ASSERT_TRUE(db().Delete({}, family(), key(first_seq)).ok());
    }
    void cut_after(Seq last) {
        const Seq beyond{UINT64_MAX};
        ASSERT_TRUE(db().DeleteRange({}, family(), key(last.next()), key(beyond)).ok());
    }

private:
    rocksdb::DB& db() { return database_->db(); }
    rocksdb::ColumnFamilyHandle* family() { return database_->family("journal"); }
    static std::string key(Seq seq) {
        std::string bytes;
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes.push_back(static_cast<char>((seq.value >> shift) & 0xff));
        }
        return bytes;
    }

    TemporaryFolder folder_;
    std::shared_ptr<FaultyFileSystem> file_system_ = std::make_shared<FaultyFileSystem>();
    std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(file_system_);
    std::unique_ptr<replay::Database> database_;
};

}  // namespace creditd::tests
