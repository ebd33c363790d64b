#include "replay/snapshot_store.hpp"

#include <algorithm>
#include <system_error>

#include "replay/snapshot_format.hpp"

namespace creditd::replay {
namespace {

template <class Visit>
void for_each_file(const std::filesystem::path& folder, Visit&& visit) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        visit(*at);
    }
}

void remove_file(const std::filesystem::path& path) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
}

}  // namespace

std::vector<SnapshotFile> list_snapshots(const std::filesystem::path& folder) {
    std::vector<SnapshotFile> found;
    for_each_file(folder, [&](const std::filesystem::directory_entry& entry) {
        const auto seq = snapshot_seq(entry.path());
        if (!seq) return;
        std::error_code error;
        const std::uint64_t bytes = entry.file_size(error);
        found.push_back({*seq, entry.path(), error ? 0 : bytes});
    });
    std::ranges::sort(found, std::ranges::greater{}, &SnapshotFile::seq);
    return found;
}

void remove_old_snapshots(const std::filesystem::path& folder, std::size_t keep) {
    const auto files = list_snapshots(folder);
    for (std::size_t i = keep; i < files.size(); ++i) remove_file(files[i].path);
}

std::size_t remove_snapshots_after(const std::filesystem::path& folder, Seq last) {
    std::size_t removed = 0;
    for (const SnapshotFile& file : list_snapshots(folder)) {
        if (file.seq <= last) continue;
        remove_file(file.path);
        ++removed;
    }
    return removed;
}

void remove_unfinished_snapshots(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> unfinished;
    for_each_file(folder, [&](const std::filesystem::directory_entry& entry) {
        if (entry.path().string().ends_with(snapshot_format::unfinished_extension)) {
            unfinished.push_back(entry.path());
        }
    });
    for (const auto& path : unfinished) remove_file(path);
}

}  // namespace creditd::replay
