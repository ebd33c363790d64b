#include "replay/followers/families.hpp"

#include <rocksdb/db.h>

#include <climits>

namespace creditd::replay::followers {
namespace {

/// For families that get sorted runs: every table is as wide as the family.
void tune_runs(rocksdb::ColumnFamilyOptions& options) {
    // Runs are merged when there are some of like size, which writes an entry a few times in its
    // life; levels would write it some ten times. A question then looks into more tables, but keys
    // are mostly answered by the filter, and pages end soon.
    options.compaction_style = rocksdb::kCompactionStyleUniversal;
    options.level0_file_num_compaction_trigger = 8;
    options.compaction_options_universal.min_merge_width = 4;
    options.compaction_options_universal.size_ratio = 50;
    // Hardly anything is ever overwritten: size alone is no reason to merge everything.
    options.compaction_options_universal.max_size_amplification_percent = UINT_MAX;
    // The brakes of RocksDB are for all families at once: no index may ever slow the journal down.
    options.level0_slowdown_writes_trigger = INT_MAX;
    options.level0_stop_writes_trigger = INT_MAX;
    options.soft_pending_compaction_bytes_limit = 0;
    options.hard_pending_compaction_bytes_limit = 0;
    options.write_buffer_size = 1u << 20;  // nothing is written but by ingestion
}

/// Names of keys are random, and so are hashes: there is nothing to compress.
void tune_keys(rocksdb::ColumnFamilyOptions& options) {
    tune_runs(options);
    options.compression = rocksdb::kNoCompression;
}

/// Written now and then, a little at a time, and hardly ever read.
void tune_images(rocksdb::ColumnFamilyOptions& options) {
    options.write_buffer_size = 4u << 20;
    options.compression = rocksdb::kZSTD;
}

/// Fast while young, small when old.
void tune_history(rocksdb::ColumnFamilyOptions& options) {
    tune_runs(options);
    options.compression = rocksdb::kLZ4Compression;
    options.bottommost_compression = rocksdb::kZSTD;
}

}  // namespace

std::vector<FollowerFamily> follower_families() {
    return {
        {"keys", 0, tune_keys},       {"history", 0, tune_history},  {"accounts", 0, tune_history},
        {"usage", 0, tune_history},   {"images", 0, tune_images},    {"merkle", 0, tune_keys},
        {"webhooks", 0, tune_images}, {"payments", 0, tune_history}, {"erasures", 0, tune_images}};
}

}  // namespace creditd::replay::followers
