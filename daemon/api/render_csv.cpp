#include "daemon/api/ids.hpp"
#include "daemon/api/render_event.hpp"
#include "text/time_text.hpp"

namespace creditd::daemon {
namespace {

void append_cell(std::string& out, std::string_view value) {
    const bool formula = !value.empty() && std::string_view("=+-@\t\r").contains(value[0]);
    const bool quoted = formula || value.find_first_of(",\"\r\n") != std::string_view::npos;
    if (!quoted) {
        out += value;
        return;
    }
    out += '"';
    if (formula) out += '\'';
    for (const char c : value) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

/// Numbers are ours and never formulas: a leading minus stays a minus.
void append_credits(std::string& out, Credits value, unsigned decimals) {
    append_decimal(out, value.value, decimals);
    out += ',';
}

const Usage* usage_of(const EventBody& body) {
    if (const auto* deducted = std::get_if<CreditsDeducted>(&body)) return &deducted->usage;
    if (const auto* captured = std::get_if<HoldCaptured>(&body)) return &captured->usage;
    if (const auto* placed = std::get_if<HoldPlaced>(&body)) return &placed->usage;
    return nullptr;
}

}  // namespace

void append_csv_header(std::string& out) {
    out +=
        "id,seq,created_at,type,account,delta,balance_before,balance_after,feature,user,model,"
        "resource,description,metadata\r\n";
}

void append_csv_line(std::string& out, const EventRecord& record, unsigned decimals) {
    const Event& event = record.event();
    static const Usage no_usage;
    const Usage* const used = usage_of(event.body);
    const Usage& usage = used == nullptr ? no_usage : *used;
    out += transaction_text(event.seq) + ',' + std::to_string(event.seq.value) + ',';
    append_timestamp(out, event.time);
    out += ',';
    out += transaction_type(event);
    out += ',';
    append_cell(out, event.account);
    out += ',';
    append_credits(out, event.balances.after - event.balances.before, decimals);
    append_credits(out, event.balances.before, decimals);
    append_credits(out, event.balances.after, decimals);
    for (const std::string* cell : {&usage.feature, &usage.user, &usage.model,
                                    &record.personal().resource, &record.personal().description}) {
        append_cell(out, *cell);
        out += ',';
    }
    append_cell(out, record.personal().metadata);
    out += "\r\n";
}

}  // namespace creditd::daemon
