#include "replay/block.hpp"
#include "replay/event_stream.hpp"
#include "replay/tool/event_body_text.hpp"
#include "replay/tool/reports/differences.hpp"
#include "schemas/event_codec.hpp"
#include "schemas/event_kind.hpp"

namespace creditd::replay::tool {
namespace {

/// The stored bytes of one event after the other, out of blocks that need not be cut alike.
class StoredEvents {
public:
    explicit StoredEvents(const Journal& journal) : journal_(journal) {}

    /// Nothing where the log has ended. Valid until the next call.
    std::expected<std::optional<std::string_view>, JournalError> bytes_of(Seq seq) {
        if (!block_ || seq > block_->last_seq()) {
            auto bytes = journal_.read_block(seq);
            if (!bytes) return std::unexpected(bytes.error());
            if (!*bytes) return std::nullopt;
            bytes_ = std::move(**bytes);
            auto block = BlockView::parse(bytes_);
            if (!block) {
                return std::unexpected(JournalError{JournalFault::damaged,
                                                    "a block of the other ledger is damaged", seq});
            }
            block_ = *block;
            events_.assign(block_->begin(), block_->end());
        }
        return events_[seq.value - block_->first_seq().value];
    }

private:
    const Journal& journal_;
    std::string bytes_;
    std::optional<BlockView> block_;
    std::vector<std::string_view> events_;
};

std::string event_json(std::string_view bytes, unsigned decimals) {
    Event event;
    if (!schemas::decode_event(bytes, event)) return {};
    std::string out;
    JsonText json(out, decimals);
    json.open();
    json.number("seq", event.seq);
    json.time("time", event.time);
    json.text("type", schemas::name_of(schemas::kind_of(event.body)));
    json.optional_text("account", event.account);
    if (const auto amount = amount_of(event.body)) json.amount("amount", *amount);
    json.open("details");
    append_body(json, event.body);
    json.close();
    json.close();
    return out;
}

}  // namespace

std::expected<std::optional<OtherEvent>, JournalError> first_other_event(const Journal& before,
                                                                         const Journal& after,
                                                                         Seq last_before,
                                                                         Seq last_after,
                                                                         unsigned decimals) {
    StoredEvents a(before);
    StoredEvents b(after);
    for (Seq seq{1}; seq <= last_before || seq <= last_after; seq = seq.next()) {
        std::optional<std::string_view> mine;
        std::optional<std::string_view> other;
        if (seq <= last_before) {
            const auto read = a.bytes_of(seq);
            if (!read) return std::unexpected(read.error());
            mine = *read;
        }
        if (seq <= last_after) {
            const auto read = b.bytes_of(seq);
            if (!read) return std::unexpected(read.error());
            other = *read;
        }
        if (mine == other) continue;
        return OtherEvent{seq, mine ? event_json(*mine, decimals) : std::string(),
                          other ? event_json(*other, decimals) : std::string()};
    }
    return std::nullopt;
}

}  // namespace creditd::replay::tool
