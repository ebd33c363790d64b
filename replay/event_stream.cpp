#include "replay/event_stream.hpp"

#include "core/assert.hpp"
#include "replay/ordered_pipeline.hpp"
#include "replay/proof/entry.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::replay {
namespace {

/// Large enough that handing over costs nothing, small enough for the processor's cache.
constexpr std::size_t batch_bytes_max = 256 * 1024;
constexpr std::size_t batches = 6;

JournalError unreadable(Seq seq, std::string_view why) {
    return {JournalFault::damaged,
            "seq " + std::to_string(seq.value) + ": its event cannot be read: " + std::string(why),
            seq};
}

}  // namespace

std::string_view EventBatch::bytes_of(std::size_t event) const {
    const auto& [offset, size] = places_[event];
    return std::string_view(bytes_).substr(offset, size);
}

void EventBatch::clear() {
    bytes_.clear();
    places_.clear();
    blocks_.clear();
    leaves_.clear();
    event_count_ = 0;
    failure_.reset();
}

bool EventBatch::is_full() const { return bytes_.size() >= batch_bytes_max; }

void EventBatch::add(const BlockView& block, const ChainTip& tip) {
    blocks_.push_back({block.header(), tip, places_.size()});
    for (const std::string_view event : block) {
        places_.emplace_back(bytes_.size(), event.size());
        bytes_.append(event);
    }
}

void EventBatch::decode() {
    // Grown, never shrunk: the events keep the memory of their texts and lists.
    if (events_.size() < places_.size()) events_.resize(places_.size());
    for (const BatchBlock& block : blocks_) {
        for (std::uint32_t i = 0; i < block.header.count; ++i) {
            const Seq seq{block.header.first_seq.value + i};
            Event& event = events_[event_count_];
            const auto decoded = schemas::decode_event(bytes_of(event_count_), event);
            if (!decoded || event.seq != seq) {
                failure_ =
                    unreadable(seq, decoded ? "it names another number" : decoded.error().detail);
                return;
            }
            ++event_count_;
        }
    }
}

void EventBatch::hash_leaves() {
    leaves_.resize(places_.size());
    for (std::size_t i = 0; i < places_.size(); ++i) leaves_[i] = proof::entry_hash(bytes_of(i));
}

std::expected<ChainReport, JournalError> read_events(const Journal& journal, const ChainTip& from,
                                                     const EventVisitor& visitor,
                                                     const ReadOptions& options) {
    std::expected<ChainReport, JournalError> read = ChainReport{from};
    std::optional<JournalError> undecodable;
    OrderedPipeline<EventBatch> pipeline(batches + options.workers, options.workers);
    const auto produce = [&](auto& input) {
        EventBatch* batch = input.slot();
        if (batch != nullptr) batch->clear();
        read = verify_chain(journal, from, [&](const BlockView& block, const ChainTip& tip) {
            if (batch == nullptr) return false;
            batch->add(block, tip);
            if (!batch->is_full()) return true;
            input.commit();
            batch = input.slot();
            if (batch != nullptr) batch->clear();
            return batch != nullptr;
        });
        if (batch != nullptr && !batch->blocks().empty()) input.commit();
    };
    pipeline.run(
        produce,
        [&options](EventBatch& batch) {
            if (options.decode) batch.decode();
            if (options.hash_leaves) batch.hash_leaves();
        },
        [&](EventBatch& batch) {
            const bool is_empty = options.decode && batch.events().empty();
            const bool goes_on = is_empty || visitor(batch);
            if (batch.failure()) undecodable = batch.failure();
            return goes_on && !undecodable;
        });
    if (undecodable) return std::unexpected(*undecodable);
    return read;
}

std::expected<ChainTip, JournalError> tip_at_or_before(const Journal& journal, Seq seq) {
    const ChainTip tip = journal.tip();
    if (seq >= tip.seq) return tip;
    while (seq != Seq{}) {
        const auto bytes = journal.read_block(seq);
        if (!bytes) return std::unexpected(bytes.error());
        CREDITD_ASSERT(bytes->has_value());
        const auto block = BlockView::parse(**bytes);
        CREDITD_ASSERT(block.has_value());
        if (block->last_seq() == seq) return block->tip(block->hash());
        seq = Seq{block->first_seq().value - 1};
    }
    return ChainTip{};
}

}  // namespace creditd::replay
