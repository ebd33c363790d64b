// Compacts every column family of a stopped ledger's RocksDB, with the options it was written with,
// so that `du` afterwards shows what its events cost at rest. Changes no key and no value.
//   bench_compact ROCKSDB_FOLDER
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/utilities/options_util.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace {

rocksdb::Status compact(const std::string& folder) {
    rocksdb::DBOptions options;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    rocksdb::Status status =
        rocksdb::LoadLatestOptions(rocksdb::ConfigOptions{}, folder, &options, &families);
    if (!status.ok()) {
        return status;
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    status = rocksdb::DB::Open(options, folder, families, &handles, &opened);
    const std::unique_ptr<rocksdb::DB> database{opened};
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
        rocksdb::CompactRangeOptions range;
        range.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
        if (status.ok()) {
            status = database->Flush({}, handle);
        }
        if (status.ok()) {
            status = database->CompactRange(range, handle, nullptr, nullptr);
        }
        database->DestroyColumnFamilyHandle(handle);
    }
    return status.ok() ? database->Close() : status;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: bench_compact ROCKSDB_FOLDER\n", stderr);
        return 2;
    }
    const rocksdb::Status status = compact(argv[1]);
    if (!status.ok()) {
        std::fprintf(stderr, "bench_compact: %s\n", status.ToString().c_str());
        return 1;
    }
    return 0;
}
