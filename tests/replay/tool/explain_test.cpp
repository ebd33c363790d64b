// creditd-replay explain: the words of the daemon, from the data folder alone.
#include "replay/explain/explain.hpp"
#include "replay/ids.hpp"
#include "replay/memory_journal.hpp"
#include "replay/names.hpp"
#include "tests/replay/tool/tool_fixture.hpp"

namespace creditd::tests {
namespace {

class ExplainTest : public ToolTest {
protected:
    /// As the daemon says it, which knows from its index how much has been refunded.
    std::string told(Seq seq) {
        replay::MemoryJournal journal(std::make_shared<replay::MemoryStore>());
        CREDITD_ASSERT(journal.open().has_value());
        world_.append_to(journal);
        replay::EventLookup lookup(journal);
        auto read = replay::read_explanation(lookup, seq, world_.state().head.decimals);
        CREDITD_ASSERT(read.has_value() && read->has_value());
        for (const DecidedEvent& decided : world_.events()) {
            const auto* const refund = std::get_if<CreditsRefunded>(&decided.event.body);
            if (refund == nullptr || refund->deduction.seq() != seq) continue;
            (*read)->refunded = refund->refunded_total;
        }
        return replay::explanation_text(**read);
    }
    /// The first and the last transaction of each type.
    std::vector<Seq> some_of_each_type() const {
        std::map<std::string_view, std::pair<Seq, Seq>> found;
        for (const DecidedEvent& decided : world_.events()) {
            const std::string_view type = replay::transaction_type(decided.event);
            if (type.empty()) continue;
            const Seq seq = decided.event.seq;
            found.try_emplace(type, seq, seq).first->second.second = seq;
        }
        std::vector<Seq> result;
        for (const auto& entry : found) {
            result.push_back(entry.second.first);
            result.push_back(entry.second.second);
        }
        return result;
    }
};

TEST_F(ExplainTest, SaysWhatTheDaemonSays) {
    make_ledger();
    const std::vector<Seq> some = some_of_each_type();
    ASSERT_GT(some.size(), 20U);
    for (const Seq seq : some) {
        const std::string id = replay::transaction_text(seq);
        const ToolRun said = run("explain " + folder() + " " + id);
        EXPECT_EQ(said.exit, 0) << id << said.err;
        EXPECT_EQ(said.out, told(seq));
    }
}

TEST_F(ExplainTest, TellsWhatHasBeenRefundedSince) {
    make_ledger();
    std::size_t tried = 0;
    for (const DecidedEvent& decided : world_.events()) {
        const auto* const refund = std::get_if<CreditsRefunded>(&decided.event.body);
        if (refund == nullptr || ++tried > 3) continue;
        const Seq deduction = refund->deduction.seq();
        const ToolRun done = run("explain " + folder() + " " + replay::transaction_text(deduction));
        EXPECT_NE(done.out.find("Refunded since: "), std::string::npos) << done.out;
        EXPECT_EQ(done.out, told(deduction));
    }
    EXPECT_GT(tried, 0U);
}

TEST_F(ExplainTest, TakesTheIdsOfGrantsAndHoldsAndSpeaksJson) {
    make_ledger(300);
    for (const GrantId id : world_.facts().grants()) {
        const ToolRun done = run("explain --json " + folder() + " " + replay::grant_text(id));
        ASSERT_EQ(done.exit, 0) << done.err;
        const std::string begin =
            "{\"transaction\":\"" + replay::transaction_text(id.seq()) + "\",\"account\":\"";
        EXPECT_TRUE(done.out.starts_with(begin)) << done.out;
        break;
    }
}

TEST_F(ExplainTest, KnowsOnlyTransactions) {
    make_ledger(50);
    const ToolRun claim = run("explain " + folder() + " txn_1");
    EXPECT_EQ(claim.exit, 1);
    EXPECT_NE(claim.err.find("no such transaction"), std::string::npos);
    EXPECT_EQ(run("explain " + folder() + " txn_99999999").exit, 1);
    EXPECT_EQ(run("explain " + folder() + " 17").exit, 2);
    EXPECT_EQ(run("explain /nowhere txn_1").exit, 2);
}

}  // namespace
}  // namespace creditd::tests
