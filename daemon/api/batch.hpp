// POST /v1/batches: many operations in one request, each for itself or all or nothing.
// Both kinds are one operation for the ledger thread; they belong to their call.
#pragma once

#include <vector>

#include "daemon/api/call.hpp"
#include "daemon/api/parse_command.hpp"
#include "daemon/api/recorded_answer.hpp"

namespace creditd::daemon {

/// One operation of an independent batch.
struct BatchItem {
    Command command;
    PersonalFields personal;
    std::string problem;  // rendered: the item never reaches the ledger
    unsigned problem_status = 0;
    Outcome outcome;
    std::size_t first_event = 0;  // its own events in the operation's list
    std::size_t end_event = 0;
    RecordedAnswer recorded;  // where its key was known, or its payment, or its hold was closed
    bool is_recorded = false;
    bool is_replay = false;  // the recorded answer is that of this very operation

    /// For the ledger; else its answer is known already.
    bool waits() const { return problem.empty() && !is_recorded; }
};

class IndependentBatch final : public Operation {
public:
    IndependentBatch(Call& call, std::vector<BatchItem> items)
        : call_(call), items_(std::move(items)) {}

    void execute(const LedgerTurn& turn) override;
    void complete() override;
    void start();

private:
    void gather();
    void warm_items(const State& state, std::size_t first) const;
    bool gather_from_disk();
    void read_recorded_items();
    bool needs_log() const;
    void respond();
    void render_item(std::string& out, const BatchItem& item) const;

    Call& call_;
    std::vector<BatchItem> items_;
    Unavailable unavailable_ = Unavailable::none;
    bool is_stale_ = false;
};

class AtomicOperation final : public Operation {
public:
    AtomicOperation(Call& call, AtomicBatch batch, std::vector<PersonalFields> personal)
        : call_(call), batch_(std::move(batch)), personal_(std::move(personal)) {}

    void execute(const LedgerTurn& turn) override;
    void complete() override;
    bool is_one_block() const override { return true; }
    void start();

private:
    void gather();
    void answer_done();
    void answer_recorded(Seq last, bool replayed);

    Call& call_;
    AtomicBatch batch_;
    std::vector<PersonalFields> personal_;  // one an operation
    Outcome outcome_;
    Unavailable unavailable_ = Unavailable::none;
};

/// Handles the whole call.
void handle_batch(Call& call);

}  // namespace creditd::daemon
