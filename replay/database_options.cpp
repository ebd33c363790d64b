#include "replay/database_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace creditd::replay {
namespace {

/// A background error that stops writes leaves the outcome of earlier ones open: nothing may be
/// answered after it. RocksDB would try to go on (max_bgerror_resume_count); a ledger starts anew.
class StopOnFatalError final : public rocksdb::EventListener {
public:
    explicit StopOnFatalError(std::function<void(const std::string&)> on_fatal)
        : on_fatal_(std::move(on_fatal)) {}

    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
        if (error->severity() < rocksdb::Status::kHardError) return;
        const std::string text = error->ToString();
        if (on_fatal_) return on_fatal_(text);
        std::fprintf(stderr, "creditd: the database failed, stopping: %s\n", text.c_str());
        std::fflush(stderr);
        std::abort();
    }

private:
    std::function<void(const std::string&)> on_fatal_;
};

/// A read-only opening must not leave a log file in the folder it looks at.
class DiscardingLogger final : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
    rocksdb::InfoLogLevel GetInfoLogLevel() const override {
        return rocksdb::InfoLogLevel::FATAL_LEVEL;
    }
};

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache,
                                            int bloom_bits, std::size_t block_bytes) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.block_size = block_bytes;
    table.format_version = 5;
    if (bloom_bits > 0) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(bloom_bits));

    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.compression = rocksdb::kZSTD;
    // Level 1 makes tables as small as the default 3 does, from events that are mostly hashes and
    // numbers, at twice the speed: flushing must keep up with the writer.
    options.compression_opts.level = 1;
    options.write_buffer_size = 16u << 20;
    options.max_write_buffer_number = 3;
    // Catches a bit that flips in memory between the write and the flush, and at the flush.
    options.memtable_protection_bytes_per_key = 8;
    options.paranoid_file_checks = true;
    options.force_consistency_checks = true;
    return options;
}

/// Large values in key order, read from end to end: big blocks, and levels that are never
/// rewritten, because tables in ascending order move down without being read.
void tune_journal(rocksdb::ColumnFamilyOptions& options) {
    options.write_buffer_size = 32u << 20;
    options.target_file_size_base = 128u << 20;
    options.max_bytes_for_level_base = 1024u << 20;
}

void set_safety(rocksdb::DBOptions& options, OpenMode mode) {
    // Mode 0: a record torn by a crash at the very end is dropped, any other damage refuses to
    // open. The default (PointInTime) silently drops acknowledged events behind the damage, and
    // AbsoluteConsistency does not open after an ordinary crash. What no mode notices, a log cut at
    // a record boundary, the head file does.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    // Sound only because SyncWAL() is never called: false alarms until RocksDB 7.10. To salvage,
    // too: told not to, RocksDB would write that down, which ends a program that only reads.
    options.track_and_verify_wals_in_manifest = true;
    options.paranoid_checks = true;
    options.flush_verify_memtable_count = true;
    options.verify_sst_unique_id_in_manifest = true;
    options.max_bgerror_resume_count = 0;
    if (mode == OpenMode::salvage) {
        options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    }
}

}  // namespace

rocksdb::DBOptions rocksdb_options(const DatabaseOptions& wanted) {
    rocksdb::DBOptions options;
    set_safety(options, wanted.mode);
    options.create_if_missing = wanted.mode == OpenMode::read_write;
    options.create_missing_column_families = writes(wanted.mode);
    if (wanted.env != nullptr) options.env = wanted.env;
    options.listeners.push_back(std::make_shared<StopOnFatalError>(wanted.on_fatal));
    options.write_buffer_manager =
        std::make_shared<rocksdb::WriteBufferManager>(database_write_buffer_bytes);
    // Bounds the write-ahead log, and with it the time to open after a crash: the families are
    // written at very different rates, and the slowest would else keep every old log alive.
    options.max_total_wal_size = 256u << 20;
    options.max_background_jobs = 2;
    options.bytes_per_sync = 1u << 20;
    // A secondary must hold its files open, or the writer's compactions pull them away.
    options.max_open_files = wanted.mode == OpenMode::live ? -1 : 512;
    options.max_log_file_size = 8u << 20;
    options.keep_log_file_num = 4;
    if (!writes(wanted.mode) || wanted.is_frugal) {
        options.info_log = std::make_shared<DiscardingLogger>();
    }
    if (wanted.is_frugal) options.max_file_opening_threads = 1;
    return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> describe_families(
    const DatabaseOptions& wanted, const std::vector<std::string>& existing) {
    const auto cache = rocksdb::NewLRUCache(database_cache_bytes);
    constexpr std::size_t small_block = 16u << 10;
    constexpr std::size_t large_block = 64u << 10;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    const auto add = [&](std::string_view name, const rocksdb::ColumnFamilyOptions& options) {
        const bool is_stored = std::ranges::find(existing, name) != existing.end();
        if (is_stored || writes(wanted.mode)) families.emplace_back(std::string(name), options);
    };
    add(rocksdb::kDefaultColumnFamilyName, family_options(cache, 0, small_block));
    auto journal = family_options(cache, 0, large_block);
    tune_journal(journal);
    add("journal", journal);
    add("personal", family_options(cache, 0, small_block));
    for (const FollowerFamily& follower : wanted.followers) {
        auto options = family_options(cache, follower.bloom_bits, small_block);
        if (follower.tune) follower.tune(options);
        add(follower.name, options);
    }
    // A family that this version, or this tool, does not know must be opened all the same.
    for (const std::string& name : existing) {
        const auto is_same = [&](const auto& family) { return family.name == name; };
        if (std::ranges::none_of(families, is_same)) {
            families.emplace_back(name, family_options(cache, 0, small_block));
        }
    }
    return families;
}

std::vector<FollowerFamily> default_followers() {
    constexpr int keys_bloom_bits = 10;  // 1 % false positives: old keys are mostly asked in vain
    return {{"history", 0, {}},
            {"accounts", 0, {}},
            {"keys", keys_bloom_bits, {}},
            {"usage", 0, {}},
            {"images", 0, {}}};
}

}  // namespace creditd::replay
