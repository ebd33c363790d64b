#include "replay/snapshot_writer.hpp"

#include <chrono>
#include <utility>

#include "core/state_digest.hpp"
#include "replay/record_file.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/state_hash.hpp"
#include "schemas/snapshot_codec.hpp"

namespace creditd::replay {
namespace {

/// A table in which the chunk's terms have the numbers that its grants know them by.
TermsTable table_of(const std::vector<SharedTerms>& terms) {
    TermsTable table;
    for (const SharedTerms& one : terms) {
        const TermsNo next{static_cast<std::uint32_t>(table.count())};
        const TermsNo no = table.intern(one);
        CREDITD_ASSERT(no == next);
    }
    return table;
}

}  // namespace

SnapshotWriter::SnapshotWriter(SnapshotWriterOptions options) : options_(std::move(options)) {
    remove_unfinished_snapshots(options_.folder);
    if (options_.own_thread) thread_ = std::thread([this] { run(); });
}

SnapshotWriter::~SnapshotWriter() {
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

// --- asked by any thread -------------------------------------------------------------------------

bool SnapshotWriter::is_busy() const {
    const std::scoped_lock lock(mutex_);
    return is_busy_;
}

std::optional<SnapshotResult> SnapshotWriter::last_result() const {
    const std::scoped_lock lock(mutex_);
    return last_;
}

void SnapshotWriter::wait() const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !is_busy_; });
}

// --- the walk's ----------------------------------------------------------------------------------

bool SnapshotWriter::start(SnapshotStart start) {
    const std::scoped_lock lock(mutex_);
    if (is_busy_) return false;
    CREDITD_ASSERT(queue_.empty());
    start_ = std::move(start);
    stage_ = Stage::copying;
    is_busy_ = true;
    queued_ = 0;
    failed_ = false;
    changed_.notify_all();
    return true;
}

void SnapshotWriter::hand_over(std::vector<ChunkCopy>& chunks) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return;
    if (!failed_) {
        queued_ += chunks.size();
        queue_.push_back(std::move(chunks));
    }
    chunks.clear();
    changed_.notify_all();
}

void SnapshotWriter::finish() {
    const std::scoped_lock lock(mutex_);
    stage_ = Stage::complete;
    changed_.notify_all();
}

void SnapshotWriter::give_up() {
    const std::scoped_lock lock(mutex_);
    stage_ = Stage::given_up;
    changed_.notify_all();
}

// --- the writer's thread -------------------------------------------------------------------------

void SnapshotWriter::run() {
    while (true) {
        std::optional<SnapshotStart> start;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return is_stopping_ || start_; });
            if (is_stopping_) return;
            start = std::exchange(start_, std::nullopt);
        }
        report(write(*start));
    }
}

void SnapshotWriter::write_pending() {
    CREDITD_ASSERT(!options_.own_thread);
    std::optional<SnapshotStart> start;
    {
        const std::scoped_lock lock(mutex_);
        if (stage_ != Stage::copying) start = std::exchange(start_, std::nullopt);
    }
    if (start) report(write(*start));
}

void SnapshotWriter::report(SnapshotResult result) {
    // Before anybody can see that the snapshot is done, so that none is missed.
    if (options_.done) options_.done(result);
    const std::scoped_lock lock(mutex_);
    if (!result.is_good()) failed_ = true;
    queue_.clear();
    queued_ = 0;
    last_ = std::move(result);
    is_busy_ = false;
    changed_.notify_all();
}

SnapshotResult SnapshotWriter::write(const SnapshotStart& start) {
    SnapshotResult result;
    result.seq = start.header.tip.seq;
    RecordFile file(options_.folder, result.seq);
    auto written = write_records(file, start, result);
    if (written) written = wait_until_durable(result.seq);
    if (written) written = file.finish(result.state_hash);
    if (!written) {
        result.failure = written.error();
        return result;
    }
    result.bytes = file.bytes();
    remove_old_snapshots(options_.folder, options_.keep);
    return result;
}

std::expected<void, std::string> SnapshotWriter::write_records(RecordFile& file,
                                                               const SnapshotStart& start,
                                                               SnapshotResult& result) {
    if (auto opened = file.open(start.header); !opened) return opened;
    const LedgerCopy& ledger = start.ledger;
    schemas::SnapshotEncoder encoder;
    const std::string_view image = encoder.encode_ledger(ledger.head, ledger.catalog,
                                                         ledger.redemptions, start.header.accounts);
    if (auto written = file.record(RecordKind::ledger, 0, image); !written) return written;

    std::string scratch;
    std::vector<Hash256> hashes;
    hashes.reserve(start.header.chunks);
    while (hashes.size() < start.header.chunks) {
        auto chunks = take();
        if (!chunks) return std::unexpected(chunks.error());
        for (const ChunkCopy& chunk : *chunks) {
            CREDITD_ASSERT(chunk.index == hashes.size());
            const TermsTable terms = table_of(chunk.terms);
            hashes.push_back(hash_chunk(chunk.accounts, terms, scratch));
            const AccountNo first{static_cast<std::uint32_t>(chunk.index * limits::chunk_accounts)};
            const std::string_view body = encoder.encode_chunk(first, chunk.accounts, terms);
            auto written = file.record(RecordKind::chunk, chunk.index, body);
            if (!written) return written;
        }
    }
    scratch.clear();
    append_canonical_ledger(scratch, ledger.head, ledger.catalog, ledger.redemptions,
                            start.header.accounts);
    result.state_hash = combine_state_hash(scratch, hashes);
    return {};
}

std::expected<std::vector<ChunkCopy>, std::string> SnapshotWriter::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock,
                  [&] { return is_stopping_ || !queue_.empty() || stage_ != Stage::copying; });
    if (is_stopping_) return std::unexpected("creditd stopped before the snapshot was complete");
    if (queue_.empty()) return std::unexpected("the walk ended before the snapshot was complete");
    auto chunks = std::move(queue_.front());
    queue_.pop_front();
    queued_ -= chunks.size();
    return chunks;
}

std::expected<void, std::string> SnapshotWriter::wait_until_durable(Seq seq) {
    std::unique_lock lock(mutex_);
    while (!is_stopping_ && options_.durable && options_.durable() < seq) {
        changed_.wait_for(lock, std::chrono::milliseconds(1));
    }
    if (is_stopping_) return std::unexpected("creditd stopped before the snapshot was durable");
    return {};
}

}  // namespace creditd::replay
