// From events to the JSON of answers. Pure: the same events and personal part give the same bytes,
// now, after a restart and after a restore; that is what makes a repeated key safe to answer.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"
#include "daemon/api/parse_command.hpp"
#include "replay/names.hpp"

namespace creditd::daemon {

/// An event with its personal part, decoded; both belong to somebody else.
class EventRecord {
public:
    EventRecord(const Event& event, const PersonalFields& personal)
        : event_(&event), personal_(&personal) {}
    const Event& event() const { return *event_; }
    const PersonalFields& personal() const { return *personal_; }

private:
    const Event* event_;
    const PersonalFields* personal_;
};

using replay::transaction_type;
using replay::transaction_type_of_kind;

/// One transaction, as in lists and in GET /v1/transactions/{id}. `last_seq` is what `seq` shows:
/// the command's last event.
void render_transaction(std::string& out, const EventRecord& record, unsigned decimals,
                        Seq last_seq);

/// The answer to a command that was done, from its own events in order. `duplicate`: the answer to
/// a repeated payment.
void render_answer(std::string& out, std::span<const EventRecord> records, unsigned decimals,
                   bool duplicate = false);

/// Those of an operation's events that its answer is rendered from: the last one, but for a new
/// account and a purchase, whose answers begin with their first. All with one personal part.
class AnswerRecords {
public:
    /// `first`, `end`: the operation's events in `events`.
    AnswerRecords(const std::vector<DecidedEvent>& events, std::size_t first, std::size_t end,
                  const PersonalFields& personal);
    std::span<const EventRecord> span() const { return std::span(records_).last(count_); }

private:
    std::array<EventRecord, 2> records_;
    std::size_t count_ = 1;
};

/// The status of that answer: 201 where a thing was made, else 200.
unsigned status_of_answer(std::span<const EventRecord> records);

/// How many events an operation has that begins with this one: a transfer has two, and so has a new
/// account with sign-up credits. A purchase has more where its payment had been told of before:
/// what follows from that.
std::size_t count_of_operation(const EventBody& first);
bool follows_purchase(const EventBody& first, const EventBody& next);
/// Splits an atomic batch's events into its operations'.
std::vector<std::span<const EventRecord>> split_operations(std::span<const EventRecord> records);

/// RFC 4180: the header line, and one line a transaction, each with CRLF. Cells that a spreadsheet
/// would take for a formula are preceded by an apostrophe.
void append_csv_header(std::string& out);
void append_csv_line(std::string& out, const EventRecord& record, unsigned decimals);

using replay::name_of;
std::string_view name_of(HoldStatus status);

}  // namespace creditd::daemon
