#include "replay/tool/verify/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "replay/sha256.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

double rate_of(const Findings& found) {
    return static_cast<double>(found.tip.seq.value) / std::max(found.seconds, 1e-9);
}

void append_log_json(JsonText& json, const LogEvidence& evidence) {
    json.text("key", evidence.has_given_keys() ? "given" : "own");
    json.number("signed", evidence.checkpoint() ? evidence.checkpoint()->head.size : 0);
    if (evidence.checkpoint()) {
        json.text("origin", evidence.checkpoint()->origin);
        json.text("root", to_hex(evidence.checkpoint()->head.root.bytes));
    }
    if (evidence.cosigned()) json.number("cosigned", evidence.cosigned()->head.size);
    if (evidence.since()) json.number("since", evidence.since()->head.size);
    json.number("receipts", static_cast<std::uint64_t>(evidence.receipts()));
}

std::string findings_json(const Findings& found, const LogEvidence& evidence, LogPlace place) {
    std::string out;
    JsonText json(out, 0);
    json.open();
    json.flag("ok", true);
    json.flag("archive", place == LogPlace::archive);
    json.flag("backup", place == LogPlace::backup);
    json.text("ledger", to_hex(found.tip.chain.ledger.bytes));
    json.number("seq", found.tip.seq);
    json.number("epoch", found.tip.epoch.value);
    json.text("chain_hash", to_hex(found.tip.hash.bytes));
    json.text("state_hash", to_hex(found.state_hash.bytes));
    json.number("blocks", found.blocks);
    json.number("applied_after", found.applied_after);
    append_log_json(json, evidence);
    json.number("accounts", found.accounts);
    json.number("personal_parts", found.personal);
    json.number("personal_parts_forgotten", found.forgotten);
    json.number("personal_parts_lost", found.lost_parts);
    json.number("snapshots", static_cast<std::uint64_t>(found.snapshots));
    json.flag("head_clean", found.head && found.head->is_clean);
    json.number("seconds", found.seconds);
    json.number("events_per_second", static_cast<std::uint64_t>(rate_of(found)));
    json.close();
    return out + "\n";
}

/// What was signed, by whom, and what that leaves open.
std::string log_text(const Findings& found, const LogEvidence& evidence) {
    if (!evidence.checkpoint()) return "signed      nothing yet\n";
    const proof::Checkpoint& head = *evidence.checkpoint();
    std::string text =
        fmt::format("signed      {} of {} events by {}, root {}\n", grouped(head.head.size),
                    grouped(found.tip.seq.value), head.origin, to_hex(head.head.root.bytes));
    text += evidence.has_given_keys()
                ? "key         given\n"
                : "key         the log's own: this shows only that the log agrees with itself\n";
    if (evidence.cosigned()) {
        text += fmt::format("cosigned    {} events, by the witnesses that are required\n",
                            grouped(evidence.cosigned()->head.size));
    }
    if (evidence.since()) {
        text += fmt::format("since       continues the checkpoint of {} events\n",
                            grouped(evidence.since()->head.size));
    }
    if (evidence.receipts() > 0) {
        text += fmt::format("receipts    {}, each of an event of this log\n", evidence.receipts());
    }
    return text;
}

std::string_view head_text(const Findings& found) {
    if (!found.head) return "none, and no events either";
    return found.head->is_clean ? "reached, stopped in good order"
                                : "reached, not stopped in good order";
}

/// What stands beside the log.
std::string place_text(const Findings& found, LogPlace place) {
    if (place == LogPlace::archive) return "archive     personal parts are not in it\n";
    std::string text;
    if (place == LogPlace::folder) text += fmt::format("head        {}\n", head_text(found));
    text += fmt::format("personal    {} parts match their commitments, {} forgotten\n",
                        grouped(found.personal), grouped(found.forgotten));
    if (found.lost_parts > 0) {
        text += fmt::format("            {} gone, and no event says that they were to be\n",
                            grouped(found.lost_parts));
    }
    if (place == LogPlace::backup) return text;
    text +=
        found.snapshots == 0
            ? "snapshots   none\n"
            : fmt::format("snapshots   {}, each equal to the log at its place\n", found.snapshots);
    return text;
}

std::string findings_text(const Findings& found, const LogEvidence& evidence, LogPlace place) {
    std::string text = fmt::format("ledger      {}\n", to_hex(found.tip.chain.ledger.bytes));
    text += fmt::format("events      {} in {} blocks, up to {}\n", grouped(found.tip.seq.value),
                        grouped(found.blocks), time_text(found.tip.time));
    text += fmt::format("chain       sound, epoch {}, hash {}\n", found.tip.epoch.value,
                        to_hex(found.tip.hash.bytes));
    text += log_text(found, evidence);
    if (found.applied_after != Seq{}) {
        text += fmt::format("applied     events after {}, on the state of a snapshot\n",
                            grouped(found.applied_after.value));
    }
    text +=
        fmt::format("accounts    {}, every rule of conservation holds\n", grouped(found.accounts));
    text += place_text(found, place);
    text += fmt::format("state       {}\n", to_hex(found.state_hash.bytes));
    text += fmt::format("verified    in {:.2f} s, {} events/s\n", found.seconds,
                        grouped(static_cast<std::uint64_t>(rate_of(found))));
    return text;
}

}  // namespace

void print_findings(const CommonOptions& options, const Findings& found,
                    const LogEvidence& evidence, LogPlace place) {
    const auto& write = options.json ? findings_json : findings_text;
    std::fputs(write(found, evidence, place).c_str(), stdout);
}

}  // namespace creditd::replay::tool
