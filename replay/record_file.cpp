#include "replay/record_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "replay/files.hpp"

namespace creditd::replay {
namespace {

constexpr std::size_t buffer_bytes_max = 1u << 20;
/// A sync of this much takes a few milliseconds; the journal's syncs queue behind it.
constexpr std::uint64_t unsynced_bytes_max = 8u << 20;

}  // namespace

RecordFile::RecordFile(const std::filesystem::path& folder, Seq seq)
    : path_(snapshot_path(folder, seq)), unfinished_(path_) {
    unfinished_.replace_extension(snapshot_format::unfinished_extension);
}

RecordFile::~RecordFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!is_finished_) ::unlink(unfinished_.c_str());
}

std::string RecordFile::failed(std::string_view call) const {
    return unfinished_.string() + ": " + std::string(call) + ": " +
           std::generic_category().message(errno);
}

std::expected<void, std::string> RecordFile::open(const SnapshotHeader& header) {
    if (const auto made = ensure_folder(path_.parent_path()); !made) {
        return std::unexpected(made.error().detail);
    }
    descriptor_ = ::open(unfinished_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return std::unexpected(failed("open"));
    buffer_.reserve(buffer_bytes_max);
    const HeaderBytes bytes = encode_header(header);
    hash_.update(view_of(bytes));
    return put(view_of(bytes));
}

std::expected<void, std::string> RecordFile::record(RecordKind kind, std::uint32_t index,
                                                    std::string_view body) {
    if (body.size() > snapshot_format::body_bytes_max) {
        return std::unexpected("a record of " + std::to_string(body.size()) +
                               " bytes is too large");
    }
    const RecordHeadBytes head = encode_record_head(kind, index, body);
    hash_.update(view_of(head));
    if (const auto written = put(view_of(head)); !written) return written;
    return put(body);
}

std::expected<void, std::string> RecordFile::put(std::string_view bytes) {
    buffer_.append(bytes);
    bytes_ += bytes.size();
    if (buffer_.size() < buffer_bytes_max) return {};
    if (const auto written = drain(); !written) return written;
    if (unsynced_bytes_ < unsynced_bytes_max) return {};
    return sync();
}

std::expected<void, std::string> RecordFile::drain() {
    std::string_view rest = buffer_;
    while (!rest.empty()) {
        const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::unexpected(failed("write"));
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    unsynced_bytes_ += buffer_.size();
    buffer_.clear();
    return {};
}

std::expected<void, std::string> RecordFile::sync() {
    unsynced_bytes_ = 0;
    if (::fdatasync(descriptor_) != 0) return std::unexpected(failed("fdatasync"));
    return {};
}

std::expected<void, std::string> RecordFile::finish(const Hash256& state_hash) {
    SnapshotFooter footer;
    footer.state_hash = state_hash;
    hash_.update({reinterpret_cast<const char*>(state_hash.bytes.data()), state_hash.bytes.size()});
    footer.file_hash = hash_.finish();
    auto done = put(view_of(encode_footer(footer)));
    if (done) done = drain();
    if (done) done = sync();
    if (!done) return done;
    if (::fsync(descriptor_) != 0) return std::unexpected(failed("fsync"));
    if (::rename(unfinished_.c_str(), path_.c_str()) != 0) return std::unexpected(failed("rename"));
    is_finished_ = true;
    const auto synced = sync_folder(path_.parent_path());
    if (!synced) return std::unexpected(synced.error().detail);
    return {};
}

}  // namespace creditd::replay
