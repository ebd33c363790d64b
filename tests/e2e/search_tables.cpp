// `search_tables FOLDER TEXT`: how many values in the tables of a RocksDB contain the text, once
// unpacked. Looks into every table file by itself, so that what was deleted or overwritten counts
// until its file is gone. For tests; the database need not be at rest.
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

namespace {

/// Values with the text in one table; -1: it cannot be read.
long count_in(const std::filesystem::path& file, std::string_view text) {
    rocksdb::SstFileReader reader{rocksdb::Options{}};
    if (!reader.Open(file.string()).ok()) return -1;
    const std::unique_ptr<rocksdb::Iterator> at(reader.NewIterator(rocksdb::ReadOptions{}));
    long found = 0;
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
        found += at->value().ToStringView().find(text) != std::string_view::npos;
    }
    return at->status().ok() ? found : -1;
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return 2;
    long found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(words[1])) {
        if (entry.path().extension() != ".sst") continue;
        const long here = count_in(entry.path(), words[2]);
        // A file that has gone meanwhile holds nothing any more.
        if (here < 0 && std::filesystem::exists(entry.path())) {
            std::fprintf(stderr, "%s cannot be read\n", entry.path().c_str());
            return 1;
        }
        found += here > 0 ? here : 0;
    }
    std::printf("%ld\n", found);
    return 0;
}
