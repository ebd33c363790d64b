#include "replay/followers/personal_eraser.hpp"

#include <rocksdb/db.h>

#include <algorithm>
#include <utility>

#include "core/assert.hpp"
#include "replay/block.hpp"
#include "replay/database.hpp"

namespace creditd::replay::followers {
namespace {

/// Rows that are erased with one synced write.
constexpr std::size_t erased_at_once = 4'096;
/// While there are new events, one step is made after so many of their blocks.
constexpr unsigned blocks_a_step = 8;

}  // namespace

PersonalEraser::PersonalEraser(Database& database, Journal& journal, Options options, Seq cursor)
    : database_(database),
      journal_(journal),
      options_(std::move(options)),
      cursor_(cursor),
      consumed_(std::max(cursor, journal.tip().seq)),
      erased_(cursor) {
    if (cursor == consumed()) return;
    stage_ = Stage::search;
    search_last_ = consumed();
    next_ = cursor.next();
}

void PersonalEraser::stop() {
    is_canceled_ = true;
    if (rewriter_.joinable()) rewriter_.join();
}

std::expected<std::unique_ptr<PersonalEraser>, FollowerFailure> PersonalEraser::open(
    Database& database, Journal& journal, Options options) {
    std::error_code error;
    std::filesystem::create_directories(options.runs.folder, error);
    // What a crash left behind may be a table's other name: written again, it would be its damage.
    if (!error) std::filesystem::remove(options.runs.folder / "erasures.run", error);
    if (error) {
        return std::unexpected("preparing " + options.runs.folder.string() + ": " +
                               error.message());
    }
    const auto cursor = read_cursor(database.db(), database.family("erasures"));
    if (!cursor) return std::unexpected(cursor.error());
    return std::unique_ptr<PersonalEraser>(
        new PersonalEraser(database, journal, std::move(options), *cursor));
}

void PersonalEraser::wish(const schemas::EventView& event) {
    if (event.kind != schemas::EventKind::account_forgotten) return;
    waiting_.push_back({event.account_no, std::string(event.account), event.seq});
    ++stats_.pending;
}

std::expected<void, FollowerFailure> PersonalEraser::consume(
    std::span<const FollowedEvent> events) {
    if (events.empty() || events.back().seq <= consumed()) return {};
    for (const FollowedEvent& event : events) {
        if (event.seq > consumed()) wish(event);
    }
    consumed_.store(events.back().seq, std::memory_order_release);
    if (stage_ == Stage::idle && waiting_.empty()) erased_.store(consumed());
    has_consumed_ = true;
    return {};
}

/// Everything up to here has been seen to, files included.
Seq PersonalEraser::settled() const {
    Seq settled = stage_ == Stage::search ? Seq{next_.value - 1} : consumed();
    for (const auto* wishes : {&waiting_, &scanned_, &erased_wishes_, &being_rewritten_}) {
        for (const ErasureWish& wish : *wishes) {
            settled = std::min(settled, Seq{wish.seq.value - 1});
        }
    }
    return settled;
}

std::expected<bool, FollowerFailure> PersonalEraser::work() {
    if (has_failed_) return false;
    look_at_rewrite();
    if (rewrite_ == Rewrite::due) begin_rewrite();
    save_cursor_if_due();
    if (stage_ == Stage::idle && !waiting_.empty()) begin_scan();
    if (stage_ == Stage::idle) return false;
    const bool is_busy = std::exchange(has_consumed_, false);
    if (is_busy && ++skipped_ % blocks_a_step != 0) return true;
    return step();
}

void PersonalEraser::tell_failure(const FollowerFailure& reason) {
    ++stats_.failures;
    if (reason != last_failure_ && options_.on_failure) options_.on_failure(reason);
    last_failure_ = reason;
}

/// No reason to stop anybody else. The cursor stays: the next start tries again.
bool PersonalEraser::fail(const FollowerFailure& reason) {
    has_failed_ = true;
    tell_failure(reason);
    return false;
}

// --- erasing -------------------------------------------------------------------------------------
void PersonalEraser::begin_scan() {
    scanned_ = std::exchange(waiting_, {});
    scan_.emplace(scanned_);
    stage_ = Stage::first_pass;
    next_ = Seq{1};
}

Seq PersonalEraser::pass_last() const {
    return stage_ == Stage::search ? search_last_ : scan_->last();
}

/// One block; returns whether there is more to do just now.
bool PersonalEraser::step() {
    if (found_.size() >= erased_at_once && !erase_found()) return false;
    if (next_ <= pass_last()) {
        if (const auto read = read_block(); !read) {
            return fail("at seq " + std::to_string(next_.value) + ": " + read.error());
        }
    }
    return next_ <= pass_last() || end_pass();
}

PersonalEraser::Result PersonalEraser::read_block() {
    Result looked = std::unexpected("the block that holds it is missing");
    const auto read = journal_.read(next_, [&](const StoredBlock& stored) {
        const auto block = BlockView::parse(stored.bytes);
        if (!block) {
            looked = std::unexpected(FollowerFailure(describe(block.error())));
        } else if (block->first_seq() <= next_ && block->last_seq() >= next_) {
            looked = look_at(*block);
            if (looked) next_ = block->last_seq().next();
        }
        return false;
    });
    if (!read) return std::unexpected(read.error().detail);
    if (!looked || !scan_) return looked;
    const std::vector<Seq> found = scan_->take_found();
    found_.insert(found_.end(), found.begin(), found.end());
    return look_into(scan_->take_suspects());
}

PersonalEraser::Result PersonalEraser::look_at(const BlockView& block) {
    Seq seq = block.first_seq();
    for (const std::string_view bytes : block) {
        const auto view = schemas::EventView::of(bytes);
        if (!view) return std::unexpected(FollowerFailure(view.error().detail));
        ErasureScan::Result looked;
        if (seq > pass_last()) break;
        if (stage_ == Stage::search && seq >= next_) wish(*view);
        if (stage_ == Stage::first_pass) looked = scan_->look_first(*view, bytes);
        if (stage_ == Stage::second_pass) looked = scan_->look_second(*view, bytes);
        if (!looked) return std::unexpected(FollowerFailure(looked.error().detail));
        seq = seq.next();
    }
    return {};
}

/// Those that are about somebody to be forgotten, though their events do not say so.
PersonalEraser::Result PersonalEraser::look_into(const std::vector<Seq>& suspects) {
    if (suspects.empty()) return {};
    const auto parts = journal_.read_personal(suspects);
    if (!parts) return std::unexpected(parts.error().detail);
    for (std::size_t i = 0; i < suspects.size(); ++i) {
        const auto& part = (*parts)[i];
        if (part && scan_->is_named_in(*part, suspects[i])) found_.push_back(suspects[i]);
    }
    return {};
}

/// False: the disk refuses; they are kept for the next time.
bool PersonalEraser::erase_found() {
    if (found_.empty()) return true;
    const auto parts = journal_.read_personal(found_);  // only to count them
    if (const auto erased = journal_.erase_personal(found_); !erased) {
        tell_failure("erasing: " + erased.error().detail);
        return false;
    }
    if (parts) {
        stats_.parts += static_cast<std::uint64_t>(
            std::ranges::count_if(*parts, [](const auto& part) { return part.has_value(); }));
    }
    found_.clear();
    last_failure_.clear();
    return true;
}

bool PersonalEraser::end_pass() {
    if (!erase_found()) return false;
    if (stage_ == Stage::first_pass && scan_->needs_second_pass()) {
        stage_ = Stage::second_pass;
        next_ = Seq{1};
    } else {
        end_scan();
    }
    return true;
}

void PersonalEraser::end_scan() {
    if (stage_ != Stage::search) {
        erased_wishes_.insert(erased_wishes_.end(), scanned_.begin(), scanned_.end());
        scanned_.clear();
        scan_.reset();
        if (rewrite_ == Rewrite::none) rewrite_ = Rewrite::due;
    }
    stage_ = Stage::idle;
    // What was searched for is older than what has come meanwhile, and stands behind it.
    Seq before = consumed();
    for (const ErasureWish& wish : waiting_) before = std::min(before, Seq{wish.seq.value - 1});
    erased_.store(before);
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

void PersonalEraser::look_at_rewrite() {
    const bool is_again = rewrite_ == Rewrite::none && !being_rewritten_.empty();
    if (is_again && Clock::now() >= rewrite_again_at_) rewrite_ = Rewrite::due;
    if (rewrite_ != Rewrite::done && rewrite_ != Rewrite::failed) return;
    if (rewriter_.joinable()) rewriter_.join();
    if (rewrite_ == Rewrite::done) {
        stats_.pending -= being_rewritten_.size();
        being_rewritten_.clear();
        is_seal_requested_ = true;
        rewrite_pause_ = {};
    } else {
        ++stats_.failures;
        rewrite_pause_ =
            std::clamp<Clock::duration>(2 * rewrite_pause_, rewrite_pause_min, rewrite_pause_max);
        rewrite_again_at_ = Clock::now() + rewrite_pause_;
    }
    rewrite_ = erased_wishes_.empty() ? Rewrite::none : Rewrite::due;
}

void PersonalEraser::save_cursor_if_due() {
    const Seq to = settled();
    const bool is_due =
        to.value >= cursor().value + options_.runs.events || (is_seal_requested_ && to > cursor());
    if (stage_ == Stage::idle) is_seal_requested_ = false;
    if (!is_due) return;
    // Nothing is lost by it: the next start only looks at more.
    if (const auto saved = save_cursor(to); !saved) {
        tell_failure("saving the cursor: " + saved.error());
    }
}

std::expected<void, FollowerFailure> PersonalEraser::save_cursor(Seq to) {
    auto writer = RunWriter::begin(database_.db(), database_.family("erasures"),
                                   options_.runs.folder / "erasures.run", to);
    if (!writer) return std::unexpected(std::move(writer.error()));
    if (auto done = (*writer)->finish(); !done) return done;
    if (auto done = (*writer)->ingest(); !done) return done;
    cursor_.store(to, std::memory_order_release);
    return {};
}

}  // namespace creditd::replay::followers
