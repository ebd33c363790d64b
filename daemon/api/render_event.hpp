// From events to the JSON of answers. Pure: the same events and personal part give the same bytes,
// now, after a restart and after a restore; that is what makes a repeated key safe to answer.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"
#include "daemon/api/parse_command.hpp"

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

/// The type of a transaction as clients see it (`deduction`), or nothing where the event is not
/// one.
std::string_view transaction_type(const Event& event);
/// The same for the n-th alternative of EventBody.
std::string_view transaction_type_of_kind(std::size_t kind);

/// One transaction, as in lists and in GET /v1/transactions/{id}. `last_seq` is what `seq` shows:
/// the command's last event.
void render_transaction(std::string& out, const EventRecord& record, unsigned decimals,
                        Seq last_seq);

/// The answer to a command that was done, from its own events in order. `duplicate`: the answer to
/// a repeated payment.
void render_answer(std::string& out, std::span<const EventRecord> records, unsigned decimals,
                   bool duplicate = false);

/// The status of that answer: 201 where a thing was made, else 200.
unsigned status_of_answer(std::span<const EventRecord> records);

/// Splits an atomic batch's events into its operations' (a transfer has two events).
std::vector<std::span<const EventRecord>> split_operations(std::span<const EventRecord> records);

/// RFC 4180: the header line, and one line a transaction, each with CRLF. Cells that a spreadsheet
/// would take for a formula are preceded by an apostrophe.
void append_csv_header(std::string& out);
void append_csv_line(std::string& out, const EventRecord& record, unsigned decimals);

std::string_view name_of(GrantKind kind);
std::string_view name_of(HoldStatus status);

}  // namespace creditd::daemon
