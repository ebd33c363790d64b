#include "replay/followers/sorted_run.hpp"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <algorithm>

#include "core/assert.hpp"
#include "core/canary.hpp"
#include "replay/followers/encoding.hpp"

namespace creditd::replay::followers {
namespace {

constexpr std::uint8_t cursor_format = 1;

std::string encode_cursor(Seq cursor) {
    std::string value;
    append_be(value, cursor_format, 1);
    append_be(value, cursor.value, 8);
    return value;
}

FollowerFailure failure(std::string_view what, const rocksdb::Status& status) {
    return std::string(what) + ": " + status.ToString();
}

}  // namespace

// --- RunWriter -----------------------------------------------------------------------------------
struct RunWriter::Parts {
    rocksdb::DB& db;
    rocksdb::ColumnFamilyHandle* family;
    std::string file;
    rocksdb::Options options;
    std::unique_ptr<rocksdb::SstFileWriter> writer;
    rocksdb::Status status;
};

RunWriter::RunWriter(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RunWriter::~RunWriter() = default;

std::expected<std::unique_ptr<RunWriter>, FollowerFailure> RunWriter::begin(
    rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const std::filesystem::path& file,
    Seq cursor) {
    auto parts = std::make_unique<Parts>(
        Parts{db, family, file.string(), db.GetOptions(family), nullptr, {}});
    parts->writer = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(parts->options),
                                                             parts->options, family,
                                                             /*invalidate_page_cache=*/false);
    if (const auto opened = parts->writer->Open(parts->file); !opened.ok()) {
        return std::unexpected(failure("making a table file", opened));
    }
    auto writer = std::unique_ptr<RunWriter>(new RunWriter(std::move(parts)));
    writer->put(cursor_key, encode_cursor(cursor));
    return writer;
}

void RunWriter::put(std::string_view key, std::string_view value) {
    if (!parts_->status.ok()) return;
    parts_->status = parts_->writer->Put(rocksdb::Slice(key.data(), key.size()),
                                         rocksdb::Slice(value.data(), value.size()));
}

std::expected<void, FollowerFailure> RunWriter::finish() {
    if (parts_->status.ok()) parts_->status = parts_->writer->Finish();
    if (!parts_->status.ok()) {
        return std::unexpected(failure("writing a table file", parts_->status));
    }
    return {};
}

std::expected<void, FollowerFailure> RunWriter::ingest() {
    rocksdb::IngestExternalFileOptions options;
    options.move_files = true;           // linked, then synced with its folder by RocksDB
    options.write_global_seqno = false;  // the file stays as it was written and synced
    const auto status = parts_->db.IngestExternalFile(parts_->family, {parts_->file}, options);
    if (!status.ok()) return std::unexpected(failure("taking in a table file", status));
    return {};
}

std::expected<Seq, FollowerFailure> read_cursor(rocksdb::DB& db,
                                                rocksdb::ColumnFamilyHandle* family) {
    std::string value;
    const auto status = db.Get(rocksdb::ReadOptions(), family,
                               rocksdb::Slice(cursor_key.data(), cursor_key.size()), &value);
    if (status.IsNotFound()) return Seq{};
    if (!status.ok()) return std::unexpected(failure("reading the cursor", status));
    Reader reader(value);
    const std::uint8_t format = reader.byte();
    const Seq cursor{reader.be(8)};
    if (format != cursor_format || reader.is_bad() || !reader.is_empty()) {
        return std::unexpected(FollowerFailure("the cursor has an unknown format"));
    }
    return cursor;
}

// --- RunFollower ---------------------------------------------------------------------------------
RunFollower::RunFollower(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, RunOptions options)
    : db_(db), family_(family), options_(std::move(options)), name_(family->GetName()) {
    CREDITD_ASSERT(options_.entries > 0 && options_.events > 0 && options_.step_entries > 0);
}

std::filesystem::path RunFollower::file() const { return options_.folder / (name_ + ".run"); }

std::expected<Seq, FollowerFailure> RunFollower::restore() {
    std::error_code error;
    std::filesystem::create_directories(options_.folder, error);
    if (!error) std::filesystem::remove(file(), error);
    if (error) return std::unexpected("preparing " + file().string() + ": " + error.message());
    const auto cursor = read_cursor(db_, family_);
    if (cursor) {
        cursor_ = *cursor;
        consumed_ = *cursor;
    }
    return cursor;
}

std::expected<void, FollowerFailure> RunFollower::consume(std::span<const FollowedEvent> events) {
    const Seq consumed_before = consumed();
    if (events.empty() || events.back().seq <= consumed_before) return {};
    CREDITD_ASSERT(events.front().seq <= consumed_before.next());
    events = events.subspan(consumed_before.next().value - events.front().seq.value);
    while (!events.empty()) {
        const auto part = events.first(std::min(events.size(), room()));
        CREDITD_ASSERT(part.front().seq == consumed().next());
        gather(part);
        consumed_.store(part.back().seq, std::memory_order_release);
        events = events.subspan(part.size());
        if (room() > 0) continue;
        // A run that is full while the one before is still being written waits for it: this is
        // what bounds the memory of a follower.
        while (stage_ != Stage::idle) {
            if (const auto done = step(); !done) return std::unexpected(done.error());
        }
        begin_closing();
    }
    return {};
}

/// Events that the open run takes before it is full; no event makes more than one entry that
/// counts.
std::size_t RunFollower::room() const {
    const std::uint64_t begin = stage_ == Stage::idle ? cursor().value : closing_to_.value;
    const std::uint64_t events = consumed().value - begin;
    if (open_entries() >= options_.entries || events >= options_.events) return 0;
    return std::min<std::size_t>(options_.entries - open_entries(), options_.events - events);
}

void RunFollower::begin_closing() {
    CREDITD_ASSERT(stage_ == Stage::idle);
    is_seal_requested_ = false;
    closing_to_ = consumed();
    close_run(closing_to_);
    stage_ = Stage::begin;
}

std::expected<bool, FollowerFailure> RunFollower::work() {
    if (stage_ != Stage::idle) return step();
    if (is_seal_requested_ && consumed() > cursor()) begin_closing();
    is_seal_requested_ = false;
    return stage_ != Stage::idle;
}

std::expected<bool, FollowerFailure> RunFollower::step() {
    switch (stage_) {
        case Stage::idle: break;
        case Stage::begin: {
            const bool is_ahead = canary(Canary::cursor_one_ahead);
            if (canary(Canary::cursor_before_entries)) {
                db_.Put({}, family_, rocksdb::Slice(cursor_key.data(), cursor_key.size()),
                        encode_cursor(closing_to_))
                    .PermitUncheckedError();
            }
            auto begun =
                RunWriter::begin(db_, family_, file(), is_ahead ? closing_to_.next() : closing_to_);
            if (!begun) return std::unexpected(begun.error());
            writer_ = std::move(*begun);
            stage_ = Stage::write;
            break;
        }
        case Stage::write:
            if (!write_entries(*writer_, options_.step_entries)) stage_ = Stage::finish;
            break;
        case Stage::finish:
            if (const auto done = writer_->finish(); !done) return std::unexpected(done.error());
            stage_ = Stage::ingest;
            break;
        case Stage::ingest:
            before_ingest();
            if (const auto done = writer_->ingest(); !done) return std::unexpected(done.error());
            writer_.reset();
            cursor_.store(closing_to_, std::memory_order_release);
            drop_closing();
            stage_ = Stage::idle;
            break;
    }
    return stage_ != Stage::idle || is_seal_requested_;
}

}  // namespace creditd::replay::followers
