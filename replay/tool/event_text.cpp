#include "replay/tool/event_text.hpp"

#include <array>

#include "replay/sha256.hpp"
#include "replay/tool/csv_row.hpp"
#include "replay/tool/event_body_text.hpp"
#include "replay/tool/event_parts_text.hpp"
#include "replay/tool/json_text.hpp"
#include "schemas/event_kind.hpp"

namespace creditd::replay::tool {
namespace {

std::string hex_or_empty(const std::optional<Hash256>& hash) {
    return hash ? to_hex(hash->bytes) : std::string();
}

void append_origin(JsonText& json, const Origin& origin) {
    json.open("origin");
    json.text("key", origin.key);
    json.text("key_digest", to_hex(origin.key_digest.bytes));
    json.text("fingerprint", to_hex(origin.fingerprint.bytes));
    json.text("actor", origin.actor);
    json.text("trace_id", origin.trace_id);
    json.number("first_seq", origin.first_seq);
    json.text("operation", operation_name(origin.operation));
    json.close();
}

constexpr std::array columns{
    "seq",           "time",  "type",      "account",   "account_no", "amount",
    "before",        "after", "available", "held",      "key",        "key_digest",
    "fingerprint",   "actor", "trace_id",  "first_seq", "operation",  "details",
    "personal_hash", "epoch", "prev_hash", "block_hash"};

}  // namespace

void append_event_json(std::string& out, const Event& event, const BatchBlock& block,
                       unsigned decimals) {
    JsonText json(out, decimals);
    json.open();
    json.number("seq", event.seq);
    json.time("time", event.time);
    json.text("type", schemas::name_of(schemas::kind_of(event.body)));
    if (!event.account_no.is_none()) {
        json.text("account", event.account);
        json.number("account_no", event.account_no.value);
        if (const auto amount = amount_of(event.body)) json.amount("amount", *amount);
        json.open("balances");
        json.amount("before", event.balances.before);
        json.amount("after", event.balances.after);
        json.amount("available", event.balances.available);
        json.amount("held", event.balances.held);
        json.close();
    }
    json.open("details");
    append_body(json, event.body);
    json.close();
    if (event.origin) append_origin(json, *event.origin);
    json.optional_text("personal_hash", hex_or_empty(event.personal_hash));
    json.number("epoch", block.header.epoch.value);
    json.text("prev_hash", to_hex(block.header.prev_hash.bytes));
    json.text("block_hash", to_hex(block.tip.hash.bytes));
    json.close();
    out += '\n';
}

void append_csv_header(std::string& out) {
    CsvRow row(out, 0);
    for (const char* const column : columns) row.text(column);
    row.end();
}

void append_event_csv(std::string& out, const Event& event, const BatchBlock& block,
                      unsigned decimals) {
    const bool has_account = !event.account_no.is_none();
    const auto of_account = [&](Credits amount) {
        return has_account ? std::optional(amount) : std::nullopt;
    };
    std::string details;
    JsonText json(details, decimals);
    json.open();
    append_body(json, event.body);
    json.close();

    CsvRow row(out, decimals);
    row.number(event.seq.value);
    row.text(time_text(event.time));
    row.text(schemas::name_of(schemas::kind_of(event.body)));
    row.text(event.account);
    has_account ? row.number(event.account_no.value) : row.text({});
    row.amount(amount_of(event.body));
    row.amount(of_account(event.balances.before));
    row.amount(of_account(event.balances.after));
    row.amount(of_account(event.balances.available));
    row.amount(of_account(event.balances.held));
    const Origin origin = event.origin.value_or(Origin{});
    const auto of_origin = [&](std::string_view text) { row.text(event.origin ? text : ""); };
    of_origin(origin.key);
    of_origin(to_hex(origin.key_digest.bytes));
    of_origin(to_hex(origin.fingerprint.bytes));
    of_origin(origin.actor);
    of_origin(origin.trace_id);
    of_origin(std::to_string(origin.first_seq.value));
    of_origin(operation_name(origin.operation));
    row.text(details);
    row.text(hex_or_empty(event.personal_hash));
    row.number(block.header.epoch.value);
    row.text(to_hex(block.header.prev_hash.bytes));
    row.text(to_hex(block.tip.hash.bytes));
    row.end();
}

}  // namespace creditd::replay::tool
