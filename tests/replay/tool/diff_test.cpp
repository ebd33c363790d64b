// creditd-replay diff: two moments of a ledger, and two ledgers.
#include "core/state_digest.hpp"
#include "replay/tool/text.hpp"
#include "tests/replay/tool/tool_fixture.hpp"
#include "tests/support/whole_ledger.hpp"

namespace creditd::tests {
namespace {

class DiffTest : public ToolTest {
protected:
    void SetUp() override {
        fill_whole_ledger(world_, 11, 800);
        store_ledger();
    }
    static std::size_t times(const std::string& text, const std::string& part) {
        std::size_t count = 0;
        for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
        return count;
    }
    /// How many accounts are not the same before and after these events.
    std::size_t changed_between(Seq from, Seq to) const {
        const auto a = world_.replayed_to(from);
        const auto b = world_.replayed_to(to);
        std::size_t changed = 0;
        for (std::uint32_t i = 0; i < b->accounts.count(); ++i) {
            const Account& account = b->accounts.get(AccountNo{i});
            const auto no = a->accounts.find(account.id());
            std::string before;
            std::string after;
            if (no) append_canonical_account(before, a->accounts.get(*no), a->terms);
            append_canonical_account(after, account, b->terms);
            if (before != after) ++changed;
        }
        return changed;
    }
};

TEST_F(DiffTest, OfTwoMomentsNamesTheAccountsThatChanged) {
    const Seq from{tip_.seq.value / 2};
    const Seq to{tip_.seq.value / 2 + 60};
    const ToolRun found =
        run("diff " + folder() + " --json --from " + std::to_string(from.value + 1) + " --to " +
            std::to_string(to.value + 1));
    EXPECT_EQ(found.exit, 1) << found.err;
    EXPECT_EQ(times(found.out, "{\"account\":"), changed_between(from, to)) << found.out;
    EXPECT_EQ(member(found.out, "seq"), from.value);
    const ToolRun text = run("diff " + folder() + " --from 2 --to " + std::to_string(from.value));
    EXPECT_EQ(text.exit, 1);
    EXPECT_NE(text.out.find("accounts differ"), text.out.npos);
    const std::string same = " --from " + std::to_string(from.value);
    EXPECT_EQ(run("diff " + folder() + same + " --to " + std::to_string(from.value)).exit, 0);
    EXPECT_EQ(run("diff " + folder()).exit, 2);
}

TEST_F(DiffTest, OfMomentsCountsWhatWasDue) {
    const Timestamp end = world_.events().back().event.time;
    const ToolRun later =
        run("diff " + folder() + " --json --from " + replay::tool::time_text(end + Duration{1}) +
            " --to " + replay::tool::time_text(end + Duration::days(400)));
    EXPECT_EQ(later.exit, 1) << later.err;
    EXPECT_NE(later.out.find("\"expired\":{\"before\":"), later.out.npos) << later.out;
}

TEST_F(DiffTest, OfTwoLedgersNamesTheFirstOtherEvent) {
    LedgerWorld other;
    fill_whole_ledger(other, 11, 800);
    const std::string same = (temp_.path() / "same").string();
    store(other, same, 11);
    const ToolRun nothing = run("diff " + folder() + " " + same);
    EXPECT_EQ(nothing.exit, 0) << nothing.out << nothing.err;
    EXPECT_NE(nothing.out.find("no difference"), nothing.out.npos);

    LedgerWorld third;
    fill_whole_ledger(third, 11, 800);
    third.put_account("newcomer");
    third.grant("newcomer", 5);
    const std::string longer = (temp_.path() / "longer").string();
    store(third, longer);
    const ToolRun found = run("diff --json " + folder() + " " + longer);
    EXPECT_EQ(found.exit, 1) << found.err;
    EXPECT_NE(found.out.find("\"first_event\":{\"seq\":" + std::to_string(tip_.seq.value + 1) +
                             ",\"before\":null"),
              found.out.npos)
        << found.out;
    EXPECT_NE(found.out.find("{\"account\":\"newcomer\",\"difference\":\"only_after\""),
              found.out.npos);
    EXPECT_EQ(run("diff " + folder() + " /nowhere").exit, 2);
}

}  // namespace
}  // namespace creditd::tests
