// One command on its way to the ledger and back, and the answer to it. Belongs to its call;
// `execute` runs on the ledger thread, everything else on the call's io thread.
#pragma once

#include "daemon/api/call.hpp"
#include "daemon/api/parse_command.hpp"
#include "daemon/api/recorded_answer.hpp"

namespace creditd::daemon {

class CommandOperation final : public Operation {
public:
    /// Belongs to `call` from here on, until it is cleared.
    void begin(Call& call) { call_ = &call; }
    /// Forgets the command, but keeps room for its events: this object is used again and again.
    void clear();

    void warm(const State& state, WarmStep step) const override {
        creditd::warm(state, command.meta, command.body, step);
    }
    void execute(const LedgerTurn& turn) override;
    void complete() override;

    /// Gathers the evidence, on a reader thread if it must be read, and submits.
    void start();

    Command command;
    PersonalFields personal;
    bool dry_run = false;
    bool is_keyless = false;  // a second command of its call, whose key belongs to the first
    /// Part of the request that the command does not hold: another one under its key is refused.
    std::vector<std::string> asked_beside;
    /// Answers instead of the usual way once the command is done (catalog, API keys); may be empty.
    std::function<void(const Event& event)> answer;
    /// Looks at what there was before the command; may be empty. On the ledger thread.
    std::function<void(const State&)> look_before;
    /// Answers where there was nothing to do; without it, a closed hold does.
    std::function<void()> answer_unchanged;
    /// Answers where the key is known and the request is the same: in place of the recorded answer.
    std::function<void(const RecordedAnswer& recorded)> answer_again;
    /// What there was, where there was nothing to do.
    struct Unchanged {
        std::uint64_t price_book = 0;
        Seq seq{};
    };
    Unchanged unchanged;

private:
    void answer_done();
    void answer_recorded(Seq last);
    void answer_duplicate(Seq original);
    void answer_nothing_done();
    void answer_refused();
    void gather();
    void gather_from_disk();

    Call* call_ = nullptr;
    Outcome outcome_;
    bool was_quick_ = false;  // the evidence came from memory alone
    Unavailable unavailable_ = Unavailable::none;
    std::vector<DecidedEvent> tried_;  // of a dry run: never in the log
};

/// Fills what every command carries: key, fingerprint, actor, trace, personal part.
void fill_meta(CommandMeta& meta, const CommandBody& body, const PersonalFields& personal,
               const Call& call, std::string_view key);

}  // namespace creditd::daemon
