#include "replay/followers/personal_eraser.hpp"

#include <rocksdb/db.h>

#include <algorithm>
#include <utility>

#include "core/assert.hpp"
#include "replay/block.hpp"
#include "replay/database.hpp"

namespace creditd::replay::followers {

PersonalEraser::PersonalEraser(Database& database, Journal& journal, Options options)
    : database_(database), journal_(journal), options_(std::move(options)) {}

PersonalEraser::~PersonalEraser() {
    is_canceled_ = true;
    if (rewriter_.joinable()) rewriter_.join();
}

std::expected<std::unique_ptr<PersonalEraser>, FollowerFailure> PersonalEraser::open(
    Database& database, Journal& journal, Options options) {
    std::error_code error;
    std::filesystem::create_directories(options.runs.folder, error);
    if (error) {
        return std::unexpected("preparing " + options.runs.folder.string() + ": " +
                               error.message());
    }
    const auto cursor = read_cursor(database.db(), database.family("erasures"));
    if (!cursor) return std::unexpected(cursor.error());
    auto eraser =
        std::unique_ptr<PersonalEraser>(new PersonalEraser(database, journal, std::move(options)));
    eraser->cursor_ = *cursor;
    eraser->consumed_ = *cursor;
    eraser->erased_ = *cursor;
    return eraser;
}

std::expected<void, FollowerFailure> PersonalEraser::consume(
    std::span<const FollowedEvent> events) {
    if (events.empty() || events.back().seq <= consumed()) return {};
    for (const FollowedEvent& event : events) {
        if (event.kind != schemas::EventKind::account_forgotten || event.seq <= consumed()) {
            continue;
        }
        waiting_.push_back({event.account_no, std::string(event.account), event.seq});
        ++stats_.pending;
    }
    consumed_.store(events.back().seq, std::memory_order_release);
    if (stage_ == Stage::idle && waiting_.empty()) erased_.store(consumed());
    return {};
}

/// Everything up to here has been seen to, files included.
Seq PersonalEraser::settled() const {
    Seq settled = consumed();
    for (const auto* wishes : {&waiting_, &scanned_, &erased_wishes_, &being_rewritten_}) {
        for (const ErasureWish& wish : *wishes) {
            settled = std::min(settled, Seq{wish.seq.value - 1});
        }
    }
    return settled;
}

std::expected<bool, FollowerFailure> PersonalEraser::work() {
    look_at_rewrite();
    if (stage_ == Stage::idle && !waiting_.empty()) begin_scan();
    if (stage_ != Stage::idle) return step();
    if (rewrite_ == Rewrite::due) begin_rewrite();
    const bool is_due = settled().value >= cursor().value + options_.runs.events ||
                        (is_seal_requested_ && settled() > cursor());
    if (is_due) {
        if (auto saved = save_cursor(); !saved) return std::unexpected(std::move(saved.error()));
    }
    is_seal_requested_ = false;
    return false;
}

// --- erasing -------------------------------------------------------------------------------------
void PersonalEraser::begin_scan() {
    scanned_ = std::exchange(waiting_, {});
    scan_.emplace(scanned_);
    stage_ = Stage::first_pass;
    next_ = Seq{1};
}

/// One block; returns whether there is more to do just now.
std::expected<bool, FollowerFailure> PersonalEraser::step() {
    if (!erase_found()) return false;
    Result looked;
    const auto read = journal_.read(next_, [&](const StoredBlock& stored) {
        const auto block = BlockView::parse(stored.bytes);
        looked =
            block ? look_at(*block) : std::unexpected(FollowerFailure(describe(block.error())));
        if (looked) next_ = block->last_seq().next();
        return false;
    });
    if (!read) return std::unexpected(read.error().detail);
    if (!looked) return std::unexpected(std::move(looked.error()));
    found_ = scan_->take_found();
    if (!erase_found()) return false;
    if (next_ < scan_->end()) return true;
    if (stage_ == Stage::first_pass && scan_->needs_second_pass()) {
        stage_ = Stage::second_pass;
        next_ = Seq{1};
    } else {
        end_scan();
    }
    return true;
}

PersonalEraser::Result PersonalEraser::look_at(const BlockView& block) {
    Seq seq = block.first_seq();
    for (const std::string_view bytes : block) {
        if (seq >= scan_->end()) break;
        const auto view = schemas::EventView::of(bytes);
        if (!view) return std::unexpected(FollowerFailure(view.error().detail));
        const auto looked = stage_ == Stage::first_pass ? scan_->look_first(*view, bytes)
                                                        : scan_->look_second(*view, bytes);
        if (!looked) return std::unexpected(FollowerFailure(looked.error().detail));
        seq = seq.next();
    }
    return {};
}

/// False: the disk refuses; they are kept for the next time.
bool PersonalEraser::erase_found() {
    if (found_.empty()) return true;
    if (!journal_.erase_personal(found_)) {
        ++stats_.failures;
        return false;
    }
    stats_.parts += found_.size();
    found_.clear();
    return true;
}

void PersonalEraser::end_scan() {
    erased_wishes_.insert(erased_wishes_.end(), scanned_.begin(), scanned_.end());
    scanned_.clear();
    scan_.reset();
    stage_ = Stage::idle;
    if (rewrite_ == Rewrite::none) rewrite_ = Rewrite::due;
    const Seq before = waiting_.empty() ? consumed() : Seq{waiting_.front().seq.value - 1};
    erased_.store(before, std::memory_order_release);
}

// --- files ---------------------------------------------------------------------------------------
void PersonalEraser::begin_rewrite() {
    being_rewritten_.insert(being_rewritten_.end(), erased_wishes_.begin(), erased_wishes_.end());
    erased_wishes_.clear();
    if (!options_.rewrite) {
        rewrite_ = Rewrite::done;
        return look_at_rewrite();
    }
    rewrite_ = Rewrite::running;
    rewriter_ = std::thread([this] {
        rewrite_ = options_.rewrite(is_canceled_) ? Rewrite::done : Rewrite::failed;
        if (wake_) wake_();
    });
}

/// One that failed is tried again by the next start, or with the next account.
void PersonalEraser::look_at_rewrite() {
    if (rewrite_ != Rewrite::done && rewrite_ != Rewrite::failed) return;
    if (rewriter_.joinable()) rewriter_.join();
    if (rewrite_ == Rewrite::done) {
        stats_.pending -= being_rewritten_.size();
        being_rewritten_.clear();
        is_seal_requested_ = true;
    } else {
        ++stats_.failures;
    }
    rewrite_ = erased_wishes_.empty() ? Rewrite::none : Rewrite::due;
}

std::expected<void, FollowerFailure> PersonalEraser::save_cursor() {
    const Seq settled_to = settled();
    auto writer = RunWriter::begin(database_.db(), database_.family("erasures"),
                                   options_.runs.folder / "erasures.run", settled_to);
    if (!writer) return std::unexpected(std::move(writer.error()));
    if (auto done = (*writer)->finish(); !done) return done;
    if (auto done = (*writer)->ingest(); !done) return done;
    cursor_.store(settled_to, std::memory_order_release);
    return {};
}

}  // namespace creditd::replay::followers
