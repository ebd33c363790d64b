#include "replay/event_lookup.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "core/canary.hpp"
#include "replay/block.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::replay {

std::expected<bool, JournalError> EventLookup::load_block(Seq seq) {
    if (first_ <= seq && seq <= last_ && seq.value != 0) return true;
    auto block = journal_.read_block(seq);
    if (!block) return std::unexpected(std::move(block.error()));
    if (!*block) return false;
    first_ = last_ = Seq{};
    block_ = std::move(**block);
    const auto view = BlockView::parse(block_);
    if (!view) return std::unexpected(damaged_at(seq, describe(view.error())));
    first_ = view->first_seq();
    last_ = view->last_seq();
    time_ = view->header().time;
    offsets_.clear();
    for (const std::string_view event : *view) {
        offsets_.push_back(static_cast<std::uint32_t>(event.data() - block_.data()));
        events_end_ = offsets_.back() + static_cast<std::uint32_t>(event.size());
    }
    return true;
}

std::expected<std::optional<std::string_view>, JournalError> EventLookup::bytes_of(Seq seq) {
    const auto is_there = load_block(seq);
    if (!is_there) return std::unexpected(is_there.error());
    if (!*is_there) return std::nullopt;
    CREDITD_ASSERT(first_ <= seq && seq <= last_);
    const auto index = static_cast<std::size_t>(seq.value - first_.value);
    const std::size_t begin = offsets_[index];
    const std::size_t end = index + 1 < offsets_.size()
                                ? offsets_[index + 1] - block_format::length_bytes
                                : events_end_;
    return std::string_view(block_).substr(begin, end - begin);
}

std::expected<std::optional<Event>, JournalError> EventLookup::event(Seq seq) {
    const auto bytes = bytes_of(seq);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    std::optional<Event> event(std::in_place);
    if (const auto decoded = schemas::decode_event(**bytes, *event); !decoded) {
        return std::unexpected(damaged_at(seq, decoded.error().detail));
    }
    if (event->seq != seq) return std::unexpected(damaged_at(seq, "the event has another number"));
    return event;
}

std::expected<std::vector<StoredEvent>, JournalError> EventLookup::events(
    std::span<const Seq> seqs) {
    std::vector<StoredEvent> result;
    result.reserve(seqs.size());
    for (const Seq seq : seqs) {
        auto found = event(seq);
        if (!found) return std::unexpected(std::move(found.error()));
        if (*found) result.push_back({std::move(**found), std::nullopt});
    }
    if (auto added = add_personal(result); !added) return std::unexpected(std::move(added.error()));
    return result;
}

std::expected<std::vector<StoredEvent>, JournalError> EventLookup::range(Seq first, Seq last) {
    std::vector<Seq> seqs;
    const Seq end = std::min(last, journal_.tip().seq);
    for (Seq seq = std::max(first, Seq{1}); seq <= end; seq = seq.next()) seqs.push_back(seq);
    return events(seqs);
}

std::expected<void, JournalError> EventLookup::add_personal(std::vector<StoredEvent>& events) {
    std::vector<Seq> seqs;
    for (const StoredEvent& stored : events) {
        if (stored.event.personal_hash) seqs.push_back(stored.event.seq);
    }
    if (seqs.empty()) return {};
    auto rows = journal_.read_personal(seqs);
    if (!rows) return std::unexpected(std::move(rows.error()));
    auto row = rows->begin();
    for (StoredEvent& stored : events) {
        if (!stored.event.personal_hash) continue;
        if (canary(Canary::personal_part_of_first)) stored.personal = *row;
        else stored.personal = std::move(*row++);
    }
    return {};
}

std::expected<std::vector<StoredEvent>, JournalError> EventLookup::read_answer(Seq last) {
    const auto found = event(last);
    if (!found) return std::unexpected(found.error());
    if (!*found || !(*found)->origin) return std::vector<StoredEvent>{};
    return range((*found)->origin->first_seq, last);
}

std::expected<Seq, JournalError> EventLookup::seq_at(Timestamp time) {
    // Times never fall along the log. First the block, by the time of its last event: all before
    // `low` is too early, and nothing from `high` on is needed to know that.
    Seq low{1};
    Seq high = journal_.tip().seq.next();
    const Seq end = high;
    while (low < high) {
        const auto is_there = load_block(Seq{low.value + (high.value - low.value) / 2});
        if (!is_there) return std::unexpected(is_there.error());
        CREDITD_ASSERT(*is_there);
        if (time_ < time) low = last_.next();
        else high = std::max(low, first_);
    }
    // Then the event.
    for (; low < end; low = low.next()) {
        const auto bytes = bytes_of(low);
        if (!bytes) return std::unexpected(bytes.error());
        CREDITD_ASSERT(bytes->has_value());
        const auto view = schemas::EventView::of(**bytes);
        if (!view) return std::unexpected(damaged_at(low, view.error().detail));
        if (view->time >= time) break;
    }
    return low;
}

}  // namespace creditd::replay
