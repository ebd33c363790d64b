#include <fmt/format.h>

#include "replay/tool/json_text.hpp"
#include "replay/tool/reports/differences.hpp"

namespace creditd::replay::tool {
namespace {

char sign_of(Sides sides) {
    return sides == Sides::only_before ? '-' : sides == Sides::only_after ? '+' : '~';
}
std::string_view word_of(Sides sides) {
    return sides == Sides::only_before  ? "only_before"
           : sides == Sides::only_after ? "only_after"
                                        : "changed";
}

std::string as_text(const Differences& differences) {
    std::string out;
    const auto& [before, after] = differences.sides;
    out += fmt::format("before  {}: seq {}, {} accounts\n", before.name, before.seq.value,
                       before.accounts);
    out += fmt::format("after   {}: seq {}, {} accounts\n", after.name, after.seq.value,
                       after.accounts);
    if (differences.is_empty()) return out + "no difference\n";
    if (differences.has_other_head) out += "the ledgers' ids, decimals or clocks differ\n";
    if (const auto& event = differences.first_event) {
        out += fmt::format("first event that differs: {}\n", event->seq.value);
        out += "  - " + (event->before.empty() ? "none" : event->before) + "\n";
        out += "  + " + (event->after.empty() ? "none" : event->after) + "\n";
    }
    out += fmt::format("\n{:<18}{:>26}{:>26}{:>26}\n", "all accounts", "before", "after", "change");
    for (std::size_t i = 0; i < before.sums.size(); ++i) {
        const auto& [name, value] = before.sums[i];
        const WideCredits other = after.sums[i].second;
        if (value == other) continue;
        out +=
            fmt::format("{:<18}{:>26}{:>26}{:>26}\n", name, fixed_text(value, differences.decimals),
                        fixed_text(other, differences.decimals),
                        fixed_text(other - value, differences.decimals));
    }
    if (!differences.catalog.empty()) out += "\ncatalog\n";
    for (const CatalogDifference& entry : differences.catalog) {
        out += fmt::format("{} {} {}\n", sign_of(entry.sides), entry.kind, entry.id);
    }
    out += fmt::format("\n{} accounts differ\n", differences.accounts.size());
    for (const AccountDifference& account : differences.accounts) {
        out += fmt::format("{} {}\n", sign_of(account.sides), account.id);
        for (const FieldDifference& field : account.fields) {
            out += fmt::format("    {:<16}{} -> {}\n", field.name, field.before, field.after);
        }
        if (account.has_more) out += "    grants, holds or arrangements differ\n";
    }
    return out;
}

void append_side(JsonText& json, std::string_view name, const Side& side) {
    json.open(name);
    json.text("of", side.name);
    json.number("seq", side.seq);
    json.number("accounts", side.accounts);
    json.open("sums");
    for (const auto& [figure, value] : side.sums) json.wide_amount(figure, value);
    json.close();
    json.close();
}

void append_accounts(JsonText& json, const Differences& differences) {
    json.open_list("accounts");
    for (const AccountDifference& account : differences.accounts) {
        json.open();
        json.text("account", account.id);
        json.text("difference", word_of(account.sides));
        for (const FieldDifference& field : account.fields) {
            json.open(field.name);
            json.raw("before", field.before);
            json.raw("after", field.after);
            json.close();
        }
        if (account.has_more) json.flag("grants_holds_or_arrangements", true);
        json.close();
    }
    json.close_list();
}

std::string as_json(const Differences& differences) {
    std::string out;
    JsonText json(out, differences.decimals);
    json.open();
    json.flag("differs", !differences.is_empty());
    append_side(json, "before", differences.sides[0]);
    append_side(json, "after", differences.sides[1]);
    if (differences.has_other_head) json.flag("ledger_differs", true);
    if (const auto& event = differences.first_event) {
        json.open("first_event");
        json.number("seq", event->seq);
        json.raw("before", event->before.empty() ? "null" : event->before);
        json.raw("after", event->after.empty() ? "null" : event->after);
        json.close();
    }
    json.open_list("catalog");
    for (const CatalogDifference& entry : differences.catalog) {
        json.open();
        json.text("kind", entry.kind);
        json.optional_text("id", entry.id);
        json.text("difference", word_of(entry.sides));
        json.close();
    }
    json.close_list();
    append_accounts(json, differences);
    json.close();
    return out + '\n';
}

}  // namespace

std::string spell_differences(const Differences& differences, bool is_json) {
    return is_json ? as_json(differences) : as_text(differences);
}

}  // namespace creditd::replay::tool
