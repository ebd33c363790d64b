#include "tests/replay/power_cut_disk.hpp"

#include <algorithm>
#include <set>
#include <utility>

#ifdef __SANITIZE_THREAD__
extern "C" void AnnotateIgnoreWritesBegin(const char* file, int line);
extern "C" void AnnotateIgnoreWritesEnd(const char* file, int line);
#endif

namespace creditd::tests {
namespace {

constexpr std::size_t sector_bytes = 512;

/// RocksDB gives what it has read to other threads, under locks of its own that TSan cannot see in
/// a library that was not built with it: writes into its buffers are not to be watched.
class HandedOver {
public:
#ifdef __SANITIZE_THREAD__
    HandedOver() { AnnotateIgnoreWritesBegin(__FILE__, __LINE__); }
    ~HandedOver() { AnnotateIgnoreWritesEnd(__FILE__, __LINE__); }
#else
    HandedOver() = default;
    ~HandedOver() = default;
#endif
    HandedOver(const HandedOver&) = delete;
    HandedOver& operator=(const HandedOver&) = delete;
};

std::string folder_of(const std::string& name) { return name.substr(0, name.rfind('/')); }

std::size_t below(std::mt19937_64& random, std::size_t bound) { return random() % bound; }

}  // namespace

// --- power ---------------------------------------------------------------------------------------

void PowerCutDisk::cut_in(std::uint64_t operations) {
    const std::scoped_lock lock(mutex_);
    cut_at_ = operations_ + operations;
}

void PowerCutDisk::cut() {
    const std::scoped_lock lock(mutex_);
    has_power_ = false;
}

bool PowerCutDisk::has_power() const {
    const std::scoped_lock lock(mutex_);
    return has_power_;
}

std::uint64_t PowerCutDisk::operations() const {
    const std::scoped_lock lock(mutex_);
    return operations_;
}

bool PowerCutDisk::take_power() {
    if (!has_power_) return false;
    has_power_ = ++operations_ < cut_at_;
    return has_power_;
}

void PowerCutDisk::restore(std::mt19937_64& random) {
    const std::scoped_lock lock(mutex_);
    restore_names(random);
    std::set<File*> files;
    for (const auto& [name, file] : names_) {
        if (files.insert(file.get()).second) restore_bytes(*file, random);
    }
    has_power_ = true;
    cut_at_ = UINT64_MAX;
}

void PowerCutDisk::restore_names(std::mt19937_64& random) {
    // As many changes as got into the file system's own log, in their order.
    const std::size_t count = unsynced_changes_.size();
    std::size_t kept = 0;
    switch (below(random, 3)) {
        case 0: kept = count; break;
        case 1: break;
        default: kept = below(random, count + 1); break;
    }
    for (std::size_t i = 0; i < kept; ++i) apply(durable_names_, unsynced_changes_[i]);
    counts_.names_lost += count - kept;
    unsynced_changes_.clear();
    names_ = durable_names_;
}

void PowerCutDisk::restore_bytes(File& file, std::mt19937_64& random) {
    const std::size_t unsynced = file.bytes.size() - file.synced;
    if (unsynced == 0) return;
    std::size_t kept = 0;
    std::size_t torn = 0;
    switch (below(random, tears_ ? 4 : 3)) {
        case 0: kept = unsynced; break;
        case 1: break;
        case 2: kept = below(random, unsynced + 1); break;
        default:
            kept = below(random, unsynced + 1);
            torn = below(random, unsynced - kept + 1);
            break;
    }
    counts_.bytes_lost += unsynced - kept - torn;
    counts_.bytes_torn += torn;
    const std::size_t end = file.synced + kept + torn;
    file.bytes.resize(end);
    for (std::size_t at = file.synced + kept; at < end; at += sector_bytes) {
        // A sector that was never written reads as zeros.
        if (below(random, 2) == 0) continue;
        std::fill_n(file.bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    std::min(sector_bytes, end - at), '\0');
    }
    file.synced = end;
}

// --- files ---------------------------------------------------------------------------------------

PowerCutDisk::FilePtr PowerCutDisk::find(const std::string& name) const {
    const std::scoped_lock lock(mutex_);
    const auto found = names_.find(name);
    return found == names_.end() ? nullptr : found->second;
}

bool PowerCutDisk::append(File& file, std::string_view bytes) {
    const std::scoped_lock lock(mutex_);
    if (!has_power_) return false;
    file.bytes += bytes;
    return take_power();
}

bool PowerCutDisk::truncate(File& file, std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    if (!take_power()) return false;
    file.bytes.resize(bytes);
    file.synced = std::min(file.synced, bytes);
    return true;
}

bool PowerCutDisk::sync(File& file) {
    const std::scoped_lock lock(mutex_);
    if (!take_power()) return false;
    file.synced = file.bytes.size();
    return true;
}

std::size_t PowerCutDisk::size(const File& file) const {
    const std::scoped_lock lock(mutex_);
    return file.bytes.size();
}

std::size_t PowerCutDisk::read(const File& file, std::size_t offset, std::size_t count,
                               char* to) const {
    const std::scoped_lock lock(mutex_);
    if (offset >= file.bytes.size()) return 0;
    [[maybe_unused]] const HandedOver buffer;
    return file.bytes.copy(to, count, offset);
}

// --- names ---------------------------------------------------------------------------------------

void PowerCutDisk::apply(Names& names, const Change& change) {
    for (const auto& [name, file] : change.names) {
        if (file == nullptr) names.erase(name);
        else names[name] = file;
    }
}

void PowerCutDisk::change(Change change) {
    apply(names_, change);
    unsynced_changes_.push_back(std::move(change));
}

bool PowerCutDisk::create(const std::string& name, FilePtr& file) {
    const std::scoped_lock lock(mutex_);
    if (!take_power()) return false;
    file = std::make_shared<File>();
    change({folder_of(name), {{name, file}}});
    return true;
}

bool PowerCutDisk::rename(const std::string& from, const std::string& to) {
    const std::scoped_lock lock(mutex_);
    if (!take_power()) return false;
    change({folder_of(to), {{to, names_.at(from)}, {from, nullptr}}});
    return true;
}

bool PowerCutDisk::link(const std::string& from, const std::string& to) {
    const std::scoped_lock lock(mutex_);
    if (!take_power()) return false;
    change({folder_of(to), {{to, names_.at(from)}}});
    return true;
}

bool PowerCutDisk::remove(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    if (!take_power()) return false;
    change({folder_of(name), {{name, nullptr}}});
    return true;
}

bool PowerCutDisk::sync_folder(const std::string& folder) {
    const std::scoped_lock lock(mutex_);
    if (!take_power()) return false;
    const std::string wanted = folder.ends_with('/') ? folder.substr(0, folder.size() - 1) : folder;
    std::erase_if(unsynced_changes_, [&](const Change& change) {
        if (change.folder != wanted) return false;
        apply(durable_names_, change);
        return true;
    });
    return true;
}

std::vector<std::string> PowerCutDisk::names_in(const std::string& folder) const {
    const std::scoped_lock lock(mutex_);
    const std::string prefix = folder.ends_with('/') ? folder : folder + '/';
    std::vector<std::string> found;
    for (auto at = names_.lower_bound(prefix); at != names_.end(); ++at) {
        if (!at->first.starts_with(prefix)) break;
        const std::string rest = at->first.substr(prefix.size());
        if (rest.find('/') == std::string::npos) found.push_back(rest);
    }
    return found;
}

}  // namespace creditd::tests
