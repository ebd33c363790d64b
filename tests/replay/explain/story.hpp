// A ledger with two decimals whose transactions are to be explained: commands by name, then what
// is said of the last event, or of any other. The log is in memory. One thread.
#pragma once

#include <gtest/gtest.h>

#include <fstream>

#include "replay/explain/explain.hpp"
#include "replay/memory_journal.hpp"
#include "tests/support/ledger_world.hpp"

namespace creditd::tests {

/// The text under this heading of explanations.txt.
inline std::string golden(std::string_view name) {
    std::ifstream file(CREDITD_EXPLANATIONS);
    const std::string heading = "== " + std::string(name);
    std::string text;
    std::string line;
    bool is_found = false;
    while (std::getline(file, line)) {
        if (is_found && line.empty()) break;
        if (is_found) text += line + '\n';
        is_found = is_found || line == heading;
    }
    return text;
}

class Story : public testing::Test {
protected:
    Story() : world_(2) { world_.put_account("ann"); }

    static Credits whole(std::int64_t credits) { return Credits{credits * 100}; }
    Timestamp in_days(std::int64_t days) const { return world_.now() + Duration::days(days); }

    /// Gives credits of this kind: until then, of this cost in cents.
    GrantId give(std::int64_t credits, GrantKind kind, std::optional<Timestamp> until = {},
                 std::int64_t cents = 0) {
        GrantCredits command;
        command.account = "ann";
        command.amount = whole(credits);
        command.kind = kind;
        command.expiry.at = until;
        command.cost = {cents, Currency::of("EUR")};
        done(command);
        return GrantId::of(world_.last().seq, 0);
    }
    static PriceRequest plain(std::int64_t credits) {
        PriceRequest price;
        price.amount = whole(credits);
        return price;
    }
    void spend(std::int64_t credits) { done(DeductCredits{"ann", plain(credits), false}); }
    void done(const CommandBody& body) {
        const Outcome outcome = world_.run(body);
        ASSERT_EQ(outcome.kind, OutcomeKind::done);
        ASSERT_EQ(outcome.refusal.code, RefusalCode::none);
    }
    void after_days(std::int64_t days) {
        world_.advance(Duration::days(days));
        world_.sweep_due();
    }
    DeductionId last_deduction() const { return world_.facts().deductions().back(); }

    std::string all_told_of(Seq seq, Credits refunded = {}) {
        replay::MemoryJournal journal(std::make_shared<replay::MemoryStore>());
        CREDITD_ASSERT(journal.open().has_value());
        world_.append_to(journal);
        replay::EventLookup lookup(journal);
        auto read = replay::read_explanation(lookup, seq, 2);
        CREDITD_ASSERT(read.has_value());
        if (!*read) return {};
        (*read)->refunded = refunded;
        return replay::explanation_text(**read);
    }
    /// Without the first line, which says when, and the last, which says who asked.
    std::string told_of(Seq seq, Credits refunded = {}) {
        std::string text = all_told_of(seq, refunded);
        text.erase(0, text.find('\n') + 1);
        text.erase(text.rfind('\n', text.size() - 2) + 1);
        return text;
    }
    std::string told() { return told_of(world_.last().seq); }
    /// Of the last event of this kind.
    template <class Body>
    std::string told_of_last() {
        for (std::size_t i = world_.events().size(); i-- > 0;) {
            const Event& event = world_.events()[i].event;
            if (std::holds_alternative<Body>(event.body)) return told_of(event.seq);
        }
        return "there is none";
    }

    LedgerWorld world_;
};

}  // namespace creditd::tests
